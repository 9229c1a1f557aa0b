"""The board: a plan is asked for, watched, changed, accepted and made again from pages alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.conftest import one_engine
from tests.factories import matching as helpers
from tests.factories import town
from tests.pages.client import CheckingClient
from timebank.core.db import db
from timebank.exchange.models import AvailabilitySlot, Offer, ServiceRequest, Visit, VisitState
from timebank.matching.models import Plan, PlannedVisit, PlanState
from timebank.matching.service.accepting import work_offers
from timebank.matching.service.working import work_plans

SignIn = Callable[[CheckingClient, int], CheckingClient]


@pytest.fixture(autouse=True)
def _monday(app: object) -> Iterator[None]:
    with time_machine.travel(helpers.NOON_BEFORE, tick=False):
        town.town()
        yield


@pytest.fixture
def coordinator(client: CheckingClient, sign_in: SignIn) -> CheckingClient:
    return sign_in(client, town.account_of(town.broker()))


def ask(client: CheckingClient, **typed: str) -> str:
    """Sends the form for a plan of Tuesday; returns the plan's address."""
    given = {"territory_code": town.YAOHUA, "first_day": "2026-11-24", "days": "1", "seconds": "5", **typed}
    answer = client.post("/plans/new", data=given)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def text(client: CheckingClient, address: str, **headers: str) -> str:
    answer = client.get(address, headers={"Accept-Language": client.language, **headers})
    assert answer.status_code == 200, address
    return " ".join(answer.get_data(as_text=True).split())


def pressed(client: CheckingClient, page: str, action: str) -> Any:
    """Presses the first button whose form leads to the action."""
    form = re.search(rf'<form[^>]*action="({action})".*?</form>', page, re.DOTALL)
    assert form, action
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    return client.post(form[1], data=fields)


def test_a_plan_is_asked_for_watched_and_stopped(coordinator: CheckingClient) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    helpers.visit(town.person("张大爷"))
    address = ask(coordinator)
    page = text(coordinator, address)
    assert "The search begins in a moment" in page
    assert f'hx-get="{address}/progress"' in page
    assert "HX-Refresh" not in coordinator.get(f"{address}/progress", headers={"HX-Request": "true"}).headers
    assert pressed(coordinator, page, f"{address}/stop").status_code == 303
    assert "called off before the search began" in text(coordinator, address)
    assert coordinator.get(f"{address}/progress", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "without result" in text(coordinator, "/plans")


@one_engine
def test_a_day_gone_by_is_refused_beside_its_field(coordinator: CheckingClient) -> None:
    answer = coordinator.post(
        "/plans/new",
        data={"territory_code": town.YAOHUA, "first_day": "2026-11-01", "days": "1", "seconds": "5"},
    )
    assert answer.status_code == 422
    assert 'href="#first_day"' in answer.get_data(as_text=True)


@pytest.fixture
def plan(coordinator: CheckingClient) -> str:
    """Two helpers, a visit each, one visit left over."""
    helpers.volunteer("徐梅", hours=(8, 10))
    helpers.volunteer("王芳", hours=(8, 10), east_m=90)
    helpers.volunteer("晚来", hours=(14, 16))
    for name in ("张大爷", "李大爷"):
        helpers.visit(town.person(name))
    helpers.visit(town.person("陈奶奶"), service="bathing", urgent=True)
    address = ask(coordinator)
    work_plans()
    return address


def test_the_board_shows_a_lane_for_each_helper_and_who_is_left_over_with_the_reason(
    plan: str, coordinator: CheckingClient, statements: Callable[..., AbstractContextManager[Any]]
) -> None:
    with statements(20):
        page = text(coordinator, plan)
    for words in ("2 of 3 visits have a helper", "free 08:00–10:00", "徐梅", "张大爷", "proposed"):
        assert words in page, words
    assert "1 visit left over" in page
    assert "no helper offers this" in page
    assert "1 more volunteer for “Help with bathing” near" in page
    busy, idle = page.split('class="idle"')
    assert (busy.count('class="lane"'), idle.count('class="lane"')) == (2, 1)
    assert "1 other helper is free that day" in idle
    assert "晚来" in idle
    only = text(coordinator, f"{plan}?urgent=1")
    assert 'class="lane"' not in only.split('class="idle"')[0]
    assert 'class="lane"' not in text(coordinator, f"{plan}?service=bathing"), "nobody offers it"
    assert "陈奶奶" in only
    assert "陈奶奶" not in text(coordinator, f"{plan}?service=cleaning")
    assert "张大爷" not in text(coordinator, f"{plan}?territory={town.WULAOCUN}")


def test_a_visit_is_changed_by_keyboard_and_what_would_break_is_shown_before(
    plan: str, coordinator: CheckingClient, statements: Callable[..., AbstractContextManager[Any]]
) -> None:
    row = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).first()
    assert row is not None
    visit, mine = row.visit_id, row.volunteer_id
    late = next(one for one in _helpers() if one not in _planned())
    far = helpers.volunteer("远来", hours=(8, 10), east_m=9_000)
    db.session.scalars(select(ServiceRequest).join(Visit).where(Visit.id == visit)).one().regular_helper_id = far
    db.session.commit()
    address = f"{plan}/visits/{visit}"
    with statements(20):
        page = text(coordinator, address)
    assert "Why not somebody else" in page
    assert "远来 usually comes" in page
    assert "free only 14:00–16:00" in page
    check = text(coordinator, f"{address}/check?volunteer_id={late}")
    assert "It would break:" in check
    assert "free only 14:00–16:00" in check
    assert "/assign" not in check
    clash = text(coordinator, f"{address}/check?volunteer_id={mine}&starts=11:05", **{"HX-Request": "true"})
    assert "asked for a start between 08:00 and 09:00" in clash
    assert "full quarter of an hour" in clash
    refused = coordinator.post(f"{address}/assign", data={"volunteer_id": str(late), "key": "k" * 8})
    assert refused.status_code == 303
    assert "a rule forbids it" in text(coordinator, plan)
    assert pressed(coordinator, page, f"{address}/pin").status_code == 303
    assert pressed(coordinator, page, f"{address}/take-out").status_code == 303
    assert "taken out by hand" in text(coordinator, plan)
    good = text(coordinator, f"{address}/check?volunteer_id={mine}&starts=8:30")
    assert "could go to" in good
    assert pressed(coordinator, good, f"{address}/assign").status_code == 303
    assert "by hand" in text(coordinator, plan)


def _planned() -> set[int]:
    return set(db.session.scalars(select(PlannedVisit.volunteer_id)))


def _helpers() -> list[int]:
    from timebank.exchange.models import Volunteer

    return list(db.session.scalars(select(Volunteer.person_id)))


def test_two_helpers_are_swapped_after_a_look(plan: str, coordinator: CheckingClient) -> None:
    first, second = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).all()
    before = (first.volunteer_id, second.volunteer_id)
    assert f'value="{second.visit_id}"' in text(coordinator, f"{plan}/visits/{first.visit_id}/swap")
    look = text(coordinator, f"{plan}/visits/{first.visit_id}/swap?other_id={second.visit_id}")
    assert look.count("could go to") == 2
    assert pressed(coordinator, look, f"{plan}/visits/{first.visit_id}/swap").status_code == 303
    db.session.expire_all()
    assert (second.volunteer_id, first.volunteer_id) == before


def test_a_visit_swaps_only_with_visits_of_other_helpers(coordinator: CheckingClient) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    visits = [helpers.visit(town.person(name), window=(8, 10)) for name in ("张大爷", "李大爷")]
    address = ask(coordinator)
    work_plans()
    assert len(db.session.scalars(select(PlannedVisit)).all()) == 2
    page = text(coordinator, f"{address}/visits/{visits[0]}/swap")
    assert "There is no other visit of this day to swap with." in page


def test_why_not_another_time_names_only_what_stands_in_the_way(coordinator: CheckingClient) -> None:
    xu_mei = helpers.volunteer("徐梅", hours=(8, 12))
    first = helpers.visit(town.person("张大爷"), window=(8, 8))
    second = helpers.visit(town.person("李大爷"), window=(8, 10), helper_sex="M", language="yue")
    address = ask(coordinator)
    work_plans()
    assert list(db.session.scalars(select(PlannedVisit.visit_id))) == [first]
    check = f"{address}/visits/{second}/check?volunteer_id={xu_mei}&starts="
    assert "has another visit 08:00–09:00" in text(coordinator, check + "8:30")
    odd = text(coordinator, check + "9:40")
    assert "full quarter of an hour" in odd
    assert "free only" not in odd
    assert "has another visit" not in odd
    for typed in ("9:45", "0945", "9点45分", "9：45"):
        assert "quarter" not in text(coordinator, check + typed), typed
    for typed in ("9h", "25:10", "9:75"):
        wrong = text(coordinator, check + typed)
        assert f"“{typed}” is no time of day" in wrong
        assert "It would break" not in wrong
    page = text(coordinator, f"{address}/visits/{second}")
    assert "a man was asked for, speaks Cantonese" in page
    assert "<details open>" in page
    helpers.volunteer("晚来", hours=(14, 16))
    assert "<details open>" not in text(coordinator, f"{address}/visits/{first}")
    assert "<details open>" in text(coordinator, f"{address}/visits/{first}?all=1")


def test_a_day_without_visits_says_so(coordinator: CheckingClient) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    address = ask(coordinator)
    work_plans()
    page = text(coordinator, address)
    assert "there is nothing to plan" in page
    assert "No better plan exists" not in page + text(coordinator, "/plans")


def test_a_page_that_somebody_else_overtook_changes_nothing(plan: str, coordinator: CheckingClient) -> None:
    first = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).first()
    assert first is not None
    address = f"{plan}/visits/{first.visit_id}"
    old = text(coordinator, address)
    assert pressed(coordinator, old, f"{address}/take-out").status_code == 303
    answer = pressed(coordinator, old, f"{address}/pin")
    assert answer.status_code == 303
    assert "Somebody has changed this visit meanwhile" in text(coordinator, address)


def test_a_visit_dragged_on_a_board_that_somebody_overtook_is_not_given_away(
    plan: str, coordinator: CheckingClient
) -> None:
    row = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).first()
    assert row is not None
    address, wish = f"{plan}/visits/{row.visit_id}", f"&volunteer_id={row.volunteer_id}&starts=8:30"
    board, page = text(coordinator, plan), text(coordinator, address)
    dragged = re.search(rf'data-check="({address}/check[^"]*)"', board)
    hidden = re.search(r'name="seen" value="([^"]+)"> <h2>', page)
    assert dragged
    assert hidden
    left = f"{address}/check?seen=nobody"
    for check in (dragged[1], f"{address}/check?seen={hidden[1]}"):
        assert "/assign" in text(coordinator, f"{check}{wish}", **{"HX-Request": "true"})
    assert "Somebody has changed" in text(coordinator, f"{left}{wish}")
    assert pressed(coordinator, page, f"{address}/take-out").status_code == 303
    again = text(coordinator, f"{dragged[1]}{wish}", **{"HX-Request": "true"})
    assert "Somebody has changed this visit meanwhile" in again
    assert "/assign" not in again
    assert "/assign" in text(coordinator, f"{left}{wish}")


def test_a_visit_left_over_and_settled_since_is_told_apart_and_not_offered(
    plan: str, coordinator: CheckingClient, statements: Callable[..., AbstractContextManager[Any]]
) -> None:
    row = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).first()
    assert row is not None
    left, address = db.session.get_one(Visit, row.visit_id), f"{plan}/visits/{row.visit_id}"
    check = f"{address}/check?volunteer_id={row.volunteer_id}"
    assert pressed(coordinator, text(coordinator, address), f"{address}/take-out").status_code == 303
    assert "2 visits left over" in text(coordinator, plan)
    assert "/assign" in text(coordinator, address)
    assert "/assign" in text(coordinator, check)
    left.state = VisitState.CANCELLED
    db.session.commit()
    with statements(20):
        page = text(coordinator, plan)
    assert "1 of 2 visits have a helper" in page
    assert "1 visit left over" in page
    assert "1 other was settled since" in page
    assert f'<a href="/visits/{left.id}">张大爷</a>' in page
    with statements(20):
        visit = text(coordinator, address)
    for shown in (visit, text(coordinator, check)):
        assert "This visit does not look for a helper any more." in shown
        assert "/assign" not in shown


def test_after_a_change_the_board_keeps_its_day_and_filter(plan: str, coordinator: CheckingClient) -> None:
    first = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).first()
    assert first is not None
    data, address = {"pinned": "1"}, f"{plan}/visits/{first.visit_id}"
    came = f"http://timebank.test{plan}?service=cleaning"
    dragged = coordinator.post(f"{address}/pin", data=data, headers={"Referer": came})
    assert dragged.headers["Location"].endswith(f"{plan}?service=cleaning")
    typed = coordinator.post(f"{address}/pin", data=data, headers={"Referer": f"http://timebank.test{address}"})
    assert typed.headers["Location"].endswith(f"{plan}?day=2026-11-24")
    accepted = coordinator.post(f"{plan}/accept", headers={"Referer": came})
    assert accepted.headers["Location"].endswith(f"{plan}?service=cleaning")


def test_accepting_all_asks_the_helpers_and_their_answers_come_back(plan: str, coordinator: CheckingClient) -> None:
    from timebank.exchange.service.offers import answer_offer

    assert pressed(coordinator, text(coordinator, plan), f"{plan}/accept").status_code == 303
    page = text(coordinator, plan)
    assert "The helpers of 2 visits are still to be asked" in page
    assert "will be asked" in page
    assert "HX-Refresh" not in coordinator.get(f"{plan}/asking", headers={"HX-Request": "true"}).headers
    work_offers()
    assert coordinator.get(f"{plan}/asking", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    first, second = db.session.scalars(select(Offer).order_by(Offer.id)).all()
    answer_offer(town.member(first.volunteer_id), first.id, True)
    answer_offer(town.member(second.volunteer_id), second.id, False)
    page = text(coordinator, plan)
    assert "said yes" in page
    assert "said no" in page
    assert re.search(r'badge-bad">said no', text(coordinator, f"{plan}/visits/{second.visit_id}"))


def test_planning_again_counts_what_moves(coordinator: CheckingClient) -> None:
    ill = helpers.volunteer("徐梅", hours=(8, 12))
    helpers.volunteer("王芳", hours=(8, 12), east_m=200)
    helpers.visit(town.person("张大爷"), helper=ill, state=VisitState.SCHEDULED)
    address = ask(coordinator)
    work_plans()
    assert f'value="{ill}"' in text(coordinator, f"{address}/again")
    answer = coordinator.post(f"{address}/again", data={"without": str(ill), "seconds": "5"})
    assert answer.status_code == 303
    work_plans()
    page = text(coordinator, answer.headers["Location"])
    assert "1 promised visit would move" in page
    assert "Made again with the fewest changes" in page
    assert "王芳" in page
    assert "planned again" in text(coordinator, "/plans")


@one_engine
def test_a_week_has_a_tab_for_each_day(coordinator: CheckingClient) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    helpers.visit(town.person("张大爷"))
    helpers.visit(town.person("李大爷"), day=date(2026, 11, 25))
    address = ask(coordinator, days="7")
    work_plans()
    page = text(coordinator, f"{address}?day=2026-11-25")
    assert page.count(">Tue 11-24 <") == page.count(">Wed 11-25 <") == page.count(">Mon 11-30<") == 1
    assert ">1/1</span>" in page
    assert ">0/1</span>" in page
    assert "张大爷" not in page
    assert "张大爷" in text(coordinator, address)
    later = ask(coordinator, days="7", first_day="2026-11-23")
    work_plans()
    assert "张大爷" in text(coordinator, later), "Monday has no visit: the board opens with Tuesday"


def test_a_filtered_board_still_shows_the_whole_day_of_its_helpers(coordinator: CheckingClient) -> None:
    helpers.volunteer("徐梅", hours=(8, 12), skills={"cleaning": True, "company": True})
    helpers.visit(town.person("张大爷"), window=(8, 8))
    helpers.visit(town.person("李大爷"), service="company", window=(10, 10))
    helpers.visit(town.person("陈奶奶"), window=(8, 8), day=date(2026, 11, 25))
    address = ask(coordinator, days="7")
    work_plans()
    page = text(coordinator, f"{address}?service=company")
    assert re.search(r'class="stop stop-beside".*张大爷', page)
    assert re.search(r'class="stop".*李大爷', page)
    assert "2 h" in page
    assert "stop-beside" not in text(coordinator, address)


def test_a_helper_is_accepted_for_the_day_that_is_shown(coordinator: CheckingClient) -> None:
    xu_mei = helpers.volunteer("徐梅", hours=(8, 12))
    db.session.add(AvailabilitySlot(volunteer_id=xu_mei, weekday=2, from_minute=480, to_minute=720))
    db.session.commit()
    today = helpers.visit(town.person("张大爷"), window=(8, 8))
    helpers.visit(town.person("李大爷"), window=(8, 8), day=date(2026, 11, 25))
    address = ask(coordinator, days="7")
    work_plans()
    page = text(coordinator, f"{address}?day=2026-11-24&territory={town.YAOXIN}")
    assert "Accept all 2 visits" in page
    assert "Accept 2 visits in" in page
    lane = page[page.index('class="lane"') :]
    assert pressed(coordinator, lane, f"{address}/accept").status_code == 303
    accepted = db.session.scalars(select(PlannedVisit.visit_id).where(PlannedVisit.accepted_at.is_not(None))).all()
    assert accepted == [today]


def test_a_visit_that_came_to_a_lane_after_it_was_shown_is_named_and_left(coordinator: CheckingClient) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    for name in ("张大爷", "李大爷"):
        helpers.visit(town.person(name), window=(8, 11))
    plan = ask(coordinator)
    work_plans()
    row = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).first()
    assert row is not None
    address = f"{plan}/visits/{row.visit_id}"
    assert pressed(coordinator, text(coordinator, address), f"{address}/take-out").status_code == 303
    board = text(coordinator, plan)
    assert pressed(coordinator, text(coordinator, address), f"{address}/assign").status_code == 303
    lane = board[board.index('class="lane"') :]
    assert pressed(coordinator, lane, f"{plan}/accept").status_code == 303
    after = text(coordinator, plan)
    assert re.search(r"Not asked for, because it came only after that: \d\d:\d\d 张大爷\.", after)
    assert "Accept 1 visit<" in after
    assert pressed(coordinator, lane.replace('name="key" value="', 'name="key" value="again'), f"{plan}/accept")
    assert "Nobody was asked: please look again." in text(coordinator, plan)


@one_engine
def test_other_streets_do_not_exist_and_clerks_may_not_look(plan: str, client: CheckingClient, sign_in: SignIn) -> None:
    sign_in(client, town.account_of(town.outsider()))
    visit = db.session.scalars(select(PlannedVisit.visit_id)).first()
    for address in (plan, f"{plan}/progress", f"{plan}/again", f"{plan}/visits/{visit}"):
        assert client.get(address).status_code == 404
    assert town.YAOHUA not in client.get("/plans/new").get_data(as_text=True)
    assert client.get("/plans").get_data(as_text=True).count("/plans/1") == 0
    sign_in(client, town.account_of(town.clerk()))
    assert client.get("/plans").status_code == 403


def test_the_board_speaks_chinese(plan: str, zh_client: CheckingClient, sign_in: SignIn) -> None:
    sign_in(zh_client, town.account_of(town.broker()))
    page = text(zh_client, plan)
    assert "没有志愿者提供这项服务" in page
    assert "left over" not in page
    assert db.session.scalars(select(Plan.state)).all() == [PlanState.DONE]
