"""Who gets which page of requests, visits, hours and calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.architecture.cases import VISITORS, Case, Facts
from tests.factories import exchange_visits as factory
from tests.factories import town
from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import Scheme, Visit
from timebank.exchange.rules.apart import KeepApart
from timebank.exchange.rules.hours import LoggedByName, LoggedVisit
from timebank.exchange.service import apart, hours, offers, requests

SIGNED_IN = dict.fromkeys((name for name in VISITORS if name != "stranger"), 200)


def _helper() -> int:
    scheme = db.session.scalar(select(Scheme.id).where(Scheme.code == "yaohua"))
    return factory.helper("徐梅", scheme or 0)


def _request(facts: Facts) -> dict[str, Any]:
    factory.give_hours(facts["person"], 600)
    day = clock.today().replace(day=1)
    wanted = factory.cleaning(facts["person"], first_day=day.replace(year=day.year + 1, month=1))
    return {"request": requests.submit_request(town.broker(), wanted)}


def _open(facts: Facts) -> dict[str, Any]:
    made = _request(facts)
    requests.approve_request(town.broker(), made["request"])
    return {**made, "visit": factory.visits_of(made["request"])[0], "helper": _helper()}


def _asked(facts: Facts) -> dict[str, Any]:
    made = _open(facts)
    starts = db.session.get_one(Visit, made["visit"]).earliest_start
    return {**made, "offer": offers.offer_visit(town.broker(), made["visit"], made["helper"], starts)}


def _logged(facts: Facts) -> dict[str, Any]:
    helper = _helper()
    day = clock.today() - timedelta(days=2)
    entry = LoggedVisit(helper, facts["person"], "cleaning", day, 540, 600)
    named = LoggedByName(helper, "李奶奶", "cleaning", day, 700, 760)
    return {
        "visit": hours.log_visit(town.operator(), entry),
        "entry": hours.log_by_name(town.operator(), named),
    }


def _apart(facts: Facts) -> dict[str, Any]:
    wanted = KeepApart(_helper(), facts["person"], "a quarrel")
    return {"pair": apart.keep_apart(town.broker(), wanted)}


def _visit(facts: Facts) -> dict[str, Any]:
    return {"visit_id": facts["visit"]}


def _of_request(facts: Facts) -> dict[str, Any]:
    return {"request_id": facts["request"]}


def _person(facts: Facts) -> dict[str, Any]:
    return {"person_id": facts["person"]}


def _who(status: int, *names: str) -> dict[str, int]:
    return dict.fromkeys(names, status)


CASEWORK = ("social_worker", "other_social_worker")
BROKERS = _who(200, "broker", "operator") | _who(404, "other_broker")
REQUEST_READERS = BROKERS | _who(200, "social_worker", "auditor") | _who(404, "other_social_worker")
REQUEST_WRITERS = BROKERS | _who(200, "social_worker") | _who(404, "other_social_worker")
VISIT_READERS = BROKERS | _who(200, "auditor")
LISTS = _who(200, "broker", "operator", "other_broker", "auditor")

ACCESS_CASES = [
    Case("exchange.request_list", statuses=LISTS | _who(200, *CASEWORK)),
    Case("exchange.request_file", statuses=LISTS | _who(200, *CASEWORK)),
    Case("exchange.find_recipient", statuses=_who(200, "broker", "operator", "other_broker", *CASEWORK)),
    Case("exchange.new_request", _person, REQUEST_WRITERS),
    Case("exchange.request_page", _of_request, REQUEST_READERS, make=_request),
    Case("exchange.approve_request", _of_request, BROKERS, make=_request),
    Case("exchange.refuse_request", _of_request, BROKERS, make=_request),
    Case("exchange.cancel_request", _of_request, REQUEST_WRITERS, make=_request),
    Case("exchange.visit_list", statuses=LISTS),
    Case("exchange.visit_file", statuses=LISTS),
    Case("exchange.visit_page", _visit, VISIT_READERS, make=_open),
    Case("exchange.phone_check_in", _visit, BROKERS, make=_open),
    Case("exchange.settle_visit", _visit, BROKERS, make=_open),
    Case("exchange.cancel_visit", _visit, BROKERS, make=_open),
    Case("exchange.kept_apart", _person, BROKERS),
    Case("exchange.keep_apart", _person, BROKERS),
    Case(
        "exchange.end_apart",
        lambda facts: {"person_id": facts["person"], "pair_id": facts["pair"]},
        BROKERS,
        make=_apart,
    ),
    Case("exchange.not_again", _visit, _who(200, "owner"), others=404, make=_open),
    Case("exchange.my_visit", _visit, _who(200, "owner"), others=404, make=_open),
    Case("exchange.my_request", _of_request, _who(200, "owner"), others=404, make=_request),
    Case("exchange.my_offer", lambda facts: {"offer_id": facts["offer"]}, others=404, make=_asked),
    Case("exchange.my_visits", statuses=SIGNED_IN),
    Case("exchange.my_help", statuses=SIGNED_IN),
    Case("exchange.my_calendar", statuses=SIGNED_IN),
    Case("exchange.ask_for_help", statuses=_who(200, "owner", "neighbour"), others=404),
    Case("exchange.staff_calendar", statuses=LISTS),
    Case("exchange.printed_week", statuses=LISTS),
    Case("exchange.week_sheets", statuses=_who(200, "broker", "operator", "other_broker")),
    Case("exchange.print_sheets", statuses=_who(200, "broker", "operator", "other_broker")),
    Case("exchange.slip_grid", statuses=_who(200, "broker", "operator", "other_broker")),
    Case("exchange.landline", statuses=_who(200, "broker", "operator", "other_broker")),
    Case("exchange.hours_review", statuses=_who(200, "broker", "operator", "other_broker")),
    Case("exchange.review_hours", _visit, BROKERS, make=_logged),
    Case("exchange.resolve_name", lambda facts: {"entry_id": facts["entry"]}, BROKERS, make=_logged),
    Case("exchange.log_hours", statuses=_who(200, "broker", "operator", "other_broker")),
    Case("exchange.log_sheet", statuses=_who(200, "broker", "operator", "other_broker")),
]
