"""The staff's main pages at both widths and in both languages: accessible, and nothing to scroll sideways."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import EVERYWHERE, Look, OpenPage, go
from tests.factories import assistance, giving, town
from tests.factories import exchange_visits as make
from tests.factories import partners as make_partners
from tests.factories.hearings import visited
from timebank.access.models import Account
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.volunteers import AvailabilitySlot
from timebank.exchange.rules.annulments import Source
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import annulments, gifts, hours, offers, partners, requests
from timebank.exchange.service.annulments import Suspicion

COORDINATOR = (
    "/",
    "/people",
    "/people?q=zjg",
    "/people/{zhang}",
    "/people/{zhang}/edit",
    "/people/{zhang}/household",
    "/people/{zhang}/agents/new",
    "/people/{zhang}/consents/new",
    "/people/new",
    "/people/imports",
    "/people/review",
    "/volunteers",
    "/volunteers/waiting",
    "/volunteers/{xu}",
    "/requests",
    "/requests/new",
    "/requests/new/{zhang}",
    "/requests/{request}",
    "/requests/{waiting}/approve",
    "/visits",
    "/visits/{visit}",
    "/visits/{visit}/move",
    "/visits/{visit}/free",
    "/visits/{given}",
    "/visits/{given}/move",
    "/visits/{given}/partner/back",
    "/partners",
    "/partners/{partner}",
    "/calendar",
    "/calendar/print",
    "/hours/new",
    "/hours/sheet",
    "/hours/review",
    "/grants",
    "/gifts",
    "/gifts/{gift}",
    "/gifts/{gift}/check",
    "/gifts/new",
    "/honours",
    "/volunteers/{xu}/proof",
    "/volunteers/{xu}/overflow",
    "/pot",
    "/pot/give",
    "/services",
    "/reports/time-bank",
)
OPERATOR = (
    "/",
    "/annulments",
    "/annulments/{hearing}",
    "/volunteers/{past}/annulment",
    "/netting",
    "/schemes",
    "/schemes/{scheme}",
    "/schemes/{scheme}/rules/tb.daily_cap_minutes",
    "/partners/new",
    "/partners/{partner}/settle",
    "/places",
    "/jobs",
)
SOCIAL = ("/", "/cases", "/cases/new", "/cases/{case}", "/cases/{case}/plan", "/cases/{case}/visits/new")
SOCIAL_TOO = ("/cases/{case}/needs/new", "/cases/{case}/lines/new", "/people/{zhang}/health/purpose")


def _world() -> tuple[make.Cast, dict[str, int]]:
    """A request with a helper today, one to approve, hours to review, a case whose plan waits."""
    people = make.cast(6000)
    today = clock.today()
    wanted = make.cleaning(people.zhang, first_day=today + timedelta(days=1), weekdays="0123456")
    request_id = requests.submit_request(people.broker, wanted)
    requests.approve_request(people.broker, request_id)
    first, *_ = make.visits_of(request_id)
    offer = offers.offer_visit(people.broker, first, people.xu, clock.at(today + timedelta(days=1), 540))
    offers.answer_offer(people.helper, offer, True)
    slots = (AvailabilitySlot(volunteer_id=people.xu, weekday=day, from_minute=480, to_minute=720) for day in range(7))
    db.session.add_all(slots)
    db.session.commit()
    waiting = requests.submit_request(
        people.broker, make.cleaning(people.zhang, first_day=today + timedelta(days=2), urgent=True)
    )
    hours.log_visit(
        people.broker, LoggedVisit(people.xu, people.zhang, "cleaning", today - timedelta(days=2), 540, 637, 10)
    )
    case_id, _line = assistance.planned_case(town.social_worker(), assistance.client("李小雨"))
    with_past = visited(people.scheme)
    hearing = annulments.suspect(
        town.operator(), Suspicion(with_past.xu, with_past.visits[:2], Source.COMPLAINT, "Two neighbours saw nobody")
    )
    partner = make_partners.partner()
    given = make.visits_of(make.published(people, first_day=today + timedelta(days=3)))[0]
    partners.give_visit(people.broker, given, partner)
    offers.move_visit(people.broker, given, clock.at(today + timedelta(days=3), 660), "看医生", "王主任")
    gift = gifts.ask_gift(people.elder, giving.gift(people.zhang, town.person("张建英"), 90, note="For the winter"))
    numbers = {
        "hearing": hearing,
        "gift": gift,
        "past": with_past.xu,
        "request": request_id,
        "waiting": waiting,
        "visit": first,
        "partner": partner,
        "given": given,
        "case": case_id,
    }
    return people, numbers | {"zhang": people.zhang, "xu": people.xu, "scheme": people.scheme}


def _reads(who: Actor, language: str) -> int:
    """The account to sign in with, which reads this language."""
    account = db.session.get_one(Account, town.account_of(who))
    account.language = language
    db.session.commit()
    return account.id


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_pages_of_the_coordinator_are_sound(
    app: Flask, open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    people, numbers = _world()
    page = open_page("/", account=_reads(people.broker, language), width=width, language=language)
    for path in COORDINATOR:
        answer = page.goto(path.format(**numbers))
        assert answer is not None
        assert answer.status == 200, path
        look(page)


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_pages_of_the_operator_and_the_social_worker_are_sound(
    app: Flask, open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    _people, numbers = _world()
    for who, paths in ((town.operator(), OPERATOR), (town.social_worker(), (*SOCIAL, *SOCIAL_TOO))):
        page = open_page("/", account=_reads(who, language), width=width, language=language)
        for path in paths:
            answer = page.goto(path.format(**numbers))
            assert answer is not None
            assert answer.status == 200, path
            look(page)


def test_a_request_by_phone_finds_its_helper_with_reasons(app: Flask, open_page: OpenPage) -> None:
    people, numbers = _world()
    page = open_page("/", account=people.broker.account_id)
    go(page.locator("a.tile", has_text=re.compile("Requests? waits? for approval")))
    go(page.get_by_role("link", name="张建国").first)
    go(page.get_by_role("link", name="Approve"))
    go(page.locator("main form button[type=submit]").first)
    expect(page.locator("#helpers")).to_contain_text("徐梅")
    expect(page.locator("#helpers .reasons").first).not_to_be_empty()
    go(page.get_by_role("button", name="Offer to 徐梅").first)
    expect(page.locator("main")).to_contain_text("Asked")
    assert numbers["waiting"]
