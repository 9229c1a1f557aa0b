"""Several helpers at once on the pages of the coordinator, both helpers and the recipient, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import new_client, one_engine
from tests.factories import exchange_visits as make
from tests.factories.exchange_visits import Cast, at
from tests.pages.client import CheckingClient
from timebank.core.db import db
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.service import offers

WANTED = {
    "service_code": "cleaning",
    "kind": "once",
    "first_day": "2026-11-24",
    "earliest_minute": "09:00",
    "latest_minute": "10:00",
    "minutes": "2:00",
    "helpers_needed": "2",
    "funding": "own",
}


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


def accept(people: Cast, visit_id: int, volunteer_id: int) -> None:
    offers.answer_offer(people.broker, offers.offer_visit(people.broker, visit_id, volunteer_id, at(540)), True)


def test_two_helpers_from_asking_to_calling_it_off(
    app: Flask, people: Cast, sign_in: Any, statements: Callable[..., Any]
) -> None:
    def as_(account: int | None) -> CheckingClient:
        return sign_in(new_client(app), account)  # type: ignore[no-any-return]

    li = make.helper("李秀兰", people.scheme)
    desk, elder, phone = (as_(one.account_id) for one in (people.broker, people.elder, people.helper))
    asks = elder.get("/my/requests/new").text
    assert "How many helpers at once?" in asks
    assert "the hours of each are paid" in asks
    assert elder.post("/my/requests/new", data=WANTED | {"helpers_needed": "4"}).status_code == 422
    assert elder.post("/my/requests/new", data=WANTED).status_code == 303
    assert "Helpers at once" in desk.get("/requests/1/approve").text
    assert desk.post("/requests/1/approve", data={"funding": "own"}).status_code == 303
    first, other = make.visits_of(1)
    assert make.balance(people.zhang).held == 240
    accept(people, first, people.xu)
    assert "2 helpers go there together; the others are still being asked." in phone.get(f"/my/visits/{first}").text
    accept(people, other, li)
    with statements(20):
        assert "You go together with Ms Li." in phone.get(f"/my/visits/{first}").text
    with statements(20):
        assert "Together with Ms Li." in elder.get("/my/help").text
    with statements(20):
        assert f'href="/visits/{other}"' in desk.get(f"/visits/{first}").text
    with statements(20):
        assert "together with 李秀兰" in desk.get("/requests/1").text
    assert "与李女士一起" in desk.get("/sheets/print?week=2026-11-23&part=helper").text
    assert "Which helpers shall not come" in elder.get(f"/my/visits/{first}/cancel").text
    assert elder.post(f"/my/visits/{first}/cancel", data={"reason": "in hospital", "whole": "all"}).status_code == 303
    db.session.expire_all()
    assert {db.session.get_one(Visit, one).state for one in (first, other)} == {VisitState.CANCELLED}
    assert make.balance(people.zhang).held == 0


@one_engine
def test_the_pages_say_it_in_chinese(app: Flask, people: Cast, sign_in: Any) -> None:
    first, other = make.visits_of(make.published(people, helpers_needed=2))
    accept(people, first, people.xu)
    accept(people, other, make.helper("李秀兰", people.scheme))
    phone, desk = (sign_in(new_client(app), one.account_id) for one in (people.helper, people.broker))
    for client in (phone, desk):
        client.post("/language", data={"language": "zh"})
    assert "您与李女士一起上门。" in phone.get(f"/my/visits/{first}").text
    assert "需要几位志愿者同时上门？" in desk.get(f"/requests/new/{people.zhang}").text
    assert "同时上门人数" in desk.get("/requests/1").text
    page = desk.get(f"/visits/{other}/cancel").text
    assert "哪几位志愿者不用来" in page
    assert desk.post(f"/visits/{other}/cancel", data={"reason": "只要一位", "whole": "one"}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Visit, first).state is VisitState.SCHEDULED
