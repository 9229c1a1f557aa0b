"""The ledger's pages in a browser: nothing for axe to find, nothing to scroll sideways, on a phone and at a desk."""

from __future__ import annotations

import os

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.factories import ledger, town
from timebank.access.rules.roles import Role


@pytest.fixture
def street(app):
    """Two members and what they did; (account of the member, account of the operator, paths)."""
    town.town()
    zhang, xu = town.person("张桂英"), town.person("徐梅")
    accounts = [ledger.member(person, 600) for person in (zhang, xu)]
    for minutes in (90, 45):
        paid = ledger.pay(*accounts, minutes, purpose="visit", memo="打扫卫生：实际97分钟，按最近的刻钟记90分钟")
    ledger.promise(*accounts, 60, memo="周二上午打扫")
    member, operator = (
        town.account_of(town.member(zhang)),
        town.account_of(town.staff(Role.PLATFORM_OPERATOR, town.NANJING)),
    )
    staff_pages = {
        "statement": f"/people/{zhang}/hours",
        "journal": "/ledger/journal",
        "transfer": f"/ledger/{ledger.TENANT}/transfers/{paid.id}",
        "books": "/ledger/books",
    }
    return member, operator, staff_pages


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_the_ledger(street, open_page, look, width, language):
    member, operator, staff_pages = street
    for name, account, path in [("my-hours", member, "/my/hours"), *((n, operator, p) for n, p in staff_pages.items())]:
        page = open_page(path, account=account, width=width, language=language)
        look(page)
        if folder := os.environ.get("TIMEBANK_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/ledger-{name}-{language}-{width}.png", full_page=True)
