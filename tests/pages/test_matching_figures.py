"""Unmet need by place, kind of help and hour; who carries much and who is hardly asked: pages, files, API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.conftest import one_engine
from tests.factories import matching as helpers
from tests.factories import town
from tests.pages.client import CheckingClient
from timebank.core.db import db
from timebank.core.paging import Page
from timebank.exchange.models import Offer, OfferState, Visit, VisitState, Volunteer
from timebank.matching import drawing
from timebank.matching.queries.asked import Asked, asked_for
from timebank.matching.queries.unmet import Need, NeedLine, unmet_need
from timebank.matching.queries.use import Use, UseLine, helper_use

SignIn = Callable[[CheckingClient, int], CheckingClient]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NOVEMBER = Asked(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture(autouse=True)
def _monday(app: object) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        town.town()
        yield


def _place(visit_id: int, territory: str) -> None:
    db.session.get_one(Visit, visit_id).territory_code = territory
    db.session.commit()


def _need() -> None:
    """Seven visits: two unmet and one waiting in Yaoxin, one unmet elsewhere, one served, two that do not count."""
    zhang = town.person("张大爷")
    monday, friday = date(2026, 11, 16), date(2026, 11, 20)
    helpers.visit(zhang, day=monday, state=VisitState.EXPIRED)
    helpers.visit(zhang, day=friday, window=(23, 23), service="cooking", minutes=90)  # nobody came, its time is over
    helpers.visit(zhang, day=date(2026, 11, 25), window=(8, 9))  # still looks
    _place(helpers.visit(zhang, day=monday, state=VisitState.EXPIRED), town.WULAOCUN_COMMUNITY)
    helpers.visit(zhang, day=monday, state=VisitState.CREDITED, helper=helpers.volunteer())
    helpers.visit(zhang, day=monday, state=VisitState.CANCELLED)
    helpers.visit(zhang, day=date(2026, 10, 1), state=VisitState.EXPIRED)  # outside the days


@one_engine
def test_unmet_need_by_place_service_and_hour(in_english: None) -> None:
    _need()
    found = unmet_need(town.operator(), NOVEMBER)
    assert found.total == Need(visits=5, unmet=3, waiting=1, minutes=270)
    assert [(line.code, line.need.missing) for line in found.places] == [(town.QIXIA, 3), (town.QINHUAI, 1)]
    assert [(line.name, line.need.visits, line.need.unmet) for line in found.services] == [
        ("Cleaning", 4, 2),
        ("Cooking", 1, 1),
    ]
    assert [(line.name, line.need.missing) for line in found.hours] == [("08:00", 3), ("23:00", 1)]
    assert found.by_service_hour["cooking", 23] == Need(1, 1, 0, 90)
    mine = unmet_need(town.broker(), NOVEMBER)  # only their own street, by community
    assert [(line.code, line.need.missing) for line in mine.places] == [(town.YAOXIN, 3)]
    inside = unmet_need(town.operator(), Asked(NOVEMBER.since, NOVEMBER.until, town.QINHUAI))
    assert [line.code for line in inside.places] == [town.WULAOCUN]
    assert unmet_need(town.outsider(), Asked(NOVEMBER.since, NOVEMBER.until, town.QIXIA)).total == Need()


def _used() -> dict[str, int]:
    """Somebody with two hours of the one a week they offer, one hardly asked, one new, one in between."""
    zhang = town.person("张大爷")
    names = {name: helpers.volunteer(name, max_minutes_per_week=60) for name in ("多", "少", "新", "中")}
    db.session.get_one(Volunteer, names["新"]).active_since = date(2026, 11, 20)
    for name, hours in (("多", (8, 9, 10, 11, 13)), ("中", (14, 15))):
        for hour in hours:
            helpers.visit(
                zhang,
                day=date(2026, 11, 17),
                helper=names[name],
                state=VisitState.CREDITED,
                window=(hour, hour),
                minutes=60,
            )
    for state in (OfferState.DECLINED, OfferState.EXPIRED):
        offer = {"visit_id": 1, "volunteer_id": names["少"], "state": state}
        db.session.add(Offer(**offer, starts_at=NOON, expires_at=NOON, offered_at=NOON))
    db.session.commit()
    return names


def _ids(page: Page[UseLine]) -> list[int]:
    return [line.person_id for line in page.items]


def test_who_carries_much_and_who_is_hardly_asked(statements: Callable[..., AbstractContextManager[Any]]) -> None:
    names = _used()
    broker = town.broker()
    asked = Asked(date(2026, 11, 2), date(2026, 11, 29))  # four weeks: each offers four hours
    with statements(5):
        much = helper_use(broker, asked)
    assert (much.helpers, much.much, much.little, much.minutes) == (4, 1, 1, 420)
    assert _ids(much.page) == [names["多"]]
    line = much.page.items[0]
    assert (line.visits, line.minutes, line.offered_minutes, line.permille) == (5, 300, 240, 1250)
    little = helper_use(broker, asked, Use.LITTLE)  # who is new was not there to be asked
    assert _ids(little.page) == [names["少"]]
    assert (little.page.items[0].asked, little.page.items[0].declined, little.page.items[0].last_visit) == (2, 1, None)
    first = helper_use(broker, asked, Use.ALL, limit=2)
    assert _ids(first.page) == [names["多"], names["中"]]
    assert _ids(helper_use(broker, asked, Use.ALL, after=first.page.next).page) == [names["少"], names["新"]]
    assert helper_use(town.outsider(), asked, Use.ALL).helpers == 0


def test_the_pages_and_their_files(client: CheckingClient, sign_in: SignIn) -> None:
    _need()
    names = _used()
    sign_in(client, town.account_of(town.broker()))
    days = "since=2026-11-02&until=2026-11-29"
    page = client.get(f"/reports/unmet-need?{days}").text
    assert "<svg" in page
    assert "尧新社区: 3 of 11" in page
    assert "Still wait for a helper" in page
    lines = client.get(f"/reports/unmet-need.csv?{days}").get_data().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Grouped by,Code,")
    assert "Hour,23,23:00,1,1,0,90" in lines
    page = client.get(f"/reports/helpers?{days}").text
    assert "more than offered" in page
    assert "125 %" in page
    assert f"/volunteers/{names['多']}" in page
    assert "They offer time and are not used." in client.get(f"/reports/helpers?{days}&who=little").text
    rows = client.get(f"/reports/helpers.csv?{days}").get_data().decode("utf-8-sig").splitlines()
    assert len(rows) == 6  # a heading, four helpers, and the one of the credited visit
    for odd in ("since=never&until=2026-13-01", "territory=x&who=nobody&after=1", "since=2027-01-01&until=2020-01-01"):
        assert client.get(f"/reports/unmet-need?{odd}").status_code == 200
        assert client.get(f"/reports/helpers?{odd}").status_code == 200


@one_engine
def test_a_drawing_keeps_places_in_the_frame_and_shows_the_number_as_area() -> None:
    lines = [
        NeedLine("a", "甲", Need(9, 4, 0, 0), 32.10, 118.80),
        NeedLine("b", "乙", Need(9, 1, 0, 0), 32.00, 118.90),
        NeedLine("c", "丙", Need(9, 0, 0, 0), None, None),
    ]
    first, second = drawing.dots(lines)
    assert (first.radius, second.radius, first.level, second.level) == (30, 15, 4, 1)
    assert first.x < second.x
    assert first.y < second.y  # north is up
    assert all(0 < dot.x < drawing.WIDTH and 0 < dot.y < drawing.HEIGHT for dot in (first, second))
    assert drawing.dots(lines[2:]) == []
    assert [drawing.level(number, 8) for number in (0, 1, 2, 3, 8)] == [0, 1, 1, 2, 4]


@one_engine
def test_days_that_were_not_named_are_the_last_four_weeks() -> None:
    assert asked_for(None, None, "x", ahead=14) == Asked(date(2026, 10, 27), date(2026, 12, 7))
    assert asked_for(None, None, "").days == 28
    assert asked_for(date(2026, 5, 2), date(2026, 5, 1), "3201") == Asked(date(2026, 5, 1), date(2026, 5, 2), "3201")
    assert asked_for(None, date(2026, 5, 1), "").since == date(2026, 5, 1) - timedelta(days=27)
