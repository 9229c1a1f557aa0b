"""Ways that begin where the story turns off: a paper code, a wrong PIN, a dispute, a visit given back, goods brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Look, OpenPage, go
from tests.factories import exchange_visits as make
from tests.factories import redemption as factory
from tests.factories import town
from timebank.access import service as access
from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.exchange.service import offers
from timebank.redemption import service


def _change(visit_id: int, **values: Any) -> None:
    """Writes into a visit while the server runs: from what stands there now, never from an old reading."""
    db.session.rollback()
    visit = db.session.get_one(Visit, visit_id)
    for name, value in values.items():
        setattr(visit, name, value)
    db.session.commit()


def _visit_in_ten_minutes() -> tuple[make.Cast, int, str]:
    people = make.cast(6000)
    tomorrow = clock.today() + timedelta(days=1)
    visit_id = make.visits_of(make.published(people, first_day=tomorrow))[0]
    offer = offers.offer_visit(people.broker, visit_id, people.xu, clock.at(tomorrow, 540))
    offers.answer_offer(people.helper, offer, True)
    soon = clock.now() + timedelta(minutes=10)
    ends = soon + timedelta(hours=2)
    _change(visit_id, starts_at=soon, earliest_start=soon, latest_start=soon, ends_at=ends)
    return people, visit_id, db.session.get_one(Visit, visit_id).code


def _sign(page: Page) -> None:
    pad = page.locator("main svg, main canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(box["x"] + 20 + 20 * step, box["y"] + 30 + 40 * (step % 2))
    page.mouse.up()


def test_a_visit_from_the_paper_code_over_a_wrong_pin_to_a_settled_dispute(
    app: Flask, open_page: OpenPage, look: Look
) -> None:
    people, visit_id, code = _visit_in_ten_minutes()
    access.set_pin(people.broker, people.zhang, "295164")
    helper = open_page(f"/my/visits/{visit_id}", account=people.helper.account_id, width=PHONE)
    go(helper.get_by_role("link", name="Begin with the code of the card"))
    helper.locator("[name=code]").fill(code)
    go(helper.get_by_role("button", name="Begin"))
    expect(helper.locator("main")).to_contain_text("Going on now")
    _change(visit_id, check_in_at=clock.now() - timedelta(minutes=50))
    go(helper.get_by_role("link", name="The visit is over"))
    go(helper.get_by_role("button", name="Check out now"))
    go(helper.get_by_role("link", name="Confirm with the PIN"))
    helper.locator("[name=pin]").fill("111222")
    go(helper.get_by_role("button", name="It was so"))
    expect(helper.locator("main")).to_contain_text("Tries left: 4.")
    look(helper)
    go(helper.get_by_role("link", name="Confirm with a signature"))
    _sign(helper)
    go(helper.get_by_role("button", name="It was so"))
    expect(helper.locator("main")).to_contain_text("Confirmed. What was credited stands below.")
    elder = open_page(f"/my/visits/{visit_id}", account=people.elder.account_id, width=PHONE)
    go(elder.get_by_role("link", name="It was otherwise"))
    elder.locator("[name=reason]").fill("只来了半小时")
    go(elder.locator("main form button[type=submit]").first)
    expect(elder.locator("main")).to_contain_text("Disputed")
    staff = open_page("/visits?state=disputed", account=people.broker.account_id)
    go(staff.locator(f"main a[href='/visits/{visit_id}']").first)
    go(staff.get_by_role("link", name="Settle the dispute"))
    expect(staff.locator("main")).to_contain_text("只来了半小时")
    look(staff)
    staff.locator("[name=minutes]").fill("30")
    staff.locator("[name=reason]").fill("双方同意")
    go(staff.get_by_role("button", name="Decide"))
    expect(staff.locator("main")).to_contain_text("Settled.")
    expect(staff.locator("main")).to_contain_text("30 min")


def test_a_visit_given_back_looks_for_a_helper_again_and_says_why(app: Flask, open_page: OpenPage, look: Look) -> None:
    people, visit_id, _code = _visit_in_ten_minutes()
    helper = open_page(f"/my/visits/{visit_id}", account=people.helper.account_id, width=PHONE)
    go(helper.get_by_role("link", name="I cannot come"))
    look(helper)
    helper.locator("[name=reason]").fill("孩子发烧")
    go(helper.get_by_role("button", name="Give the visit back"))
    expect(helper.locator("main")).to_contain_text("My visits")
    staff = open_page(f"/visits/{visit_id}", account=people.broker.account_id, width=PHONE)
    expect(staff.locator("main")).to_contain_text("Looking for a helper")
    expect(staff.locator("main")).to_contain_text("孩子发烧")


def test_goods_come_back_and_the_shelf_is_counted(app: Flask, open_page: OpenPage, look: Look) -> None:
    town.town()
    shop = factory.shop()
    receipt = service.redeem(town.clerk(), factory.takes(shop, factory.saver(30), rice=1))
    page = open_page(f"/redemptions/{receipt}", account=town.account_of(town.clerk()), width=PHONE)
    go(page.get_by_role("link", name="Take goods back"))
    look(page)
    page.locator("main [type=number]").first.fill("1")
    page.locator("[name=reason]").fill("包装破损")
    go(page.get_by_role("button", name="Take back"), times=2)
    expect(page.locator("main")).to_contain_text("Returned")
    page.goto(f"/desk/{shop.desk}/stock/{shop.rice}/count")
    page.locator("[name=counted]").fill("18")
    go(page.locator("main form button[type=submit]").first)
    expect(page.locator("main")).to_contain_text("Please look at this again")
    look(page)
    page.locator("[name=reason]").fill("破损")
    go(page.locator("main form button[type=submit]").first)
    expect(page.locator("body")).to_contain_text("The count is in the books.")
    expect(page.locator("main")).to_contain_text("18")
    page.goto("/goods")
    expect(page.locator("main")).to_contain_text("RICE5")
    look(page)
