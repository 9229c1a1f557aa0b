"""Keeping two people apart on pages: the coordinator's, the recipient's after a visit, the helper's who learns nothing."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import new_client, one_engine
from tests.factories import exchange_visits as make
from tests.factories.exchange_visits import Cast, at
from tests.pages.client import CheckingClient
from timebank.core.db import db
from timebank.exchange.models import BlockedPair, Visit, VisitState
from timebank.exchange.queries.apart import apart_from
from timebank.exchange.service import visits

AFTERNOON = 900


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


@pytest.fixture
def met(people: Cast) -> Any:
    """A visit that is over and waits for a word; it is Tuesday afternoon."""
    visit_id = make.scheduled(people)
    with time_machine.travel(at(541), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(640), tick=False):
        visits.check_out(people.helper, visit_id)
    with time_machine.travel(at(AFTERNOON), tick=False):
        yield visit_id


@pytest.fixture
def desk(app: Flask, people: Cast, sign_in: Any) -> CheckingClient:
    return sign_in(new_client(app), people.broker.account_id)  # type: ignore[no-any-return]


def signed_in(app: Flask, sign_in: Any, account: int | None) -> CheckingClient:
    return sign_in(new_client(app), account)  # type: ignore[no-any-return]


def test_a_coordinator_keeps_two_people_apart_and_brings_them_together_again(
    people: Cast, desk: CheckingClient, statements: Any
) -> None:
    page = f"/people/{people.zhang}/apart"
    assert page in desk.get(f"/people/{people.zhang}").text
    assert f"/people/{people.xu}/apart" in desk.get(f"/volunteers/{people.xu}").text
    assert "Kept apart from nobody." in desk.get(page).text
    assert f"other={people.xu}" in desk.get(f"{page}/new?q=xumei").text
    why = f"{page}/new?other={people.xu}"
    assert desk.post(why, data={"reason": ""}).status_code == 422
    assert desk.post(why, data={"reason": "a quarrel about the key"}).status_code == 303
    with statements(20):
        shown = desk.get(page).text
    assert "徐梅" in shown
    assert "a quarrel about the key" in shown
    assert "张建国" in desk.get(f"/people/{people.xu}/apart").text
    pair = db.session.query(BlockedPair).one()
    assert (pair.helper_id, pair.recipient_id) == (people.xu, people.zhang)
    assert desk.post(f"{page}/{pair.id}/end", data={"reason": "they have talked"}).status_code == 303
    assert not apart_from(people.zhang)


@one_engine
def test_the_recipient_asks_for_somebody_else_when_confirming(people: Cast, met: int, app: Flask, sign_in: Any) -> None:
    elder = signed_in(app, sign_in, people.elder.account_id)
    page = f"/my/visits/{met}/yes"
    assert "Next time somebody else, please" in elder.get(page).text
    sent = {"rating": "2", "note": "the radio was too loud", "not_again": "y", "key": "one"}
    assert elder.post(page, data=sent).status_code == 303
    assert elder.post(page, data=sent).status_code == 303, "the same form again is the same wish"
    assert db.session.get_one(Visit, met).state is VisitState.CREDITED
    assert apart_from(people.zhang) == {people.xu}
    own = elder.get(f"/my/visits/{met}").text
    assert "You asked for somebody else next time" in own
    helper = signed_in(app, sign_in, people.helper.account_id)
    for path in (f"/my/visits/{met}", "/my/visits", "/my/notices"):
        text = helper.get(path).text
        assert "You asked for somebody else" not in text
        assert "radio" not in text
    assert helper.post(f"/my/visits/{met}/again").status_code == 404, "it is not hers to take back"
    assert elder.post(f"/my/visits/{met}/again").status_code == 303
    assert not apart_from(people.zhang)


@one_engine
def test_the_helper_asks_from_the_page_of_the_visit(people: Cast, met: int, app: Flask, sign_in: Any) -> None:
    helper = signed_in(app, sign_in, people.helper.account_id)
    page = f"/my/visits/{met}/not-again"
    assert page in helper.get(f"/my/visits/{met}").text
    assert helper.get(page).status_code == 200
    assert helper.post(page, data={"reason": ""}).status_code == 303
    assert apart_from(people.xu) == {people.zhang}
    elder = signed_in(app, sign_in, people.elder.account_id)
    assert "You asked for somebody else" not in elder.get(f"/my/visits/{met}").text


@one_engine
def test_before_the_visit_the_page_offers_nothing_of_it(people: Cast, app: Flask, sign_in: Any) -> None:
    visit_id = make.scheduled(people)
    elder = signed_in(app, sign_in, people.elder.account_id)
    assert "not-again" not in elder.get(f"/my/visits/{visit_id}").text
    assert elder.post(f"/my/visits/{visit_id}/not-again", data={"reason": ""}).status_code == 422


def test_the_coordinator_writes_the_wish_down_on_the_phone(people: Cast, met: int, app: Flask, sign_in: Any) -> None:
    desk = signed_in(app, sign_in, people.broker.account_id)
    assert desk.post(f"/visits/{met}/confirmed", data={"note": "was late", "not_again": "y"}).status_code == 303
    assert apart_from(people.zhang) == {people.xu}
    assert "the recipient" in desk.get(f"/people/{people.zhang}/apart").text


@one_engine
def test_moving_to_the_same_time_is_said_beside_the_field(people: Cast, desk: CheckingClient) -> None:
    visit_id = make.scheduled(people)
    answer = desk.post(f"/visits/{visit_id}/move", data={"starts_at": "2026-11-24T09:00"})
    assert answer.status_code == 422
    assert "begins on 2026-11-24 09:00 already" in answer.text
