"""One month of six people, to be checked with a pencil.

The figures are small on purpose.  A visit always lasts from 9:03 to 10:40, which is 97 minutes (domain rule F1); each
week another rule of rounding holds.  The statements at the end are what the members read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from tests.conftest import findings
from tests.factories import exchange_visits as make
from tests.factories import redemption as desk
from tests.factories import town
from timebank.core import clock, parameters
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import grants, hours
from timebank.exchange.service.grants import Donation
from timebank.ledger import service as ledger
from timebank.ledger.queries import books
from timebank.ledger.queries.reading import explanations
from timebank.ledger.queries.statements import lines_between
from timebank.redemption import service as redemption
from timebank.redemption.commands import ReturnCommand
from timebank.redemption.models import RedemptionLine

CITY = 3201
CAP = 90_000  # minutes an account may hold (1,500 h)
WEEKS = (
    (date(2026, 11, 2), "minute"),
    (date(2026, 11, 9), "quarter_nearest"),
    (date(2026, 11, 16), "quarter_up"),
    (date(2026, 11, 23), "hour_floor"),
)


def noon(day: date) -> datetime:
    return clock.at(day, 12 * 60)


class Street:
    """Uncle Zhang pays himself, Grandma Li has a grant; Xu Mei and Wang Fang help; Chen Hao and Zhao Min have saved."""

    def __init__(self) -> None:
        made = town.town()
        self.scheme = made.yaohua
        self.first, self.second = town.broker(), town.broker(name="second-broker")
        self.zhang = town.person("张建国", birth_date=date(1944, 3, 5))
        self.li = town.person("李秀英", birth_date=date(1940, 1, 1), lives_alone=True)
        self.xu, self.wang = make.helper("徐梅", self.scheme), make.helper("王芳", self.scheme)
        self.chen, self.zhao = desk.saver(30, "陈浩"), desk.saver(10, "赵敏")
        make.give_hours(self.zhang, 600)
        make.give_hours(self.wang, CAP - 30)
        self._round_by_the_week()

    def _round_by_the_week(self) -> None:
        for day, rule in WEEKS:
            row = parameters.Parameter(key="tb.rounding", scope=f"scheme:{self.scheme}", valid_from=day, value=rule)
            row.source = "an example"
            db.session.add(row)
        db.session.commit()

    def visit(self, day: date, volunteer: int, recipient: int, funding: str = "own") -> None:
        """9:03 to 10:40, written down by one coordinator, looked at by another."""
        with time_machine.travel(noon(day), tick=False):
            seen = LoggedVisit(volunteer, recipient, "cleaning", day, 9 * 60 + 3, 10 * 60 + 40, funding=funding)
            hours.review_entry(self.second, hours.log_visit(self.first, seen), True)


@pytest.fixture
def street(app: Flask) -> Any:
    with time_machine.travel(noon(date(2026, 11, 1)), tick=False):
        return Street()


def statement(person_id: int, kind: str = "member") -> list[str]:
    """Day, minutes, balance after, what for: as a member reads it in English."""
    account = ledger.ensure_account(CITY, kind, person_id)
    lines = lines_between(CITY, account, None, None)
    with force_locale("en"):
        how = explanations(CITY, [line.transfer_id for line in lines])
    return [
        f"{clock.civil(line.created_at):%m-%d} {line.amount:+d} = {line.balance} {line.purpose}"
        + (f" ({how[line.transfer_id]})" if line.transfer_id in how else "")
        for line in lines
    ]


def on(day: date, act: Callable[[], Any]) -> Any:
    with time_machine.travel(noon(day), tick=False):
        return act()


def test_a_month_of_six_people(street: Street) -> None:
    first = on(date(2026, 11, 1), lambda: grants.run_month(Actor.system("clock")))
    assert (first.given, first.minutes) == (1, 240)  # Grandma Li: over 80, alone

    # The same 97 minutes under each rule: 97, 90, 105, 60.
    for day, _rule in WEEKS:
        street.visit(day, street.xu, street.zhang)
    # Wang Fang has room for 30 minutes; the other 67 go to the community pot (F2).
    street.visit(date(2026, 11, 4), street.wang, street.li, "grant")

    on(date(2026, 11, 12), lambda: grants.donate(town.member(street.zhao), Donation(street.zhao, 120)))

    # Chen Hao takes two bags of rice (2 h each) and brings one back.
    shop = on(date(2026, 11, 18), desk.shop)
    receipt = on(date(2026, 11, 18), lambda: redemption.redeem(town.clerk(), desk.takes(shop, street.chen, rice=2)))
    line = db.session.scalars(select(RedemptionLine.id).where(RedemptionLine.redemption_id == receipt)).one()
    back = ReturnCommand(receipt, ((line, 1),), "the bag was torn", to_shelf=False)
    on(date(2026, 11, 19), lambda: redemption.take_back(town.operator(), back))

    # The visit of the last week never took place: it is reversed, not deleted.
    wrong = lines_between(CITY, ledger.ensure_account(CITY, "member", street.xu), None, None)[-1]
    why = "the visit did not take place"
    on(date(2026, 11, 26), lambda: ledger.reverse_by_hand(town.operator(), CITY, str(wrong.transfer_id), why))

    ended = on(date(2026, 12, 1), lambda: grants.run_month(Actor.system("clock")))
    assert (ended.ended, ended.returned_minutes) == (1, 240 - 97)

    assert statement(street.xu) == [
        "11-02 +97 = 97 visit (97 min, counted by the minute: 97 min)",
        "11-09 +90 = 187 visit (97 min, rounded to the nearest quarter hour: 90 min)",
        "11-16 +105 = 292 visit (97 min, rounded up to the next quarter hour: 105 min)",
        "11-23 +60 = 352 visit (97 min, full hours only: 60 min)",
        "11-26 -60 = 292 correction (Taken back. It had been reckoned: 97 min, full hours only: 60 min)",
    ]
    assert statement(street.zhang) == [
        "11-01 +600 = 600 opening",
        "11-02 -97 = 503 visit (97 min, counted by the minute: 97 min)",
        "11-09 -90 = 413 visit (97 min, rounded to the nearest quarter hour: 90 min)",
        "11-16 -105 = 308 visit (97 min, rounded up to the next quarter hour: 105 min)",
        "11-23 -60 = 248 visit (97 min, full hours only: 60 min)",
        "11-26 +60 = 308 correction (Taken back. It had been reckoned: 97 min, full hours only: 60 min)",
    ]
    assert statement(street.wang) == [
        "11-01 +89970 = 89970 opening",
        (
            "11-04 +30 = 90000 visit (97 min, counted by the minute: 97 min; "
            "At most 1500 h can be saved: 30 min kept, 67 min to the community pot)"
        ),
    ]
    assert statement(street.chen) == [
        "11-01 +1800 = 1800 opening",
        "11-18 -240 = 1560 goods",
        "11-19 +120 = 1680 goods_return",
    ]
    assert statement(street.zhao) == ["11-01 +600 = 600 opening", "11-12 -120 = 480 donation"]
    assert statement(street.li, "grant") == [
        "11-01 +240 = 240 grant",
        (
            "11-04 -97 = 143 visit (97 min, counted by the minute: 97 min; "
            "At most 1500 h can be saved: 30 min kept, 67 min to the community pot)"
        ),
        "12-01 -143 = 0 grant_expiry",
        "12-01 +240 = 240 grant",
    ]
    assert statement(street.scheme, "pot") == [
        (
            "11-04 +67 = 67 overflow (97 min, counted by the minute: 97 min; "
            "At most 1500 h can be saved: 30 min kept, 67 min to the community pot)"
        ),
        "11-12 +120 = 187 donation",
    ]
    assert not any(books(CITY).sums.values())
    assert not findings()
