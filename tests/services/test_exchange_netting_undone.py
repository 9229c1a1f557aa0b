"""Payments between time banks and the books: undone where they stand, apart from grants, by each city's own rule."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete

from tests.conftest import one_engine
from tests.factories import netting as factory
from tests.factories import town
from timebank.access.rules.roles import Role
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.models.netting import NettedMonth, NettedPair, NettingPayment, NettingStep
from timebank.exchange.queries import grants, netting_payments, schemes
from timebank.exchange.queries.netting_transfers import standing
from timebank.exchange.rules.netting_payments import PaymentState
from timebank.exchange.service import netting_payments as service
from timebank.exchange.service.schemes import NewScheme, NewValue, create_scheme, set_parameter
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.service.closing import close_month
from timebank.ledger.service.second import ask_reversal

CITY = 3201
CLOCK = Actor.system("clock")
DECEMBER = datetime(2026, 12, 1, 4, tzinfo=UTC)


@pytest.fixture
def pair(app: Flask) -> Iterator[int]:
    """Wulaocun owes Yaohua 240 minutes for October."""
    with time_machine.travel(DECEMBER, tick=False):
        town.town()
        yield factory.pair()


def officer(street: str, name: str) -> Actor:
    return town.staff(Role.STREET_HEAD, street, name)


def pays(pair: int, reference: str = "") -> NettingPayment:
    """Two people of Wulaocun pay."""
    payment = service.pay(officer(town.WULAOCUN, "wang"), pair, reference)
    service.agree(officer(town.WULAOCUN, "li"), payment)
    return db.session.get_one(NettingPayment, payment)


def undo(payment: int) -> None:
    service.object_to(officer(town.YAOHUA, "zhao"), payment, "The rice was returned.")
    service.undo(officer(town.WULAOCUN, "wang"), payment)


def moved(pair: int) -> list[int]:
    """Minutes on the fund and the clearing account of the side that owes."""
    debtor = db.session.get_one(NettedPair, pair).debtor_id
    accounts = [ledger.ensure_account(CITY, kind, debtor, floor=None) for kind in ("fund", "clearing")]
    return [books.balance(CITY, account).posted for account in accounts]


def test_nobody_reverses_a_leg_of_a_payment_or_its_undoing_by_hand(app: Flask, client, sign_in, pair: int) -> None:
    payment = pays(pair)
    leg, whole = payment.transfers[0], moved(pair)
    for all_of_it in (False, True):
        with pytest.raises(Refused, match="netting_undone_there"):
            ledger.reverse_by_hand(town.operator(), CITY, leg, "typed twice", all_of_it)
    sign_in(client, town.account_of(town.operator()))
    page = client.get(f"/ledger/{CITY}/transfers/{leg}").text
    assert "the other side undoes it" in page
    assert 'name="reason"' not in page
    assert moved(pair) == whole == [-240, 240]
    undo(payment.id)
    assert moved(pair) == [0, 0]
    undone = books.transfer(CITY, uuid.UUID(leg)).ended_by
    with pytest.raises(Refused, match="netting_undone_there"):
        ledger.reverse_by_hand(town.operator(), CITY, str(undone), "it was right")
    with time_machine.travel(datetime(2027, 1, 5, 4, tzinfo=UTC), tick=False):
        close_month(town.operator(), CITY, "2026-12", acknowledged=True)
        with pytest.raises(Refused, match="netting_undone_there"):
            ask_reversal(town.operator(), CITY, leg, "typed twice")


def test_the_netting_of_a_month_is_not_reversed_by_hand(pair: int) -> None:
    row = db.session.get_one(NettedPair, pair)
    sides = [ledger.ensure_account(CITY, "clearing", one, floor=None) for one in (row.debtor_id, row.creditor_id)]
    made = ledger.post(CITY, *sides, 240, key="netted", purpose="netting", actor=CLOCK)
    row.transfer_id = made.id
    db.session.commit()
    with pytest.raises(Refused, match="netting_not_undone"):
        ledger.reverse_by_hand(town.operator(), CITY, str(made.id), "not right")


def test_what_was_reversed_before_is_left_out_when_a_payment_is_undone(pair: int) -> None:
    payment = pays(pair)
    first, second = (uuid.UUID(one) for one in payment.transfers)
    ledger.reverse(CITY, first, key="by hand", reason="typed twice", actor=CLOCK)
    back = ledger.reverse(CITY, second, key="by hand too", reason="typed twice", actor=CLOCK)
    again = ledger.reverse(CITY, back.id, key="and again", reason="it was right", actor=CLOCK)
    assert (standing(CITY, first), standing(CITY, second)) == (None, again.id)
    undo(payment.id)
    assert db.session.get_one(NettingPayment, payment.id).state is PaymentState.UNDONE
    assert (moved(pair), standing(CITY, second)) == ([0, 0], None)


def test_hours_paid_to_another_time_bank_are_no_grants(pair: int) -> None:
    row = db.session.get_one(NettedPair, pair)
    accounts = [ledger.ensure_account(CITY, kind, row.debtor_id, floor=None) for kind in ("fund", "grant")]
    ledger.post(CITY, *accounts, 90, key="grant", purpose="grant", actor=CLOCK)

    def stand_for() -> list[int]:
        return [grants.fund(schemes.scheme(one)).owed_minutes for one in (row.debtor_id, row.creditor_id)]

    payment = pays(pair)
    assert moved(pair)[0] == -330
    assert stand_for() == [90, 0]
    undo(payment.id)
    assert stand_for() == [90, 0]


def test_each_city_says_itself_what_is_late(pair: int) -> None:
    """Nanjing leaves 30 days to pay, Tianjin 5: ten days after the netting only Tianjin's is late."""
    everywhere = town.staff(Role.PLATFORM_OPERATOR, "", "everywhere")
    top = create_scheme(everywhere, NewScheme("tianjin", "天津时间银行", "Tianjin time bank", "1201", None))
    street = NewScheme("shuanggang", "双港时间银行", "Shuanggang time bank", town.SHUANGGANG, top)
    within = create_scheme(everywhere, street)
    db.session.add(NettedMonth(tenant=1201, month="2026-10"))
    facts = {"forward_minutes": 60, "back_minutes": 0, "by_purpose": {"goods": 60}}
    db.session.add(NettedPair(tenant=1201, month="2026-10", debtor_id=within, creditor_id=top, **facts))
    db.session.commit()
    rule = NewValue(top, "tb.netting_days", 5, date(2026, 12, 1), "City rule", reason="agreed")
    set_parameter(everywhere, rule)
    above = town.staff(Role.PLATFORM_OPERATOR, "", permissions=frozenset({netting_payments.SETTLE}))
    with time_machine.travel(DECEMBER + timedelta(days=10), tick=False):
        found = netting_payments.waiting(above)
    assert (found.to_pay, found.late) == (2, 1)


@one_engine  # SQLite begins its numbers anew, as both do where the tables are made anew
def test_a_payment_whose_number_was_given_before_is_paid_all_the_same(pair: int) -> None:
    first = pays(pair).id
    undo(first)
    for model in (NettingStep, NettingPayment):  # as a way back to an earlier release leaves them
        db.session.execute(delete(model))
    db.session.commit()
    with time_machine.travel(DECEMBER + timedelta(days=1), tick=False):
        again = pays(pair, "7")
        assert (again.id, again.state) == (first, PaymentState.PAID)
        assert moved(pair) == [-240, 240]
        undo(again.id)
    assert moved(pair) == [0, 0]
