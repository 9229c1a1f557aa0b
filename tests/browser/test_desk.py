"""The desk with the keyboard alone: scan, add, PIN, receipt; at the desk's width and on a phone."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import EVERYWHERE, Look, OpenPage
from tests.factories import redemption as factory
from tests.factories import town
from timebank.access import service as access
from timebank.core.authority import Actor
from timebank.redemption import service


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
    for path in paths:
        page.goto(path)
        look(page)
    own = open_page("/my/goods", account=town.account_of(town.member(xu_mei)), width=width, language=language)
    for path in ("/my/goods", "/my/redemptions", f"/redemptions/{receipt}"):
        own.goto(path)
        look(own)
