"""The board in a browser: the search is watched, the map drawn, a visit dragged or given by keyboard, all accessible."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import DESK, PHONE, Look, OpenPage, go
from tests.factories import matching as helpers
from tests.factories import town
from timebank.access.models import Account
from timebank.core import clock
from timebank.core.db import db
from timebank.matching.models import Emergency, PlannedVisit
from timebank.matching.service.accepting import work_offers
from timebank.matching.service.working import work_plans


def _tuesday() -> date:
    today = clock.today()
    return today + timedelta(days=(1 - today.weekday()) % 7 + 7)


def _read_again(row: PlannedVisit) -> None:
    """What the server has written since: a new transaction sees it."""
    db.session.rollback()
    db.session.refresh(row)


def _neighbourhood() -> None:
    """Two helpers who could do each other's visits, one who is free later, and somebody nobody can bathe."""
    town.town()
    for name, east, hours in (("徐梅", 60, (8, 12)), ("王芳", 300, (8, 12)), ("晚来", 500, (14, 16))):
        helpers.volunteer(name, east_m=east, hours=hours)
    for number, name in enumerate(("张大爷", "李大爷")):
        helpers.visit(town.person(name), day=_tuesday(), window=(8 + 2 * number, 8 + 2 * number))
    helpers.visit(town.person("陈奶奶"), service="bathing", day=_tuesday(), urgent=True)


def _board(open_page: OpenPage, look: Look, width: int, language: str) -> Page:
    """A plan is asked for; the page that waits shows the board by itself once the search has ended."""
    account = db.session.get_one(Account, town.account_of(town.broker()))
    account.language = language
    db.session.commit()
    page = open_page(f"/plans/new?day={_tuesday()}", account=account.id, width=width, language=language)
    look(page)
    go(page.locator("main form button[type=submit]"))
    expect(page.locator("#progress")).to_be_visible()
    look(page)
    assert work_plans() == 1
    expect(page.locator(".board")).to_be_visible()
    return page


@pytest.mark.parametrize(("width", "language"), [(DESK, "en"), (PHONE, "zh")])
def test_a_plan_is_watched_looked_at_and_changed_by_keyboard(
    app: Flask, open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    _neighbourhood()
    page = _board(open_page, look, width, language)
    expect(page.locator("#map.leaflet-container path").first).to_be_attached()
    look(page)
    row = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).first()
    assert row is not None
    before = row.volunteer_id
    link = page.locator(".stop a", has_text="张大爷")
    link.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    look(page)
    go(page.locator("form[action$='/assign'] button").first)
    _read_again(row)
    assert row.volunteer_id != before
    assert row.by_hand
    go(page.locator(".left-one a").first)
    look(page)
    go(page.locator("form[action$='/check'] button"))
    expect(page.locator(".check [role=alert]")).to_be_visible()
    look(page)
    page.go_back()
    page.goto(f"/plans/{row.plan_id}/again")
    look(page)
    _reports_and_emergency(page, look, row.visit_id)


def _reports_and_emergency(page: Page, look: Look, visit_id: int) -> None:
    """Suggestions with those who are out, the map and table of unmet need, use of helpers, and a call at once."""
    page.goto(f"/visits/{visit_id}/helpers")
    expect(page.locator("[hx-trigger=load]")).to_have_count(0)
    look(page)
    page.goto(f"/reports/unmet-need?until={_tuesday()}")
    expect(page.locator("#need-map.leaflet-container path").first).to_be_attached()
    expect(page.locator("#need-drawing")).to_be_hidden()
    drawn = page.locator("#need-map svg").bounding_box()
    assert drawn is not None
    assert drawn["width"] > 200, "the circles are seen"
    look(page)
    page.goto("/reports/helpers")
    look(page)
    page.goto(f"/visits/{visit_id}/helpers")
    go(page.locator("a[href*='/emergencies/new']"))
    look(page)
    call = Emergency(visit_id=visit_id, territory_code=town.YAOXIN)  # the form itself refuses calls before midnight
    db.session.add(call)
    db.session.commit()
    page.goto(f"/emergencies/{call.id}")
    expect(page.locator("#emergency-state .message-wrong")).to_be_visible()
    look(page)


def test_a_visit_is_dragged_to_another_helper_after_a_look_at_the_rules(
    app: Flask, open_page: OpenPage, look: Look
) -> None:
    _neighbourhood()
    page = _board(open_page, look, DESK, "en")
    first, second = db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.visit_id)).all()
    if first.volunteer_id == second.volunteer_id:  # both at one helper: then there is one lane to drag to
        go(page.locator(".stop a", has_text="李大爷"))
        go(page.locator("form[action$='/assign'] button").first)
        _read_again(second)
    lane = page.locator(f"#lane-{second.volunteer_id}")
    page.locator(f"[data-visit='{first.visit_id}']").drag_to(lane.locator("h3"))
    dialog = page.locator("#change")
    expect(dialog).to_contain_text("could go to 张大爷")
    go(dialog.get_by_role("button", name="Assign"))
    _read_again(first)
    assert first.volunteer_id == second.volunteer_id
    left = page.locator(".left-one").first
    left.drag_to(page.locator(f"#lane-{second.volunteer_id} h3"))
    expect(dialog).to_contain_text("It would break")
    expect(dialog.get_by_role("button", name="Assign")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    page.on("dialog", lambda question: question.accept())
    go(page.get_by_role("button", name="Accept all 2 visits"))
    db.session.rollback()
    assert work_offers() == 2
    expect(page.locator("#asking")).to_have_count(0)
    expect(page.locator(".stop").first).to_contain_text("asked, no answer yet")
