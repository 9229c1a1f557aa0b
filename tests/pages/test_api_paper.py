"""Alarms, and what is printed for people without a phone, through the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import one_engine
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import at
from tests.pages.api_walk import Facts, Step, Walk
from timebank.core.audit import AuditEvent
from timebank.core.db import db
from timebank.exchange.clockwork_alarms import watch_visits
from timebank.exchange.service import requests
from timebank.notices.sending import send_notices
from timebank.notices.service import tell

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
    Step(
        "list_visit_alarms",
        "broker",
        no={"other": 404, "elder": 403},
        when=LATE,
        sees=lambda answer, facts: [one["id"] for one in answer["items"]] == [facts["alarm_id"]],
    ),
    Step("get_alarm_phones", "broker", no={"other": 404, "elder": 404}, when=LATE),
    Step("close_alarm", "broker", WORD, no={"other": 404, "elder": 404}, when=LATE),
    Step("list_alarms", "broker", query="state=closed", when=LATE, sees=lambda answer, _: answer["total"] == 1),
]


def _keep_letter(answer: Any, facts: Facts) -> bool:
    facts["letter_id"] = answer["items"][0]["id"]
    return "张建国" in {each["addressee"] for each in answer["items"]}


CANNOT = {"other": 403, "elder": 403}
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


POSTERS = [
    Step(
        "get_poster",
        "broker",
        no={"other": 404, "elder": 403},
        sees=lambda answer, _: len(answer["lines"]) == 1 and "张建国" not in str(answer),
    ),
    Step("get_poster_file", "broker", query="paper=a3&language=zh", no={"other": 404, "elder": 403}),
]
ROW = {"other": 404, "elder": 403}
THEIRS = {"other": 404, "broker": 404}
LETTERS = [
    Step("set_letter_wish", "broker", {"way": "letter", "large": True}, no=ROW, at=OF_ZHANG),
    Step("get_letter_wish", "broker", no=ROW, at=OF_ZHANG, sees=lambda answer, _: answer["by_letter"]),
    Step("set_own_letter_wish", "elder", {"way": "letter", "reads": "zh"}, no=THEIRS, at=OF_ZHANG),
    Step(
        "get_own_letter_wish",
        "elder",
        no=THEIRS,
        at=OF_ZHANG,
        sees=lambda answer, _: [each["own"] for each in answer["changes"]] == [True, False],
    ),
    Step("count_letters", "broker", no={"elder": 403}, sees=lambda answer, _: answer["items"][0]["letters"] > 1),
    Step("count_letters", "other", sees=lambda answer, _: answer["items"] == []),
    Step("list_letters", "broker", no={"elder": 403}, sees=_keep_letter),
    Step("list_letters", "other", sees=lambda answer, _: answer["items"] == []),
    Step("drop_letter", "broker", {"reason": "told by phone"}, no=ROW),
    Step("print_letters", "broker", {"street": town.YAOHUA}, no={"other": 403, "elder": 403}, keep="run_id"),
    Step("print_letters_again", "broker", {"reason": "no toner"}, no=ROW),
    Step("print_letters", "broker", {"street": town.YAOHUA, "large": True}, no=CANNOT, keep="run_id"),
    Step("get_letter_pile", "broker", no=ROW),
    Step("post_letters", "broker", no=ROW),
    Step("list_letter_piles", "broker", no={"elder": 403}, sees=lambda answer, _: answer["items"][0]["posted_at"]),
    Step("list_letter_piles", "other", sees=lambda answer, _: answer["items"] == []),
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


@one_engine
def test_a_passbook_is_printed(walk: Walk) -> None:
    walk.through(PASSBOOKS)


def test_letters_are_printed_and_posted(walk: Walk) -> None:
    tell(walk.facts["zhang"], "grant_given", granted_minutes=240, month="2026-11")
    send_notices()
    walk.through(LETTERS)
    opened = db.session.scalars(select(AuditEvent.channel).where(AuditEvent.action == "read.letters"))
    assert list(opened) == ["api"], "a program that opens a pile is written down, a refused one is not"


@one_engine
def test_a_poster_is_made(walk: Walk) -> None:
    wanted = make.cleaning(walk.facts["zhang"], first_day=make.TUESDAY + timedelta(days=1))
    requests.approve_request(town.broker(), requests.submit_request(town.broker(), wanted))
    walk.facts["place"] = town.YAOXIN
    walk.through(POSTERS)
