"""PINs and cards (issue: "a wrong PIN five times")."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.factories.town import admin, broker, clerk, member, nobody, outsider, person, town
from timebank.access import queries, service
from timebank.access.models import Attempt, PersonPin
from timebank.core.db import db, transaction
from timebank.core.errors import NotAllowed, NotFound, Refused

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def zhang(app: Flask) -> int:
    town()
    zhang = person(birth_date=date(1948, 3, 7))
    service.set_pin(clerk(), zhang, "4071")
    return zhang


def wrong(person_id: int, pin: str = "9999") -> Refused:
    with pytest.raises(Refused) as caught:
        service.check_pin(person_id, pin)
    return caught.value


def test_the_right_pin_passes(zhang: int) -> None:
    service.check_pin(zhang, "4071")


def test_a_wrong_pin_says_how_many_tries_are_left(zhang: int) -> None:
    assert wrong(zhang).facts == {"left": 4}
    assert wrong(zhang).facts == {"left": 3}


def test_the_right_pin_gives_all_tries_back(zhang: int) -> None:
    for _ in range(4):
        wrong(zhang)
    service.check_pin(zhang, "4071")
    assert wrong(zhang).facts == {"left": 4}


def test_five_wrong_pins_lock_it_for_a_quarter_of_an_hour(zhang: int) -> None:
    with time_machine.travel(MORNING, tick=False) as time:
        refusals = [wrong(zhang) for _ in range(5)]
        assert [error.code for error in refusals] == ["wrong_pin"] * 4 + ["pin_locked"]
        assert refusals[-1].facts["until"] == MORNING + timedelta(minutes=15)
        assert wrong(zhang, "4071").code == "pin_locked"  # the right one, too early
        time.shift(timedelta(minutes=15))
        service.check_pin(zhang, "4071")


def test_trying_while_locked_does_not_lock_longer(zhang: int) -> None:
    with time_machine.travel(MORNING, tick=False) as time:
        for _ in range(9):
            wrong(zhang)
            time.shift(timedelta(minutes=1))
        assert wrong(zhang).facts["until"] == MORNING + timedelta(minutes=15)


def test_a_pin_is_not_checked_inside_another_transaction(zhang: int) -> None:
    with pytest.raises(RuntimeError):
        transaction(service.check_pin)(zhang, "9999")


@pytest.mark.concurrency
def test_many_guesses_at_once_do_not_get_more_than_five_looks(zhang: int, at_once: Callable[..., list[Any]]) -> None:
    answers = at_once(*[lambda: service.check_pin(zhang, "9999")] * 12)
    assert all(isinstance(answer, Refused) for answer in answers)
    assert sum(answer.code == "wrong_pin" for answer in answers) <= 5
    assert db.session.scalar(select(func.count()).select_from(Attempt)) <= 5


def test_a_person_without_a_pin_is_told_so(app: Flask) -> None:
    town()
    assert wrong(person()).code == "pin_missing"


def test_the_pin_is_not_kept_in_clear(zhang: int) -> None:
    kept = db.session.scalar(select(PersonPin.pin_hash))
    assert kept.startswith("$argon2id$")
    assert "4071" not in kept


@pytest.mark.parametrize(("pin", "code"), [("1234", "pin_easy"), ("0307", "pin_birth_date"), ("12", "pin_form")])
def test_an_easy_pin_is_refused(zhang: int, pin: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        service.set_pin(clerk(), zhang, pin)
    assert caught.value.code == code
    service.check_pin(zhang, "4071")


def test_a_person_sets_their_own_pin(zhang: int) -> None:
    service.set_pin(member(zhang), zhang, "6183")
    service.check_pin(zhang, "6183")


@pytest.mark.parametrize("who", [outsider, nobody, admin])
def test_nobody_else_sets_a_pin(zhang: int, who: Callable[[], Any]) -> None:
    with pytest.raises(NotAllowed):
        service.set_pin(who(), zhang, "6183")


def test_a_card_finds_its_person_until_it_is_withdrawn(zhang: int) -> None:
    code = service.issue_card(broker(), zhang)
    assert queries.person_by_card(code) == zhang
    assert queries.person_by_card(f" {code.lower()[:4]}-{code[4:]} ") == zhang
    service.withdraw_card(broker(), zhang)
    assert queries.person_by_card(code) is None


def test_a_new_card_withdraws_the_old_one(zhang: int) -> None:
    first = service.issue_card(clerk(), zhang)
    second = service.issue_card(clerk(), zhang)
    assert queries.person_by_card(first) is None
    assert queries.person_by_card(second) == zhang
    assert queries.card_of(zhang).code == second


def test_a_second_click_prints_the_same_card(zhang: int) -> None:
    assert service.issue_card(clerk(), zhang, key="k1") == service.issue_card(clerk(), zhang, key="k1")


def test_another_street_prints_no_card(zhang: int) -> None:
    with pytest.raises(NotAllowed):
        service.issue_card(outsider(), zhang)


def test_nobody_without_a_record_gets_a_card(app: Flask) -> None:
    town()
    with pytest.raises(NotFound):
        service.issue_card(broker(), 4711)
