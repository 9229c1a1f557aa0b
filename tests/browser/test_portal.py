"""Every page of a member as a machine sees it: accessible, nothing to scroll sideways, also with text of 175 %."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page

from tests.browser.conftest import EVERYWHERE, SIDEWAYS, Look, OpenPage
from tests.factories import exchange_visits as make
from tests.factories import giving
from tests.factories import town as places
from timebank.access import service as access
from timebank.access.models import Account
from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.rules.annulments import Source
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import annulments, gifts, hours, offers, requests, visits
from timebank.exchange.service.annulments import Suspicion

EVERYBODY = (
    "/me",
    "/my/visits",
    "/my/help",
    "/my/requests/new",
    "/my/hours",
    "/my/hours/log",
    "/my/goods",
    "/my/redemptions",
    "/my/card",
    "/my/notices",
    "/my/calendar",
    "/my/details",
    "/my/details/seen",
    "/my/account",
    "/my/password",
    "/my/pin",
    "/my/tokens/new",
    "/donate",
    "/my/gifts",
    "/my/gifts/new",
    "/my/honours",
    "/my/honours/proof",
    "/my/hearings",
    "/volunteer/overflow",
    "/rules",
)
HELPER = ("/volunteer", "/volunteer/availability", "/volunteer/days", "/volunteer/offer", "/volunteer/leave")
STRANGER = ("/sign-in", "/register", "/register?q=Yaoxin", "/register/320113001007")
LARGE = "document.documentElement.style.fontSize = '35px'"


def _pages(people: make.Cast) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A visit planned, one asked for, one over and one confirmed: the pages of the helper, and of the recipient."""
    with time_machine.travel(clock.now() - timedelta(days=1), tick=False) as today:
        request_id = requests.submit_request(
            people.broker, make.cleaning(people.zhang, first_day=clock.today() + timedelta(days=1), weekdays="0123456")
        )
        requests.approve_request(people.broker, request_id)
        over, done, planned, asked, *_ = make.visits_of(request_id)
        for number, visit_id in enumerate((over, done, planned)):
            start = clock.at(clock.today() + timedelta(days=1 + number), 540)
            offers.answer_offer(people.helper, offers.offer_visit(people.broker, visit_id, people.xu, start), True)
        for number, visit_id in enumerate((over, done)):
            today.move_to(clock.at(clock.today() + timedelta(days=1), 541))
            visits.check_in(people.helper, visit_id, "button")
            today.shift(timedelta(minutes=83))
            visits.check_out(people.helper, visit_id)
            if number:
                visits.confirm(people.elder, visit_id, "portal")
        start = clock.at(clock.today() + timedelta(days=2), 540)
        offer = offers.offer_visit(people.broker, asked, people.xu, start, True)
        entry = LoggedVisit(people.xu, people.zhang, "cleaning", clock.today() - timedelta(days=3), 540, 637, 10)
        hours.log_visit(people.broker, entry)
    helper: tuple[str, ...] = (f"/my/offers/{offer}", f"/my/visits/{over}/confirm", f"/my/visits/{over}/confirm/pin")
    helper += (f"/my/visits/{over}/confirm/signature", f"/my/visits/{planned}", f"/my/visits/{planned}/code")
    helper += (f"/my/visits/{planned}/give-back", f"/my/visits/{over}", f"/my/visits/{done}/dispute")
    why = Suspicion(people.xu, (done,), Source.COMPLAINT, "Two neighbours say that nobody came that morning")
    hearing = annulments.suspect(places.operator(), why)
    helper += (f"/my/hearings/{hearing}", f"/my/hearings/{hearing}/answer")
    gifts.ask_gift(
        people.elder, giving.gift(people.zhang, places.person("张建英"), 90, "parent", note="For the winter")
    )
    elder: tuple[str, ...] = ("/my/gifts", f"/my/requests/{request_id}", f"/my/requests/{request_id}/cancel")
    elder += (f"/my/visits/{over}/yes",)
    elder += (f"/my/visits/{planned}", f"/my/visits/{planned}/cancel", f"/my/visits/{done}", f"/my/visits/{done}/rate")
    return helper, elder


def _look_at(page: Page, paths: tuple[str, ...], look: Look) -> None:
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        look(page)
        page.evaluate(LARGE)
        assert page.evaluate(SIDEWAYS) <= 0, f"{path} is too wide with large text"


@pytest.mark.parametrize(("width", "language"), EVERYWHERE)
def test_every_page_of_a_member_is_sound(
    app: Flask, open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    people = make.cast(6000)
    for person_id in (people.zhang, people.xu):
        access.issue_card(people.broker, person_id)
    helper_pages, elder_pages = _pages(people)
    db.session.query(Account).update({Account.language: language})
    db.session.commit()
    accounts = (people.helper.account_id, (*EVERYBODY, *HELPER, *helper_pages)), (people.elder.account_id, elder_pages)
    for account, paths in (*accounts, (None, STRANGER)):
        _look_at(open_page(paths[0], account=account, width=width, language=language), paths, look)
