"""Pages of requests and visits as a machine sees them: accessible, and nothing to scroll sideways."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from tests.browser.conftest import DESK, PHONE, Look, OpenPage
from tests.factories import exchange_visits as make
from timebank.core import clock
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import hours, offers, requests, visits


def _world() -> tuple[make.Cast, int, int, int]:
    people = make.cast(6000)
    tomorrow = clock.today() + timedelta(days=1)
    series = "0123456"
    request_id = requests.submit_request(
        people.broker, make.cleaning(people.zhang, first_day=tomorrow, weekdays=series)
    )
    requests.approve_request(people.broker, request_id)
    first, second, *_ = make.visits_of(request_id)
    offer = offers.offer_visit(people.broker, first, people.xu, clock.at(tomorrow, 540))
    offers.answer_offer(people.helper, offer, True)
    asked = offers.offer_visit(people.broker, second, people.xu, clock.at(tomorrow + timedelta(days=1), 540), True)
    day = clock.today() - timedelta(days=2)
    entry = LoggedVisit(people.xu, people.zhang, "cleaning", day, 540, 637, 10)
    hours.log_visit(people.broker, entry)
    return people, request_id, first, asked


def test_staff_pages_are_sound(app: Flask, open_page: OpenPage, look: Look) -> None:
    people, request_id, visit_id, _ = _world()
    paths = (
        "/requests",
        f"/requests/new/{people.zhang}",
        f"/requests/{request_id}",
        "/visits",
        f"/visits/{visit_id}",
        "/calendar",
        "/hours/review",
        "/hours/sheet",
    )
    for width in (DESK, PHONE):
        for path in paths:
            look(open_page(path, account=people.broker.account_id, width=width))


def test_portal_pages_are_sound(app: Flask, open_page: OpenPage, look: Look) -> None:
    people, _, visit_id, offer_id = _world()
    helper, elder = people.helper.account_id, people.elder.account_id
    pages = (
        (helper, "/my/visits"),
        (helper, f"/my/visits/{visit_id}"),
        (helper, f"/my/offers/{offer_id}"),
        (helper, "/my/hours/log"),
        (helper, "/my/calendar"),
        (elder, "/my/help"),
        (elder, "/my/requests/new"),
    )
    for account, path in pages:
        look(open_page(path, account=account, width=PHONE))
    assert visits.no_shows(people.xu) == 0
