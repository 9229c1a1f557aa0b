"""The desk with the keyboard alone: scan, add, PIN, receipt; at the desk's width and on a phone."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import EVERYWHERE, PHONE, Look, OpenPage
from tests.factories import redemption as factory
from tests.factories import town
from timebank.access import service as access
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.redemption import service
from timebank.redemption.commands import DayEnd, Delivery, Intention, NewDesk, Sending
from timebank.redemption.models import GoodsBatch, Redemption


def test_a_receipt_with_the_keyboard_alone(app: Flask, open_page: OpenPage, look: Look) -> None:
    town.town()
    shop = factory.shop()
    xu_mei = factory.saver(30)
    card = access.issue_card(Actor.system("tests"), xu_mei)
    page = open_page("/desk", account=town.account_of(town.clerk()))
    look(page)
    keys = page.keyboard
    expect(page.locator("[autofocus]")).to_be_focused()
    keys.type(card)  # the scanner types the code and Enter; the field has the focus
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("徐梅")
    for scanned in ("RICE5", "2*OIL1"):
        expect(page.locator("#code")).to_be_focused()
        keys.type(scanned)
        keys.press("Enter")
        expect(page.locator("body")).to_contain_text("Total: 2 h" if scanned == "RICE5" else "Total: 5 h")
    look(page)
    for _ in range(30):
        keys.press("Tab")
        if page.evaluate("document.activeElement.name") == "pin":
            break
    keys.type(factory.PIN)
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("YH1-")
    look(page)
    assert page.evaluate("document.activeElement.textContent") == "Print"
    page.emulate_media(media="print")
    expect(page.locator(".receipt")).to_be_visible()
    expect(page.locator("header")).to_be_hidden()
    assert shop.desk


def without_pin(open_page: OpenPage) -> Page:
    """The card of a member with rice in the basket, who hands it out in another way than by PIN."""
    town.town()
    shop = factory.shop()
    xu_mei = factory.saver(30)
    clerk = town.clerk()
    service.put_in_basket(clerk, shop.desk, xu_mei, "RICE5")
    page = open_page(f"/desk/{shop.desk}/member/{xu_mei}", account=town.account_of(clerk))
    page.get_by_text("Without PIN").click()
    return page


def test_a_member_signs_in_the_box_on_the_screen(app: Flask, open_page: OpenPage, look: Look) -> None:
    page = without_pin(open_page)
    expect(page.locator(".signature-pad")).to_be_hidden()
    page.get_by_label("Signed on the screen").check()
    pad = page.locator(".signature-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 20 + 12 * step, box["y"] + 20 + 30 * (step % 2))
    page.mouse.up()
    look(page)
    page.get_by_role("button", name="Hand out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("YH1-")
    expect(page.locator(".receipt svg.signature")).to_be_visible()
    db.session.rollback()
    assert db.session.scalars(select(Redemption.confirmed_how)).one() == "pad"


def test_who_came_is_asked_only_when_somebody_came(app: Flask, open_page: OpenPage, look: Look) -> None:
    page = without_pin(open_page)
    name = page.get_by_label("Name of who came")
    expect(page.get_by_label("Signed on paper")).to_be_visible()
    expect(name).to_be_hidden()
    tab_to(page, "how")
    page.keyboard.press("ArrowUp")  # from the PIN to the last way
    expect(page.get_by_label("Somebody came for the member")).to_be_checked()
    expect(name).to_be_visible()
    tab_to(page, "companion")
    page.get_by_role("button", name="Hand out").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("Name of who came")).to_be_visible()
    page.get_by_label("Signed on paper").check()
    expect(page.get_by_label("Name of who came")).to_be_visible()  # its error is still to be read
    look(page)


def tab_to(page: Page, what: str) -> None:
    """Presses Tab until what has the focus is called so (or is the field of that name)."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("[document.activeElement.name, document.activeElement.textContent.trim()]").count(what):
            return
    raise AssertionError(f"the keyboard does not reach {what}")


def press_enter(page: Page) -> None:
    """Enter on what leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_the_initials_to_the_receipt_with_two_clerks_and_no_mouse(app: Flask, open_page: OpenPage) -> None:
    town.town()
    shop = factory.shop()
    factory.saver(500)
    factory.saver(500, "张桂英")
    page = open_page("/desk", account=town.account_of(town.clerk()))
    expect(page.locator("[name=q]")).to_be_focused()
    page.keyboard.type("xm")
    press_enter(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("徐梅")
    for scanned in ("10*RICE5", "OIL1", "OIL1"):
        expect(page.locator("#code")).to_be_focused()
        page.keyboard.type(scanned)
        press_enter(page)
    expect(page.locator("body")).to_contain_text("So much must be confirmed by a second clerk")
    tab_to(page, "pin")
    page.keyboard.type("000000")
    press_enter(page)
    expect(page.locator("#pin-error")).to_be_visible()
    tab_to(page, "pin")
    page.keyboard.type(factory.PIN)
    press_enter(page)
    expect(page.locator("body")).to_contain_text("a colleague signs in and confirms it")
    db.session.rollback()
    number = db.session.scalars(select(Redemption.receipt_no)).one()
    second = open_page(f"/desk/{shop.desk}", account=town.account_of(town.clerk(name="second")))
    tab_to(second, "Look at it")
    press_enter(second)
    tab_to(second, "Confirm and hand out")
    press_enter(second)
    expect(second.locator("body")).to_contain_text("Confirmed. The goods may be handed out.")
    expect(second.get_by_role("heading", level=1)).to_contain_text(number)
    assert second.evaluate("document.activeElement.textContent") == "Print"
    tab_to(second, "Next member")
    press_enter(second)
    expect(second.locator("[name=q]")).to_be_focused()


def rare_pages(shop: factory.Shop) -> list[str]:
    """Sending, receiving, writing off, limits, signing, pictures, entries without a line: with something on each."""
    clerk, base = town.clerk(), f"/desk/{shop.desk}"
    there = service.open_desk(town.operator(), NewDesk("YH2", "尧新服务台", "Yaoxin", town.YAOHUA))
    service.receive_goods(clerk, Delivery(there, shop.oil, 4))
    service.record_day_end(clerk, DayEnd(there, ((shop.oil, 3),), 0, ((shop.oil, "One bottle is broken"),)))
    sent = service.send_goods(clerk, Sending(shop.desk, shop.rice, there, 2, "For Friday"))
    soon = Delivery(shop.desk, shop.oil, 3, expires_on=clock.today())
    service.receive_goods(clerk, soon)
    entry = service.record_intention(clerk, Intention(shop.desk, "T999999", ((shop.rice, 2),)), key="tablet")
    batch = db.session.scalars(select(GoodsBatch.id).where(GoodsBatch.expires_on.is_not(None))).one()
    return [
        *(f"{base}/stock/batches", f"{base}/stock/batches/{batch}/write-off"),
        *(
            f"{base}/transfers",
            f"{base}/transfers/new",
            f"/transfers/{sent}/receive",
            f"{base}/stock/{shop.rice}/minimum",
        ),
        *(f"/goods/{shop.rice}/limit", f"/goods/{shop.rice}/price", f"/goods/{shop.rice}/edit", "/goods/new"),
        *(f"{base}/day-end", f"/desk/{there}/day-end", f"{base}/day-ends", "/stock/reckonings"),
        *(f"/goods/{shop.rice}/picture", f"{base}/offline", f"{base}/intentions", f"/intentions/{entry}/drop"),
    ]


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_every_page_of_the_desk_is_sound(
    app: Flask, open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    town.town()
    shop = factory.shop(oil=3)
    xu_mei = factory.saver(500)
    clerk = town.clerk()
    receipt = service.redeem(clerk, factory.takes(shop, xu_mei, rice=2))
    waiting = service.redeem(clerk, factory.takes(shop, xu_mei, rice=11))
    service.put_in_basket(clerk, shop.desk, xu_mei, "RICE5", 2)
    base = f"/desk/{shop.desk}"
    page = open_page(base, account=town.account_of(clerk), width=width, language=language)
    paths = (
        base,
        f"{base}?q=zzz",
        f"{base}/member/{xu_mei}",
        f"{base}/member/{xu_mei}?code=kg",
        f"{base}/member/{xu_mei}/care",
        f"{base}/stock",
        f"{base}/stock/{shop.rice}",
        f"{base}/stock/{shop.rice}/count",
        f"{base}/stock/in",
        f"{base}/day",
        "/goods",
        f"/goods/{shop.rice}",
        "/redemptions",
        f"/redemptions/{receipt}",
        f"/redemptions/{receipt}/return",
        f"/redemptions/{waiting}",
        f"/redemptions/{waiting}/cancel",
    )
    for path in (*paths, *(rare_pages(shop) if width == PHONE else ())):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        look(page)
    own = open_page("/my/goods", account=town.account_of(town.member(xu_mei)), width=width, language=language)
    for path in ("/my/goods", "/my/redemptions", f"/redemptions/{receipt}"):
        own.goto(path)
        look(own)
