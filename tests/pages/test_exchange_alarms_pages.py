"""Alarms on pages: on the first page, in the list, with a word that closes them, also for a named person without a role."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import new_client
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import Cast, at
from tests.services.test_exchange_alarms import answers_for
from timebank.core.db import db
from timebank.exchange.clockwork_alarms import watch_visits
from timebank.exchange.models import VisitAlarm
from timebank.people.models import Person
from timebank.territory.models import Duty


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


@pytest.fixture
def missed(people: Cast) -> Any:
    """Nobody began at nine; it is twenty past, and Wang Fang of the grid was asked."""
    near = answers_for(town.YAOXIN, "王芳", Duty.GRID_WORKER)
    zhang = db.session.get_one(Person, people.zhang)
    zhang.phone, zhang.safety_note, zhang.door_note, zhang.lives_alone = "13912345678", "有狗", "钥匙在邻居家", True
    db.session.commit()
    make.scheduled(people)
    with time_machine.travel(at(560), tick=False):
        watch_visits()
        yield near


def test_a_coordinator_sees_the_alarm_first_and_closes_it_with_a_word(
    app: Flask, people: Cast, missed: int, sign_in: Any, statements: Any
) -> None:
    desk = sign_in(new_client(app), people.broker.account_id)
    assert "Visit that nobody has begun: please look" in desk.get("/").text
    with statements(20):
        listed = desk.get("/alarms").text
    assert "王芳" in listed
    alarm = db.session.query(VisitAlarm).one()
    page = f"/alarms/{alarm.id}"
    assert page in listed
    with statements(20):
        visit = desk.get(f"/visits/{alarm.visit_id}").text
    for shown in (page, "Nobody has checked in", "王芳", "Look after the alarm"):
        assert shown in visit, "the visit's own page says who looks, since when, and leads there"
    assert f"/visits/{alarm.visit_id}" in desk.get(page).text, "and back"
    with statements(20):
        shown = desk.get(page).text
    assert "13912345678" not in shown
    assert "13912345678" in desk.post(f"{page}/phones").text
    assert desk.post(page, data={"words": "she forgot her phone"}).status_code == 422, "what happened is missing"
    assert desk.post(page, data={"happened": "forgot", "words": ""}).status_code == 422
    sent = {"happened": "forgot", "words": "she forgot her phone", "key": "one"}
    assert [desk.post(page, data=sent).status_code for _ in range(2)] == [303, 303]
    ended = desk.get(f"/visits/{alarm.visit_id}").text
    assert ended.count("she forgot her phone") == 2, "in the visit's history, and with the alarm"
    assert "Alarm closed" in ended
    assert "Every visit has begun" in desk.get("/alarms").text
    assert "she forgot her phone" in desk.get("/alarms?state=closed").text
    assert desk.post(f"{page}/phones").status_code == 404, "after the alarm nobody needs the numbers"


def test_a_named_person_without_a_role_finds_the_alarm_and_answers_it(
    app: Flask, people: Cast, missed: int, sign_in: Any
) -> None:
    client = sign_in(new_client(app, "zh"), town.member(missed).account_id)
    first = client.get("/", follow_redirects=True).text
    number = db.session.query(VisitAlarm.id).scalar()
    assert f"/alarms/{number}" in first
    assert client.get("/alarms").status_code == 403
    private = ("有狗", "钥匙在邻居家", "独居", db.session.get_one(Person, people.zhang).address)
    shown = client.get(f"/alarms/{number}").text
    for words in ("张建国", *private):
        assert words in shown, words
    sent = {"happened": "recipient_absent", "words": "邻居说去女儿家了"}
    assert client.post(f"/alarms/{number}", data=sent).status_code == 303
    closed = client.get(f"/alarms/{number}").text
    assert "邻居说去女儿家了" in closed
    for words in private:
        assert words not in closed, words
    desk = sign_in(new_client(app, "zh"), people.broker.account_id)
    assert "有狗" in desk.get(f"/alarms/{number}").text, "a coordinator still sees what it was about"
    elder = sign_in(new_client(app), people.elder.account_id)
    assert elder.get(f"/alarms/{number}").status_code == 404
