"""The ledger's pages in a browser: nothing for axe to find, nothing to scroll sideways, on a phone and at a desk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from tests.browser.conftest import EVERYWHERE
from tests.factories import ledger, town
from timebank.access.rules.roles import Role
from timebank.ledger.service.closing import close_month
from timebank.ledger.service.second import ask_reversal


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
    staff_pages = (
        f"/people/{zhang}/hours",
        "/ledger/journal",
        f"/ledger/{ledger.TENANT}/transfers/{paid.id}",
        "/ledger/books",
    )
    return member, operator, staff_pages


@pytest.fixture
def closed(app):
    """September is closed, a reversal in it waits, October could be closed; (account of the operator, paths)."""
    town.town()
    with time_machine.travel(datetime(2025, 9, 30, 2, tzinfo=UTC)):
        accounts = [ledger.member(town.person(name), 600) for name in ("张桂英", "徐梅")]
        paid = ledger.pay(*accounts, 90, purpose="visit")
        ledger.promise(*accounts, 60, hours=2)
    with time_machine.travel(datetime(2025, 10, 7, 2, tzinfo=UTC)):
        close_month(town.operator(), ledger.TENANT, "2025-09", "账目已核对", True)
        request = ask_reversal(town.operator(), ledger.TENANT, str(paid.id), "记错了人")
        second = town.account_of(town.operator(name="second-operator"))
    return second, (
        "/ledger/months",
        f"/ledger/{ledger.TENANT}/months/2025-10/close",
        "/ledger/reversals",
        f"/ledger/reversals/{request}",
        f"/ledger/{ledger.TENANT}/transfers/{paid.id}",
        f"/ledger/{ledger.TENANT}/accounts/{accounts[0]}/limits",
        f"/ledger/{ledger.TENANT}/accounts/{ledger.fund()}",
    )


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_the_pages_of_a_closed_month(closed, open_page, look, width, language):
    account, pages = closed
    page = open_page("/", account=account, width=width, language=language)
    for path in pages:
        page.goto(path)
        look(page)


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_the_pages_of_the_ledger(street, open_page, look, width, language):
    member, operator, staff_pages = street
    look(open_page("/my/hours", account=member, width=width, language=language))
    page = open_page("/", account=operator, width=width, language=language)
    for path in staff_pages:
        page.goto(path)
        look(page)
