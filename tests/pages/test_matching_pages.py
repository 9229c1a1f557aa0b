"""Who could help: the page, the fragment inside the request's page, the buttons that offer (story step 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.conftest import one_engine
from tests.factories import matching as helpers
from tests.factories import town
from tests.pages.client import CheckingClient
from timebank.core.db import db
from timebank.exchange.models import Offer, VisitState

SignIn = Callable[[CheckingClient, int], CheckingClient]


@pytest.fixture(autouse=True)
def _monday(app: object) -> Iterator[None]:
    with time_machine.travel(helpers.NOON_BEFORE, tick=False):
        town.town()
        yield


@pytest.fixture
def coordinator(client: CheckingClient, sign_in: SignIn) -> CheckingClient:
    return sign_in(client, town.account_of(town.broker()))


@pytest.fixture
def visit() -> int:
    return helpers.visit(town.person("张大爷"), weeks=3)


def test_helpers_stand_in_order_with_reasons_and_the_others_with_theirs(
    visit: int, coordinator: CheckingClient, statements: Callable[..., AbstractContextManager[Any]]
) -> None:
    for number in range(12):
        helpers.volunteer(f"志愿者{number}", east_m=50 * number)
    helpers.volunteer("晚来", hours=(10, 12))
    with statements(20):
        page = coordinator.get(f"/visits/{visit}/helpers").get_data(as_text=True)
    assert page.count('name="volunteer_id"') == 20  # ten helpers: this visit, or the whole series
    for words in ("next building", "free Tue 08:00–10:00", "trained", "3 of 3 visits of the series"):
        assert words in page, words
    assert f'hx-get="/visits/{visit}/helpers/out"' in page
    with statements(20):
        others = coordinator.get(f"/visits/{visit}/helpers/out").get_data(as_text=True)
    assert "would be free at 10:00" in others
    assert "is not free then (1)" in others


@one_engine
def test_the_fragment_has_no_page_around_it(visit: int, coordinator: CheckingClient) -> None:
    helpers.volunteer()
    answer = coordinator.get(f"/visits/{visit}/helpers", headers={"HX-Request": "true", "Accept-Language": "en"})
    fragment = answer.get_data(as_text=True)
    assert "<html" not in fragment
    assert "徐梅" in fragment


def test_a_press_on_offer_asks_the_helper(visit: int, coordinator: CheckingClient) -> None:
    xu_mei = helpers.volunteer()
    page = coordinator.get(f"/visits/{visit}/helpers").get_data(as_text=True)
    form = re.search(rf'<form[^>]*action="(/[^"]*{visit}[^"]*)".*?</form>', page, re.DOTALL)
    assert form
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    answer = coordinator.post(form[1], data=fields)
    assert answer.status_code == 303
    offer = db.session.scalars(select(Offer)).one()
    assert (offer.volunteer_id, offer.visit_id) == (xu_mei, visit)
    after = coordinator.get(f"/visits/{visit}/helpers").get_data(as_text=True)
    assert "asked" in after
    assert 'name="volunteer_id"' not in after


@one_engine
def test_the_head_says_what_the_recipient_asks_of_whoever_comes(coordinator: CheckingClient) -> None:
    steady = helpers.volunteer("徐梅", languages=["zh", "zh-nanjing"])
    asked = {"helper_sex": "F", "language": "zh-nanjing", "regular_helper_id": steady, "regular_minute": 480}
    visit_id = helpers.visit(town.person("张大爷"), weeks=2, **asked)
    for address in (f"/visits/{visit_id}/helpers", f"/visits/{visit_id}/helpers/out"):
        page = coordinator.get(address).get_data(as_text=True)
        assert "a woman was asked for, speaks Nanjing dialect, 徐梅 usually comes" in page, address


@one_engine
def test_nobody_suitable_is_said(visit: int, coordinator: CheckingClient) -> None:
    assert "Nobody could come at this time" in coordinator.get(f"/visits/{visit}/helpers").get_data(as_text=True)


def test_those_out_are_counted_by_reason_and_listed_page_by_page(visit: int, coordinator: CheckingClient) -> None:
    for number in range(30):
        helpers.volunteer(f"忙{number}", hours=None)
    helpers.volunteer("厨师", skills={"cooking": True})
    headers = {"HX-Request": "true", "Accept-Language": "en"}
    fragment = coordinator.get(f"/visits/{visit}/helpers/out", headers=headers).get_data(as_text=True)
    assert "<html" not in fragment
    assert "See all 31, and search" in fragment
    assert "Another time would suit them." in fragment
    first = coordinator.get(f"/visits/{visit}/helpers/out?rule=not_free").get_data(as_text=True)
    assert first.count('<td data-label="Helper">') == 25
    onwards = re.search(r'rel="next" href="([^"]+)"', first)
    assert onwards
    second = coordinator.get(onwards[1].replace("&amp;", "&")).get_data(as_text=True)
    assert second.count('<td data-label="Helper">') == 5
    assert (
        "Could be asked whether they would offer it."
        in coordinator.get(f"/visits/{visit}/helpers/out?rule=no_skill").text
    )
    assert "Nobody fits." in coordinator.get(f"/visits/{visit}/helpers/out?q=nobody&after=x").text


@one_engine
def test_a_visit_that_looks_for_nobody_offers_no_button(coordinator: CheckingClient) -> None:
    helpers.volunteer()
    done = helpers.visit(town.person("张大爷"), state=VisitState.CANCELLED)
    page = coordinator.get(f"/visits/{done}/helpers").get_data(as_text=True)
    assert "does not look for a helper any more" in page
    assert 'name="volunteer_id"' not in page


@one_engine
def test_other_areas_do_not_exist_and_clerks_may_not_look(visit: int, client: CheckingClient, sign_in: SignIn) -> None:
    sign_in(client, town.account_of(town.outsider()))
    assert client.get(f"/visits/{visit}/helpers").status_code == 404
    sign_in(client, town.account_of(town.clerk()))
    assert client.get(f"/visits/{visit}/helpers").status_code == 403


@one_engine
def test_the_page_speaks_chinese(visit: int, zh_client: CheckingClient, sign_in: SignIn) -> None:
    helpers.volunteer()
    sign_in(zh_client, town.account_of(town.broker()))
    page = zh_client.get(f"/visits/{visit}/helpers").get_data(as_text=True)
    assert "隔壁楼栋" in page
    assert "周二" in page
