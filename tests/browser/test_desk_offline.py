"""A desk's tablet without a line: looks at what it keeps, takes entries down, sends them once when the line is back."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.browser.conftest import DESK, Look, OpenPage, go
from tests.factories import redemption as factory
from tests.factories import town
from timebank.core.db import db
from timebank.redemption import service
from timebank.redemption.commands import Delivery
from timebank.redemption.models import DeskIntention, Redemption

STORED = "Object.keys(localStorage).filter(name => name.startsWith('desk:'))"


def ready(page: Page) -> None:
    """The tablet has kept the page, and its worker looks after it."""
    expect(page.locator("#line")).to_contain_text("can be used without a line")


def enter(page: Page, member: str, article: str, pieces: int, *, signed: bool = True) -> None:
    page.locator("#member").fill(member)
    page.locator(f"[name=how][value={'signature' if signed else 'later'}]").check()
    page.get_by_label(f"Pieces: {article}").fill(str(pieces))
    page.get_by_role("button", name="Enter", exact=True).click()


def made() -> tuple[int, int]:
    """(Receipts, entries) in the database."""
    db.session.rollback()
    count = [db.session.scalar(select(func.count()).select_from(table)) for table in (Redemption, DeskIntention)]
    return count[0] or 0, count[1] or 0


@pytest.mark.parametrize("width", [DESK])
def test_entries_without_a_line_are_sent_once_and_conflicts_are_listed(
    app: Flask, open_page: OpenPage, look: Look, width: int
) -> None:
    town.town()
    shop = factory.shop(rice=3)
    factory.saver(50)
    url = f"/desk/{shop.desk}/offline"
    page = open_page(url, account=town.account_of(town.clerk()), width=width)
    ready(page)
    look(page)
    page.context.set_offline(True)
    page.goto(f"/desk/{shop.desk}")  # any page of the desk: the kept one comes
    expect(page.get_by_role("heading", level=1)).to_contain_text("Without a line")
    expect(page.locator("#line")).to_contain_text("No line")
    assert "徐梅" not in page.content()
    enter(page, "T000001", "Rice 5 kg", 1)
    enter(page, "T000001", "Rice 5 kg", 3)
    enter(page, "T000001", "Rapeseed oil 1 l", 1, signed=False)
    expect(page.locator("#unsent li")).to_have_count(3)
    page.reload()
    expect(page.locator("#unsent li")).to_have_count(3)
    look(page)
    assert made() == (0, 0)
    keys = page.evaluate(
        "JSON.parse(localStorage.getItem(Object.keys(localStorage).find(k => k.startsWith('desk:1:'))))"
    )
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent li")).to_have_count(0)
    assert made() == (1, 3)
    # The answer was lost: the tablet still has them and sends them again.
    page.evaluate(
        "all => localStorage.setItem('desk:1:' + document.getElementById('desk-offline').dataset.who.split(':')[1], JSON.stringify(all))",
        keys,
    )
    page.evaluate("localStorage.setItem('desk:leaving', 'x')")
    page.goto(f"/desk/{shop.desk}")
    go(page.get_by_role("link", name="Entries on this device are not sent yet"))
    expect(page.locator("#line")).to_contain_text("The member confirms with the PIN")
    expect(page.locator("#unsent li")).to_have_count(0)
    assert made() == (1, 3)
    go(page.get_by_role("link", name="What came of it"))
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody")).to_contain_text("Only 2 of “Rice 5 kg” are on the shelf")
    expect(page.locator("tbody")).to_contain_text("The member confirms with the PIN")
    look(page)
    service.receive_goods(town.operator(), Delivery(shop.desk, shop.rice, 5))
    oil = page.locator("tbody tr", has_text="Rapeseed oil")
    go(oil.get_by_role("button", name="Into the basket"))
    expect(page.locator("body")).to_contain_text("Total: 1 h 30 min")


def test_nothing_is_left_on_the_tablet_after_signing_out(app: Flask, open_page: OpenPage) -> None:
    town.town()
    shop = factory.shop()
    page = open_page(f"/desk/{shop.desk}/offline", account=town.account_of(town.clerk()))
    ready(page)
    page.context.set_offline(True)
    enter(page, "T000001", "Rice 5 kg", 1)
    expect(page.locator("#unsent li")).to_have_count(1)
    page.context.set_offline(False)
    asked: list[str] = []

    def answer(dialog: object) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", answer)
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error('no line')); }")  # nothing is sent meanwhile
    go(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")
    assert "not sent yet" in asked[0]
    assert page.evaluate(STORED) == []
    assert page.evaluate("caches.has('desk')") is False
    assert made() == (0, 0)


def test_a_missing_picture_stops_nothing_and_nothing_is_sent_for_another_clerk(app: Flask, open_page: OpenPage) -> None:
    town.town()
    shop = factory.shop()
    factory.saver(50)
    page = open_page(f"/desk/{shop.desk}/offline", account=town.account_of(town.clerk()))
    ready(page)
    page.evaluate("() => { Cache.prototype.add = () => Promise.reject(new TypeError('404')); }")
    who = page.evaluate("document.getElementById('desk-offline').dataset.who")
    online = "who => { document.getElementById('desk-offline').dataset.who = who; dispatchEvent(new Event('online')); }"
    page.evaluate(online, f"{shop.desk}:0")  # as if this page were another clerk's
    expect(page.locator("#line")).to_contain_text("please sign in again")
    page.context.set_offline(True)
    enter(page, "T000001", "Rice 5 kg", 1)
    expect(page.locator("#line")).to_contain_text("No line")
    page.context.set_offline(False)
    page.evaluate(online, f"{shop.desk}:0")
    expect(page.locator("#line")).to_contain_text("please sign in again")
    expect(page.locator("#unsent li")).to_have_count(1)
    assert made() == (0, 0)
    page.evaluate(online, who)
    expect(page.locator("#unsent li")).to_have_count(0)
    assert made() == (1, 1)
