"""What auditors, administrators and operators look at: the books, the logs, accounts, jobs, messages and figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.browser.conftest import EVERYWHERE, Look, OpenPage
from tests.factories import ledger, town
from tests.factories import redemption as desk
from timebank.access import service as access
from timebank.core import clock
from timebank.core.db import db
from timebank.jobs.models import JobRun
from timebank.redemption import service as redemption


@pytest.fixture
def street(app: Flask) -> dict[str, int | str]:
    """A receipt, a reversal, a card and a job's run: something on every page."""
    town.town()
    shop, xu_mei = desk.shop(), desk.saver(30)
    redemption.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=2))
    zhang = town.person("张桂英")
    paid = ledger.pay(ledger.member(zhang, 600), ledger.member(xu_mei), 90, purpose="visit")
    ledger.service.reverse_by_hand(town.operator(), ledger.TENANT, str(paid.id), "the visit did not take place")
    access.issue_card(town.clerk(), zhang)
    now = clock.now()
    run = JobRun(name="sweep_holds", holder="here", started_at=now - timedelta(seconds=2), finished_at=now, ok=True)
    run.summary = "3 released"
    db.session.add(run)
    db.session.commit()
    return {"zhang": zhang, "xu": xu_mei, "paid": str(paid.id)}


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_the_auditors_pages(
    street: dict[str, int | str], open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    page = open_page("/", account=town.account_of(town.auditor()), width=width, language=language)
    look(page)
    for path in (
        "/ledger/books",
        "/ledger/journal",
        "/ledger/journal?purpose=goods",
        f"/ledger/{ledger.TENANT}/transfers/{street['paid']}",
        "/log",
        "/log/reads",
        "/redemptions",
        "/reports/time-bank",
    ):
        page.goto(path)
        look(page)


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_the_administrators_pages(
    street: dict[str, int | str], open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    admin = town.account_of(town.admin())
    page = open_page("/", account=admin, width=width, language=language)
    look(page)
    for path in (
        "/accounts",
        "/accounts/new",
        f"/accounts/{admin}",
        f"/accounts/{admin}/roles/new",
        "/log",
        "/jobs",
        "/jobs/sweep_holds",
        "/notices",
        "/my/account",
    ):
        page.goto(path)
        look(page)


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_the_operators_pages(
    street: dict[str, int | str], open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    page = open_page("/", account=town.account_of(town.operator()), width=width, language=language)
    look(page)
    for path in ("/stock", "/goods", "/goods/new", "/schemes", "/reports/time-bank", "/jobs"):
        page.goto(path)
        look(page)
    clerk = open_page("/", account=town.account_of(town.clerk()), width=width, language=language)
    look(clerk)
    for path in (f"/people/{street['zhang']}/card", f"/people/{street['zhang']}/access"):
        clerk.goto(path)
        look(clerk)
