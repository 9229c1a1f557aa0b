"""A partner organisation gives care: the hold goes to its account, a closed month is settled on its invoice."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as exchange
from tests.factories import partners as factory
from tests.factories import town
from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.queries import netting, partners_calls
from timebank.exchange.queries import partners as queries
from timebank.exchange.queries import partners_told as partners_told_queries
from timebank.exchange.rules.partners import GivenCare, Invoice, SettlementState
from timebank.exchange.service import offers, partners, partners_told, requests, visits
from timebank.exchange.service import partners_settling as settling
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import verify
from timebank.ledger.service.closing import close_month

TUESDAY, TENANT = exchange.TUESDAY, exchange.TENANT
CARE = GivenCare(exchange.at(545), 110, "张建国")
OVER, DECEMBER = exchange.at(700), exchange.at(600, date(2026, 12, 3))


@pytest.fixture
def people(app: Flask) -> Iterator[exchange.Cast]:
    with time_machine.travel(clock.at(TUESDAY - timedelta(days=1), 600), tick=False):
        yield exchange.cast(minutes=1200)


def given(people: exchange.Cast, partner: int) -> int:
    """A visit of 120 minutes that is with the partner."""
    visit = exchange.visits_of(exchange.published(people))[0]
    return partners.give_visit(people.broker, visit, partner)


def minutes_of(partner: int) -> int:
    account = books.account_of(TENANT, "partner", partner)
    return books.balance(TENANT, account).posted if account else 0


def closed_november() -> None:
    close_month(town.operator(), TENANT, "2026-11", acknowledged=True)


def earned(people: exchange.Cast) -> int:
    """A partner that has earned 110 minutes in November, a month that is closed; from here it is December."""
    partner = factory.partner()
    visit = given(people, partner)
    with time_machine.travel(OVER, tick=False):
        partners.note_care(people.broker, visit, CARE)
    return partner


def test_the_hold_of_a_visit_goes_to_the_partner_once(people: exchange.Cast) -> None:
    partner = factory.partner()
    visit = given(people, partner)
    assert db.session.get_one(Visit, visit).state is VisitState.WITH_PARTNER
    assert (exchange.balance(people.zhang).held, minutes_of(partner)) == (120, 0)
    assert [line.id for line in queries.partner(people.broker, partner).visits] == [visit]
    with pytest.raises(Refused, match="in_future"):
        partners.note_care(people.broker, visit, CARE)
    with time_machine.travel(OVER, tick=False):
        requests.expire_visits(exchange.SYSTEM)  # no helper is looked for, so nothing runs out
        with pytest.raises(Refused, match="partner_unsigned"):
            partners.note_care(people.broker, visit, dataclasses.replace(CARE, signed_by=" "))
        for _ in range(2):
            assert partners.note_care(people.broker, visit, CARE, key="sheet") == visit
        with pytest.raises(Refused, match="visit_not_so_far"):
            partners.note_care(people.broker, visit, CARE)
    row = db.session.get_one(Visit, visit)
    assert (row.state, row.minutes_credited, row.volunteer_id) == (VisitState.CREDITED, 110, None)
    assert (exchange.balance(people.zhang).held, exchange.balance(people.zhang).posted) == (0, 1090)
    assert minutes_of(partner) == 110
    shown = queries.partner(people.broker, partner, "2026-11")
    assert [(line.amount, line.memo) for line in shown.statement] == [
        (110, "打扫卫生：安康护理 / Cleaning: Ankang Care")
    ]
    assert queries.of_visit(visit) is not None
    with snapshot() as connection:
        assert verify(connection).sound


def test_more_than_was_on_hold_is_not_paid(people: exchange.Cast) -> None:
    partner = factory.partner()
    visit = given(people, partner)
    with time_machine.travel(exchange.at(800), tick=False):
        partners.note_care(people.broker, visit, dataclasses.replace(CARE, minutes=180))
    assert (minutes_of(partner), exchange.balance(people.zhang).posted) == (120, 1080)


def test_a_partner_that_cannot_come_gives_the_visit_back_and_a_cancelled_one_is_free(people: exchange.Cast) -> None:
    partner = factory.partner()
    visit = exchange.visits_of(exchange.published(people))[0]
    offers.offer_visit(people.broker, visit, people.xu, exchange.at(540))
    partners.give_visit(people.broker, visit, partner)
    partners.take_visit_back(people.broker, visit, "no staff", "王主任")
    assert db.session.get_one(Visit, visit).state is VisitState.OPEN
    assert queries.of_visit(visit) is None
    partners.give_visit(people.broker, visit, partner)
    with pytest.raises(Refused, match="partner_has_visits"):
        partners.end_partner(town.operator(), partner, TUESDAY - timedelta(days=1))
    requests.cancel_visit(people.elder, visit, "at the daughter's")
    assert (exchange.balance(people.zhang).held, exchange.balance(people.zhang).available) == (0, 1200)
    partners.end_partner(town.operator(), partner, TUESDAY - timedelta(days=1))
    again = exchange.visits_of(exchange.published(people))[0]
    with pytest.raises(Refused, match="partner_cannot"):
        partners.give_visit(people.broker, again, partner)


def test_a_visit_that_is_moved_or_taken_back_is_told_to_the_partner_first(people: exchange.Cast) -> None:
    partner = factory.partner(until_day=TUESDAY + timedelta(days=1))
    visit = given(people, partner)
    later = exchange.at(660)
    with pytest.raises(Refused, match="partner_not_told"):
        offers.move_visit(people.broker, visit, later, "the doctor comes")
    with pytest.raises(Refused, match="partner_cannot_then"):
        offers.move_visit(people.broker, visit, later + timedelta(days=2), "", "王主任")
    for _ in range(2):
        offers.move_visit(people.broker, visit, later, "the doctor comes", "王主任", key="move")
    with pytest.raises(Refused, match="same_time"):
        offers.move_visit(people.broker, visit, later, "", "王主任")
    row = db.session.get_one(Visit, visit)
    assert (row.state, row.starts_at, row.latest_start) == (VisitState.WITH_PARTNER, later, later)
    shown = queries.partner(people.broker, partner)
    assert [(one.was, one.begins, one.told) for one in shown.told] == [(exchange.at(540), later, "王主任")]
    assert [line.starts_at for line in shown.visits] == [later]
    assert (exchange.balance(people.zhang).held, minutes_of(partner)) == (120, 0)

    with pytest.raises(Refused, match="partner_not_told"):
        partners.take_visit_back(people.broker, visit, "a neighbour wants to come", " ")
    partners.take_visit_back(people.broker, visit, "a neighbour wants to come", "小李")
    offer = offers.offer_visit(people.broker, visit, people.xu, later)
    offers.answer_offer(people.helper, offer, True)
    assert db.session.get_one(Visit, visit).state is VisitState.SCHEDULED
    shown = queries.partner(people.broker, partner, "2026-11")
    assert next((one.begins, one.told, one.reason) for one in shown.told) == (None, "小李", "a neighbour wants to come")
    assert (shown.visits, shown.over) == ([], [])
    assert exchange.balance(people.zhang).held == 120
    with pytest.raises(Refused, match="visit_not_so_far"):
        partners.take_visit_back(people.broker, visit, "again", "小李")


def test_the_hours_of_a_visit_moved_far_still_pay_the_partner(people: exchange.Cast) -> None:
    partner = factory.partner()
    visit = given(people, partner)
    far = exchange.at(545, TUESDAY + timedelta(days=40))
    offers.move_visit(people.broker, visit, far, "he is away until then", "王主任")
    with time_machine.travel(far + timedelta(hours=3), tick=False):
        ledger.sweep_holds()
        balance = exchange.balance(people.zhang)
        assert (balance.held, balance.available) == (120, 1080)
        pot = ledger.ensure_account(TENANT, "pot", people.scheme)
        account = ledger.ensure_account(TENANT, "member", people.zhang)
        ledger.post(TENANT, account, pot, balance.available, key="all", purpose="donation", actor=exchange.SYSTEM)
        partners.note_care(people.broker, visit, dataclasses.replace(CARE, began=far))
    assert (minutes_of(partner), exchange.balance(people.zhang).posted) == (110, 10)


def test_a_partner_is_called_until_somebody_there_knows_of_each_cancelled_visit(people: exchange.Cast) -> None:
    partner = factory.partner()
    kept, back = given(people, partner), given(people, partner)
    series = exchange.published(people, weekdays="12", last_day=TUESDAY + timedelta(days=8))
    first, *others = exchange.visits_of(series)
    for visit in (first, *others):
        partners.give_visit(people.broker, visit, partner)
    partners.take_visit_back(people.broker, back, "no staff", "王主任")
    requests.cancel_visit(people.broker, back, "told before")
    assert partners_calls.waiting(people.broker) == 0
    requests.cancel_visit(people.elder, first, "at the daughter's")
    assert [line.id for line in partners_calls.calls(people.broker)[0].visits] == [first]
    requests.cancel_request(people.elder, series, "moves away")
    assert partners_calls.waiting(people.broker) == 1 + len(others) == 4
    assert (partners_calls.waiting(town.outsider()), partners_calls.calls(town.outsider())) == (0, [])

    with pytest.raises(Refused, match="partner_not_told"):
        partners_told.tell_cancelled(people.broker, partner, [first], " ")
    with pytest.raises(NotFound, match="no_such_visit"):
        partners_told.tell_cancelled(town.outsider(), partner, [first], "小李")
    with pytest.raises(NotFound, match="no_such_visit"):
        partners_told.tell_cancelled(people.broker, factory.partner(registered_no="X12345"), [first], "小李")
    with pytest.raises(Refused, match="partner_knows"):
        partners_told.tell_cancelled(people.broker, partner, [kept], "小李")
    for _ in range(2):
        partners_told.tell_cancelled(people.broker, partner, [kept, first], "小李", key="call")
    assert [line.id for line in partners_calls.call(people.broker, partner).visits] == others
    partners_told.tell_cancelled(people.broker, partner, [first, *others], "王主任")
    assert partners_calls.waiting(people.broker) == 0
    assert partners_calls.call(people.broker, partner).visits == []
    with pytest.raises(NotFound, match="no_such_partner"):
        partners_calls.call(town.outsider(), partner)
    told = queries.partner(people.broker, partner).told
    assert [(one.visit_id, one.told, one.cancelled) for one in told] == [
        *((visit, "王主任", True) for visit in reversed(others)),
        (first, "小李", True),
        (back, "王主任", False),
    ]


def test_a_month_full_of_visits_hides_none_to_come(people: exchange.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = factory.partner()
    over = [given(people, partner) for _ in range(2)]
    for visit in over:
        requests.cancel_visit(people.elder, visit, "at the daughter's")
    to_come = [given(people, partner) for _ in range(2)]

    def listed() -> tuple[list[int], list[int]]:
        shown = queries.partner(people.broker, partner)
        return [line.id for line in shown.visits], [line.id for line in shown.over]

    assert listed() == (to_come, over)
    monkeypatch.setattr(partners_told_queries, "OVER", 1)
    assert listed() == (to_come, over[:1])
    monkeypatch.setattr(partners_told_queries, "TO_COME", 1)
    assert listed() == (to_come[:1], over[:1])


def test_a_dispute_takes_the_hours_back_and_pays_what_was_settled(people: exchange.Cast) -> None:
    partner = earned(people)
    visit = db.session.query(Visit).one().id
    with time_machine.travel(OVER, tick=False):
        visits.dispute(people.elder, visit, "they left after an hour")
        visits.settle_dispute(people.broker, visit, 60, "both agree")
    assert (minutes_of(partner), exchange.balance(people.zhang).posted) == (60, 1140)


def test_a_closed_month_is_settled_once_on_its_invoice(people: exchange.Cast) -> None:
    partner = earned(people)
    invoice = Invoice("2026-11", "FP-0042", "November")
    clerk = town.clerk()
    with pytest.raises(Refused, match="partner_month_open"):
        settling.settle_month(clerk, partner, invoice)
    with time_machine.travel(DECEMBER, tick=False):
        closed_november()
        with pytest.raises(Refused, match="partner_invoice_missing"):
            settling.settle_month(clerk, partner, Invoice("2026-11", " "))
        for _ in range(2):
            settling.settle_month(clerk, partner, invoice, key="settle")
        assert minutes_of(partner) == 0
        with pytest.raises(Refused, match="partner_month_settled"):
            settling.settle_month(clerk, partner, invoice)
        shown = queries.partner(clerk, partner)
        assert [(one.minutes, one.state) for one in shown.settlements] == [(110, SettlementState.DONE)]
        assert [(line.amount, line.memo) for line in shown.statement] == [(-110, "2026-11 FP-0042")]
        assert shown.to_settle == ()


def test_above_the_limit_a_second_person_agrees_or_declines(
    people: exchange.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "needs_second", lambda _minutes, limit: limit is not None)
    partner = earned(people)
    first, second = town.clerk(), town.clerk(name="second")
    with time_machine.travel(DECEMBER, tick=False):
        closed_november()
        waits = settling.settle_month(first, partner, Invoice("2026-11", "FP-0042"))
        assert minutes_of(partner) == 110
        with pytest.raises(Refused, match="partner_second_is_first"):
            settling.agree_settlement(first, waits)
        with pytest.raises(Refused, match="partner_settlement_waits"):
            settling.settle_month(second, partner, Invoice("2026-11", "FP-0043"))
        settling.decline_settlement(second, waits, "the invoice says 100 minutes")
        waits = settling.settle_month(first, partner, Invoice("2026-11", "FP-0043"))
        settling.agree_settlement(second, waits)
        assert minutes_of(partner) == 0
        with pytest.raises(Refused, match="partner_settlement_decided"):
            settling.decline_settlement(second, waits, "too late")


def test_hours_of_a_partner_belong_to_the_time_bank_it_works_for(people: exchange.Cast) -> None:
    earned(people)
    with time_machine.travel(DECEMBER, tick=False):
        flows = netting.flows(TENANT, clock.at(date(2026, 11, 1), 0), clock.at(date(2026, 12, 1), 0))
    assert [flow for flow in flows if flow.purpose == "visit"] == []  # member and partner: both of Yaohua


def test_only_who_may_adds_gives_and_settles_and_only_in_their_area(people: exchange.Cast) -> None:
    partner = factory.partner()
    with pytest.raises(NotAllowed):
        partners.add_partner(people.broker, factory.FACTS)
    with pytest.raises(Refused, match="partner_known"):
        factory.partner()
    elsewhere = factory.partner(territory_code=town.WULAOCUN)
    visit = exchange.visits_of(exchange.published(people))[0]
    with pytest.raises(NotAllowed):
        partners.give_visit(town.outsider(), visit, partner)
    with pytest.raises(Refused, match="partner_cannot"):
        partners.give_visit(people.broker, visit, elsewhere)
    for actor in (people.broker, town.clerk(town.WULAOCUN)):
        with pytest.raises(NotFound):
            settling.settle_month(actor, partner, Invoice("2026-10", "FP-1"))
    assert [one.id for one in queries.partners(people.broker)] == [partner]
    partners.change_partner(town.operator(), partner, dataclasses.replace(factory.FACTS, phone="025-1"))
    assert queries.partners(people.broker)[0].phone == "025-1"
