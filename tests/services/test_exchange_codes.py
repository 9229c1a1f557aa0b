"""The six digits of a paper card: guessing is throttled for the visit and for the caller, and can be unlocked."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.factories import exchange_visits as make
from tests.factories import town as places
from tests.factories.exchange_visits import Cast, at
from timebank.access.models import Attempt
from timebank.access.queries.codes import visit_code_locked
from timebank.core.db import db
from timebank.core.errors import NotAllowed, Refused
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.service import visits


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast(2000)


@pytest.fixture
def now(people: Cast) -> Any:
    """Tuesday at nine; `now.shift(...)` goes on."""
    people_visit = make.scheduled(people)
    assert people_visit
    with time_machine.travel(at(540), tick=False) as time:
        yield time


def the_visit() -> Visit:
    db.session.expire_all()
    return db.session.scalars(select(Visit)).one()


def wrong(people: Cast, code: str = "000000", visit_id: int | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        visits.check_in(people.helper, visit_id or the_visit().id, "code", code)
    return caught.value


def test_a_wrong_code_says_how_many_tries_are_left_and_counts_beyond_the_refusal(people: Cast, now: Any) -> None:
    assert (wrong(people).code, wrong(people).facts) == ("wrong_visit_code", {"left": 3})
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 4, "for the visit and for the caller"
    assert the_visit().state is VisitState.SCHEDULED


def test_five_wrong_codes_lock_the_visit_for_a_quarter_of_an_hour_even_for_the_right_one(
    people: Cast, now: Any
) -> None:
    codes = [wrong(people).code for _ in range(5)]
    assert codes == ["wrong_visit_code"] * 4 + ["visit_code_locked"]
    right = the_visit().code
    assert wrong(people, right).facts == {"until": at(555)}
    now.shift(timedelta(minutes=15))
    visits.check_in(people.helper, the_visit().id, "code", right)
    assert the_visit().state is VisitState.IN_PROGRESS


def test_the_button_and_the_phone_still_work_while_the_code_is_locked(people: Cast, now: Any) -> None:
    for _ in range(5):
        wrong(people)
    visits.check_in(people.broker, the_visit().id, "phone", at=at(540))
    assert the_visit().check_in_how == "phone"


def test_a_coordinator_unlocks_it(people: Cast, now: Any) -> None:
    for _ in range(5):
        wrong(people)
    visit_id = the_visit().id
    assert visit_code_locked(visit_id, people.xu) == at(555)
    with pytest.raises(NotAllowed):
        visits.unlock_code(people.helper, visit_id)
    with pytest.raises(NotAllowed):
        visits.unlock_code(places.outsider(), visit_id)
    visits.unlock_code(people.broker, visit_id)
    assert visit_code_locked(visit_id, people.xu) is None
    assert visits.check_in(people.helper, visit_id, "code", the_visit().code) == visit_id


def test_one_caller_does_not_guess_on_from_visit_to_visit(people: Cast, now: Any) -> None:
    first = the_visit().id
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        others = [
            make.scheduled(people, 600 + 150 * n, earliest_minute=600 + 150 * n, latest_minute=630 + 150 * n)
            for n in (1, 2)
        ]
    for visit_id in (first, others[0]):
        for _ in range(4):
            assert wrong(people, visit_id=visit_id).code == "wrong_visit_code"
    assert wrong(people, visit_id=others[1]).facts == {"left": 1}
    assert wrong(people, visit_id=others[1]).code == "visit_code_locked"
    assert wrong(people, visit_id=others[1]).code == "visit_code_locked"


def test_a_right_code_forgets_the_wrong_ones_of_its_visit(people: Cast, now: Any) -> None:
    for _ in range(4):
        wrong(people)
    visit_id = the_visit().id
    visits.check_in(people.helper, visit_id, "code", the_visit().code, key="k")
    assert visits.check_in(people.helper, visit_id, "code", the_visit().code, key="k") == visit_id, "a retry is no try"
    assert visit_code_locked(visit_id, people.xu) is None
    kept = db.session.scalars(select(Attempt.subject)).all()
    assert set(kept) == {f"visit-code-by:{people.helper.account_id}"}


def test_somebody_else_cannot_lock_the_code_of_a_visit(people: Cast, now: Any) -> None:
    stranger = places.member(places.person("陌生人"))
    for _ in range(6):
        with pytest.raises(NotAllowed):
            visits.check_in(stranger, the_visit().id, "code", "000000")
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 0


@pytest.mark.concurrency
def test_many_guesses_at_once_get_no_more_than_five_looks(
    people: Cast, now: Any, at_once: Callable[..., list[Any]]
) -> None:
    visit_id = the_visit().id
    answers = at_once(*[lambda: visits.check_in(people.helper, visit_id, "code", "000000")] * 12)
    assert sum(answer.code == "wrong_visit_code" for answer in answers) <= 5
    assert db.session.scalar(select(func.count()).where(Attempt.subject == f"visit-code:{visit_id}")) <= 5


def _guess(url: str, account: int, person: int, visit_id: int, moment: Any, answers: Any) -> None:
    """In a process of its own: one wrong code."""
    from tests.conftest import new_app
    from timebank.core.authority import Actor

    app = new_app(url)
    with app.app_context(), time_machine.travel(moment, tick=False):
        try:
            visits.check_in(Actor(account_id=account, person_id=person, name="helper"), visit_id, "code", "000000")
        except Refused as error:
            answers.put(error.code)
        db.session.remove()
        db.engine.dispose()


def test_the_count_is_kept_across_processes(people: Cast, now: Any, database_url: str) -> None:
    for _ in range(4):
        wrong(people)
    db.session.commit()
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    given = (database_url, people.helper.account_id, people.xu, the_visit().id, at(540), answers)
    db.session.commit()
    other = context.Process(target=_guess, args=given)
    other.start()
    assert answers.get(timeout=60) == "visit_code_locked"
    other.join(60)
    assert wrong(people, the_visit().code).code == "visit_code_locked"
