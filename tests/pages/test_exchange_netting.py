"""Hours of one street used in another, netted after the month: in the books, on the page, in the API."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as make
from tests.factories import redemption as desk
from tests.factories import town
from tests.factories.hearings import visit
from tests.pages.api_walk import Step, Walk
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.clockwork_netting import JOBS
from timebank.exchange.queries import netting as queries
from timebank.exchange.service.netting import net_past_months
from timebank.exchange.service.schemes import NewScheme, create_scheme
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.people.models import Person
from timebank.redemption import service as redemption

CITY = 3201
CLOCK = Actor.system("clock")
NOVEMBER = datetime(2026, 11, 20, 4, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 4, tzinfo=UTC)


def standing(scheme: int) -> int:
    account = books.account_of(CITY, "clearing", scheme)
    return books.balance(CITY, account).posted if account is not None else 0


@pytest.fixture
def streets(app: Flask) -> tuple[int, int]:
    """Yaohua and Wulaocun: rice for a saver of Wulaocun at Yaohua's desk, a helper of Yaohua for her too,
    and a helper of Wulaocun for Uncle Zhang of Yaohua."""
    with time_machine.travel(NOVEMBER, tick=False):
        places = town.town()
        new = NewScheme("wulaocun", "五老村时间银行", "Wulaocun time bank", town.WULAOCUN, places.nanjing)
        other = create_scheme(town.operator(), new)
        saver = desk.saver(30, "陈浩", territory=town.WULAOCUN_COMMUNITY)
        redemption.redeem(town.clerk(), desk.takes(desk.shop(), saver, rice=2))
        zhang = town.person("张建国", birth_date=date(1944, 3, 5))
        make.give_hours(zhang, 600)
        visit(make.helper("徐梅", places.yaohua), saver, date(2026, 11, 17))
        there = make.helper("王芳", other)
        db.session.get_one(Person, there).territory_code = town.WULAOCUN_COMMUNITY
        db.session.commit()
        visit(there, zhang, date(2026, 11, 18))
    return places.yaohua, other


def test_the_month_is_netted_once_after_it_is_over(streets: tuple[int, int]) -> None:
    yaohua, other = streets
    with time_machine.travel(NOVEMBER, tick=False):
        assert net_past_months(CLOCK) == []
    assert (standing(yaohua), standing(other)) == (0, 0)
    with time_machine.travel(DECEMBER, tick=False):
        assert net_past_months(CLOCK) == ["3201 2026-11"]
        assert net_past_months(CLOCK) == []
    # 240 min of rice and 97 of help were used at Yaohua, 97 the other way.
    assert (standing(yaohua), standing(other)) == (240, -240)
    [line] = queries.pairs(town.auditor(), "2026-11")
    assert (line.forward_minutes, line.back_minutes, line.net_minutes) == (337, 97, 240)
    assert line.by_purpose == {"goods": 240, "visit": 0}
    with time_machine.travel(datetime(2027, 2, 1, 4, tzinfo=UTC), tick=False):
        assert net_past_months(CLOCK) == ["3201 2026-12", "3201 2027-01"]
    assert standing(other) == -240


def test_two_runs_at_once_net_once(streets: tuple[int, int], at_once) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        runs = at_once(*[lambda: net_past_months(CLOCK) for _ in range(3)])
    assert sorted(runs) == [[], [], ["3201 2026-11"]]
    assert standing(streets[0]) == 240


def test_what_was_undone_counts_as_what_it_was(streets: tuple[int, int]) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        sides = [ledger.ensure_account(CITY, "clearing", scheme, floor=None) for scheme in streets]
        for purpose, account in (("merge", sides), ("netting", sides[::-1])):
            made = ledger.post(CITY, *account, 300, key=purpose, purpose=purpose, actor=CLOCK)
            undone = ledger.reverse(CITY, made.id, key=f"{purpose} undone", reason="wrong", actor=CLOCK)
            ledger.reverse(CITY, undone.id, key=f"{purpose} done again", reason="right", actor=CLOCK)
    with time_machine.travel(DECEMBER, tick=False):
        net_past_months(CLOCK)
    [line] = queries.pairs(town.auditor(), "2026-11")
    assert (line.forward_minutes, line.back_minutes) == (337, 97)
    assert line.by_purpose == {"goods": 240, "visit": 0}


NETTING = [
    Step("get_netting", "auditor", no={"broker": 403}, sees=lambda answer, _: answer["items"][0]["net_minutes"] == 240),
]


def test_the_page_says_who_owes_whom(
    app: Flask, client, zh_client, sign_in, statements, streets: tuple[int, int]
) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        assert "3201 2026-11" in JOBS[0].function()
        sign_in(client, town.account_of(town.auditor()))
        with statements(20):
            page = client.get("/netting").text
        assert "Wulaocun time bank owes" in page
        assert "is owed" in page
        assert "5 h 37 min" in page
        assert "月度明细" in sign_in(zh_client, town.account_of(town.auditor())).get("/netting").text
        assert "No hours were used" in client.get("/netting?month=2026-09").text
        Walk(app, {"auditor": town.auditor(), "broker": town.broker()}, {}).through(NETTING)
