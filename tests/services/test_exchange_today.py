"""What a coordinator sees first: requests that need somebody, the visits of today, places as the street says them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import Cast, at
from timebank.exchange.queries import requests as queries
from timebank.exchange.queries.today import visits_today
from timebank.exchange.rules.visits import VisitState
from timebank.exchange.service import requests, visits
from timebank.territory.queries import local_names


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast(6000)


def test_requests_that_need_somebody_come_first_and_pages_do_not_repeat(people: Cast) -> None:
    asked = {"first_day": make.TUESDAY + timedelta(days=7)}
    urgent = requests.submit_request(people.broker, make.cleaning(people.zhang, urgent=True, **asked))
    plain = requests.submit_request(people.broker, make.cleaning(people.zhang, **asked))
    searching = make.published(people, first_day=make.TUESDAY + timedelta(days=1))
    make.scheduled(people)
    chosen = queries.RequestFilter()
    everything = [line.id for line in queries.requests(people.broker, chosen).items]
    assert everything[:3] == [urgent, plain, searching]
    first = queries.requests(people.broker, chosen, limit=2)
    rest = queries.requests(people.broker, chosen, after=first.next, limit=2)
    assert [line.id for line in (*first.items, *rest.items)] == everything
    assert [line.id for line in queries.requests(people.broker, chosen, after="no cursor").items] == everything


def test_visits_of_today_say_who_goes_where_and_who_is_late(people: Cast, statements: Any) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(545), tick=False):
        assert not visits_today(people.broker).lines[0].late
    with time_machine.travel(at(560), tick=False), statements(1):
        (line,) = visits_today(people.broker).lines
    assert (line.id, line.volunteer, line.recipient, line.late) == (visit_id, "徐梅", "张建国", True)
    with time_machine.travel(at(560), tick=False):
        visits.check_in(people.helper, visit_id, "button")
        (line,) = visits_today(people.broker).lines
        assert (line.state, line.late) == (VisitState.IN_PROGRESS, False)
        assert visits_today(town.outsider()).total == 0


def test_places_are_named_from_the_reader_down(people: Cast) -> None:
    codes = [town.YAOXIN, town.YAOHUA]
    assert local_names(codes, [town.YAOHUA]) == {town.YAOXIN: "尧新社区", town.YAOHUA: "尧化街道"}
    assert local_names([town.YAOXIN], [town.NANJING]) == {town.YAOXIN: "栖霞区 尧化街道 尧新社区"}
    assert local_names([town.YAOXIN], [""]) == {town.YAOXIN: "栖霞区 尧化街道 尧新社区"}
    both = local_names([town.YAOXIN], [town.YAOHUA, town.WULAOCUN])
    assert both == {town.YAOXIN: "栖霞区 尧化街道 尧新社区"}
