"""Week's sheets typed back with the keyboard alone; the sheets themselves on the screen and on A4."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import EVERYWHERE, Look, OpenPage
from tests.factories import exchange_visits as make
from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.queries.slips import strip_code
from timebank.exchange.rules.requests import NewRequest
from timebank.exchange.service import offers, requests


def _yesterday(people: make.Cast) -> list[int]:
    """Two visits of yesterday, at nine and at two, planned when they lay ahead (the browser's clock is the real one)."""
    made = []
    for minute in (540, 840):
        wanted = make.cleaning(
            people.zhang, first_day=clock.today() + timedelta(days=1), earliest_minute=minute, latest_minute=minute
        )
        assert isinstance(wanted, NewRequest)
        request_id = requests.approve_request(people.broker, requests.submit_request(people.broker, wanted))
        visit = db.session.get_one(Visit, make.visits_of(request_id)[0])
        offer = offers.offer_visit(people.broker, visit.id, people.xu, visit.earliest_start)
        made.append(offers.answer_offer(people.helper, offer, True))
    for visit_id in made:
        row = db.session.get_one(Visit, visit_id)
        back = timedelta(days=2)
        row.earliest_start, row.latest_start = row.earliest_start - back, row.latest_start - back
        row.starts_at, row.ends_at = row.starts_at - back, (row.ends_at or row.starts_at) - back
    db.session.commit()
    return made


def test_a_week_is_typed_back_with_the_keyboard_alone(app: Flask, open_page: OpenPage, look: Look) -> None:
    people = make.cast()
    morning, noon = _yesterday(people)
    first, second = (strip_code(db.session.get_one(Visit, each)) for each in (morning, noon))
    wrong = first[:-1] + str((int(first[-1]) + 1) % 10)
    week = clock.today() - timedelta(days=1)
    page = open_page(f"/slips?week={week}", account=people.broker.account_id)
    look(page)
    keys = page.keyboard
    for _ in range(60):
        keys.press("Tab")
        if page.evaluate("document.activeElement.id") == f"cell-{morning}-done":
            break
    keys.type("Y")  # the list goes to its entry
    keys.press("Enter")
    expect(page.locator(f"#cell-{noon}-done")).to_be_focused()
    keys.type("Y")
    keys.press("ArrowUp")
    expect(page.locator(f"#cell-{morning}-done")).to_be_focused()
    keys.press("ArrowRight")
    expect(page.locator(f"#cell-{morning}-start")).to_be_focused()
    keys.type("0905")
    keys.press("ArrowRight")
    keys.type("100")
    keys.press("Tab")
    expect(page.locator(f"#cell-{morning}-code")).to_be_focused()
    keys.type(f"{first[:3]} {first[3:]}")
    keys.press("ArrowDown")
    expect(page.locator(f"#cell-{noon}-code")).to_be_focused()
    keys.type(wrong)
    keys.press("Enter")
    expect(page.get_by_role("button", name="Save the rows")).to_be_focused()
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("a digit is wrong")
    expect(page.locator("body")).to_contain_text("1 visit is credited.")
    expect(page.locator(f"#cell-{morning}-code")).to_have_count(0)
    look(page)
    keys.press("Tab")
    keys.press("Enter")  # the summary leads to the cell
    expect(page.locator(f"#cell-{noon}-code")).to_be_focused()
    expect(page.locator(f"#cell-{noon}-code")).to_have_value(wrong)
    keys.press("ControlOrMeta+a")
    keys.type(second)
    with page.expect_navigation():
        keys.press("Control+Enter")
    expect(page.locator("body")).to_contain_text("1 visit is credited.")
    expect(page.locator("input[name$='-code']")).to_have_count(0)
    db.session.rollback()
    assert {db.session.get_one(Visit, each).state for each in (morning, noon)} == {VisitState.CREDITED}
    assert make.balance(people.xu).posted == 220


@pytest.mark.parametrize(("width", "language"), EVERYWHERE[-1:])
def test_paper_and_telephone_are_sound(app: Flask, open_page: OpenPage, look: Look, width: int, language: str) -> None:
    people = make.cast()
    _yesterday(people)
    week = clock.today() - timedelta(days=1)
    account = people.broker.account_id
    for path in (f"/sheets?week={week}", f"/sheets/print?week={week}", "/calls/landline"):
        look(open_page(path, account=account, width=width, language=language))
    page = open_page(f"/sheets/print?week={week}", account=account, width=width, language=language)
    page.emulate_media(media="print")
    small = page.evaluate(
        "[...document.querySelectorAll('.slip-page *')].map(e => parseFloat(getComputedStyle(e).fontSize))"
        ".filter(size => size < 21.3).length"  # 16 pt
    )
    assert not small
    expect(page.get_by_role("heading", level=1)).to_be_hidden()


def test_a_call_is_taken_with_the_keyboard_alone_and_survives_the_end_of_the_session(
    app: Flask, open_page: OpenPage, look: Look
) -> None:
    people = make.cast()
    account = people.broker.account_id
    page = open_page("/calls/new", account=account)
    look(page)
    keys = page.keyboard
    page.locator("#caller").focus()
    keys.type("zjg")
    keys.press("Enter")
    expect(page.locator("#call-people input:checked")).to_be_focused()
    keys.press("Tab")
    with page.expect_response("**/calls/draft"):
        page.locator("#note").focus()
        keys.type("a ladder")
    anew = open_page("/calls/new", account=account, width=390)
    look(anew)
    with anew.expect_navigation():
        anew.get_by_role("link", name="Go on with the call").click()
    expect(anew.locator("#note")).to_have_value("a ladder")
    expect(anew.locator("#call-people input:checked")).to_have_value(str(people.zhang))
    look(anew)
    page.locator("#first_day").fill(str(clock.today() + timedelta(days=1)))
    for field, typed in (("earliest_minute", "09:00"), ("latest_minute", "10:00"), ("minutes", "60")):
        page.locator(f"#{field}").focus()
        keys.type(typed)
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("张建国")
    look(page)
