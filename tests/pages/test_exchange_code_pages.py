"""Wrong codes on the helper's phone: what is said, and what the coordinator can do."""

from __future__ import annotations

from typing import Any

import time_machine
from flask import Flask

from tests.conftest import new_client
from tests.factories import exchange_visits as make
from tests.factories.exchange_visits import at
from timebank.core.db import db
from timebank.exchange.models import Visit, VisitState


def test_the_phone_says_what_to_do_and_the_desk_unlocks(app: Flask, sign_in: Any, statements: Any) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        visit_id = make.scheduled(people)
    with time_machine.travel(at(540), tick=False):
        phone = sign_in(new_client(app), people.helper.account_id)
        desk = sign_in(new_client(app), people.broker.account_id)
        page, code = f"/my/visits/{visit_id}/code", db.session.get_one(Visit, visit_id).code
        assert "Tries left: 4." in phone.post(page, data={"code": "000000"}).text
        for _ in range(4):
            answer = phone.post(page, data={"code": "000000"})
        assert answer.status_code == 422
        assert "call your coordinator, who can unlock it" in answer.text
        assert "is locked until 2026-11-24 09:15" in phone.post(page, data={"code": code}).text
        with statements(20):
            shown = desk.get(f"/visits/{visit_id}").text
        assert "typed wrong too often" in shown
        assert desk.post(f"/visits/{visit_id}/unlock-code").status_code == 303
        assert "typed wrong too often" not in desk.get(f"/visits/{visit_id}").text
        assert phone.post(page, data={"code": code}).status_code == 303
        assert db.session.get_one(Visit, visit_id).state is VisitState.IN_PROGRESS
