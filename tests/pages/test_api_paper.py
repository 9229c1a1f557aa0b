"""Alarms, and what is printed for people without a phone, through the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import at
from tests.pages.api_walk import Facts, Step, Walk
from timebank.exchange.clockwork_alarms import watch_visits

LATE = at(565)
WORD = {"happened": "forgot", "words": "her phone was empty"}


def _keep_alarm(answer: Any, facts: Facts) -> bool:
    (line,) = answer["items"]
    facts["alarm_id"] = line["id"]
    return bool(line["visit_id"] == facts["visit_id"])


ALARMS = [
    Step("list_alarms", "broker", no={"clerk": 403, "elder": 403}, when=LATE, sees=_keep_alarm),
    Step("list_alarms", "other", when=LATE, sees=lambda answer, _: answer["items"] == []),
    Step(
        "get_alarm",
        "broker",
        no={"other": 404, "elder": 404},
        when=LATE,
        sees=lambda answer, _: answer["line"]["recipient"] == "张建国",
    ),
    Step("get_alarm_phones", "broker", no={"other": 404, "elder": 404}, when=LATE),
    Step("close_alarm", "broker", WORD, no={"other": 404, "elder": 404}, when=LATE),
    Step("list_alarms", "broker", query="state=closed", when=LATE, sees=lambda answer, _: answer["total"] == 1),
]


NOT_HERE = {"other": 404, "elder": 403}
OF_ZHANG = {"person_id": "zhang"}
PASSBOOKS = [
    Step("get_passbook", "clerk", no=NOT_HERE, at=OF_ZHANG, sees=lambda answer, _: answer["booklet"] is None),
    Step("start_booklet", "clerk", {"reason": "first"}, no=NOT_HERE, at=OF_ZHANG),
    Step("print_passbook", "clerk", no=NOT_HERE, at=OF_ZHANG, keep="print_id"),
    Step(
        "get_passbook_print",
        "clerk",
        no=NOT_HERE,
        sees=lambda answer, _: [row["balance"] for row in answer["rows"]] == [600],
    ),
    Step("print_passbook_again", "broker", {"reason": "paper jam"}, no=NOT_HERE, at=OF_ZHANG),
    Step("get_passbook", "clerk", at=OF_ZHANG, sees=lambda answer, _: len(answer["prints"]) == 2),
]


@pytest.fixture
def walk(app: Flask) -> Iterator[Walk]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        actors = {
            "broker": people.broker,
            "other": town.outsider(),
            "clerk": town.clerk(),
            "elder": people.elder,
        }
        yield Walk(app, actors, {"zhang": people.zhang, "visit_id": make.scheduled(people)})


def test_an_alarm_is_looked_after(walk: Walk) -> None:
    with time_machine.travel(LATE, tick=False):
        watch_visits()
    walk.through(ALARMS)


def test_a_passbook_is_printed(walk: Walk) -> None:
    walk.through(PASSBOOKS)
