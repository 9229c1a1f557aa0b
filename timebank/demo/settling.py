"""The time banks settle up: each month is netted on the 1st; old ones are paid, the last one waits for a colleague."""

from __future__ import annotations

from datetime import date
from functools import partial

from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db
from timebank.demo import desk
from timebank.demo.town import NANJING, SYSTEM, Town
from timebank.exchange.models import NettedPair, NettingPayment
from timebank.exchange.rules.grants import month_before, month_of
from timebank.exchange.rules.netting_payments import PaymentState
from timebank.exchange.service import netting, netting_payments

NETTED, PAID, CONFIRMED = 1, 8, 12  # days of the month
WEDNESDAY, THIRD_WEEK = 2, 15  # Zhang Li of Wulaocun visits her father, and goes to the desk of his street
NIGHT, ASKED, AGREED, AFTERNOON = 70, 560, 640, 925  # minutes of the day


def plan(town: Town, day: date) -> None:
    """Puts what the time banks owe each other onto the agenda: the month before the last waits for the other side."""
    last = month_before(month_of(town.today))
    month = month_before(month_of(day))
    if day.day == NETTED:
        town.agenda.at(clock.at(day, NIGHT), partial(netting.net_past_months, SYSTEM, day))
    if day.weekday() == WEDNESDAY and THIRD_WEEK <= day.day < THIRD_WEEK + 7 and day < town.today:
        town.agenda.at(clock.at(day, AFTERNOON), partial(desk.take, town, town.cast["zhangli"], {"NOODLE": 2}))
    if day.day == PAID and month < last:
        town.agenda.at(clock.at(day, ASKED), partial(_ask, town, month))
        town.agenda.at(clock.at(day, AGREED), partial(_agree, town, month))
    if day.day == CONFIRMED and month < month_before(last):
        town.agenda.at(clock.at(day, ASKED), partial(_confirm, town, month))


def leave_waiting(town: Town) -> None:
    """The first operator asks to pay the last month; the second will agree or not."""
    _ask(town, month_before(month_of(town.today)))


def _ask(town: Town, month: str) -> None:
    pairs = select(NettedPair).where(NettedPair.tenant == NANJING, NettedPair.month == month)
    for pair in db.session.scalars(pairs.order_by(NettedPair.id)).all():
        if pair.forward_minutes != pair.back_minutes:
            netting_payments.pay(town.staff["operator"], pair.id, "")


def _agree(town: Town, month: str) -> None:
    for payment_id in _payments(month, PaymentState.WAITING):
        netting_payments.agree(town.staff["operator2"], payment_id)


def _confirm(town: Town, month: str) -> None:
    for payment_id in _payments(month, PaymentState.PAID):
        netting_payments.confirm(town.staff["street"], payment_id)


def _payments(month: str, state: PaymentState) -> list[int]:
    wanted = select(NettingPayment.id).join(NettedPair, NettedPair.id == NettingPayment.pair_id)
    found = wanted.where(NettedPair.tenant == NANJING, NettedPair.month == month, NettingPayment.state == state)
    return list(db.session.scalars(found.order_by(NettingPayment.id)))
