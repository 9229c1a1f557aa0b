"""What each side's statement says about how the minutes came about: at the cap, and after a credit was taken back."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as make
from tests.factories.exchange_visits import Cast, at
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.exchange.service import visits
from timebank.ledger import service as ledger
from timebank.ledger.queries.reading import explanations
from timebank.ledger.queries.statements import lines_between

RECKONED = "97 min, counted by the minute: 97 min"
CAPPED = f"{RECKONED}; At most 1500 h can be saved: 30 min kept, 67 min to the community pot"


@pytest.fixture
def people(app: Flask, in_english: None) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


def credited(people: Cast) -> Visit:
    """97 minutes on Tuesday, confirmed."""
    visit_id = make.scheduled(people)
    with time_machine.travel(at(543), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(640), tick=False):
        visits.check_out(people.helper, visit_id)
        visits.confirm(people.elder, visit_id, "portal")
    return db.session.get_one(Visit, visit_id)


def statement(person_id: int) -> list[tuple[int, str]]:
    """Minutes and explanation of each line after the opening."""
    account = ledger.ensure_account(make.TENANT, "member", person_id)
    lines = [line for line in lines_between(make.TENANT, account, None, None) if line.purpose != "opening"]
    how = explanations(make.TENANT, [line.transfer_id for line in lines])
    return [(line.amount, how.get(line.transfer_id, "")) for line in lines]


def test_at_the_cap_payer_and_helper_both_read_the_reckoning(people: Cast) -> None:
    make.give_hours(people.xu, 89_970)
    credited(people)
    assert statement(people.zhang) == [(-97, CAPPED)]
    assert statement(people.xu) == [(30, CAPPED)]


def test_with_a_full_account_the_payer_reads_where_the_hours_went(people: Cast) -> None:
    make.give_hours(people.xu, 90_000)
    credited(people)
    (line,) = statement(people.zhang)
    assert line[0] == -97
    assert line[1].endswith("0 min kept, 97 min to the community pot")


def test_a_reversal_in_the_books_explains_the_credit_and_itself(people: Cast) -> None:
    transfer = credited(people).transfer_id
    ledger.reverse_by_hand(Actor.system("auditor"), make.TENANT, str(transfer), "It was not her")
    back = f"Taken back. It had been reckoned: {RECKONED}"
    assert statement(people.xu) == [(97, RECKONED), (-97, back)]
    assert statement(people.zhang) == [(-97, RECKONED), (97, back)]


def test_a_settled_dispute_explains_the_first_credit_its_reversal_and_the_second(people: Cast) -> None:
    visit_id = credited(people).id
    with time_machine.travel(at(700), tick=False):
        visits.dispute(people.elder, visit_id, "I confirmed too fast")
        visits.settle_dispute(people.broker, visit_id, 60, "both agree")
    assert statement(people.xu) == [
        (97, RECKONED),
        (-97, f"Taken back. It had been reckoned: {RECKONED}"),
        (60, "60 min, counted by the minute: 60 min"),
    ]


def test_reversing_one_part_at_the_cap_explains_that_part(people: Cast) -> None:
    make.give_hours(people.xu, 89_970)
    made = credited(people).postings
    ledger.reverse_by_hand(Actor.system("auditor"), make.TENANT, made["kept"], "The cap was wrong")
    assert statement(people.xu) == [(30, CAPPED), (-30, f"Taken back. It had been reckoned: {CAPPED}")]
