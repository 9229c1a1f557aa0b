"""Somebody must come now: an urgent visit of today, planned around what is promised, the helper asked at once."""

from __future__ import annotations

from sqlalchemy import select, update

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.queries import schemes
from timebank.exchange.queries.requests import funding_choices
from timebank.exchange.rules.requests import NewRequest
from timebank.exchange.service import payment, requests
from timebank.matching.models import Emergency, Plan, PlannedVisit
from timebank.matching.queries import emergencies as queries
from timebank.matching.rules.emergencies import EmergencyCall, could_pay, window
from timebank.matching.rules.plans import NewPlan, Replan
from timebank.matching.service.plans import PERMISSION, plan_again, start_plan
from timebank.people import queries as people

OFFER = "matching.offer"
SECONDS = 5  # to search at most
STREET = 9  # digits


@command
def call_somebody(actor: Actor, call: EmergencyCall, *, key: str | None = None) -> int:
    """Makes an urgent visit of today and lets it be planned; answers with the emergency's number.

    The newest plan of today there is made again with the least disturbance (nothing promised moves); without one the
    street is planned.  Whoever is found is asked at once (`working`).  Needs "requests.approve", "matching.plan" and
    "matching.offer" where the person lives.  Raises `Refused`: too_late_today, and those of the exchange's requests;
    `NotFound("no_such_person")`.
    """
    person = people.brief(people.resolve(call.recipient_id))
    if person is None:
        raise NotFound("no_such_person")
    for permission in (PERMISSION, OFFER):
        actor.require(permission, person.territory_code)
    request_id = requests.submit_request(actor, _request(call, person))
    requests.approve_request(actor, request_id)
    row = Emergency(
        visit_id=queries.visit_of(request_id), territory_code=person.territory_code, called_by=actor.account_id
    )
    db.session.add(row)
    row.plan_id = _planned(actor, person.territory_code)
    db.session.flush()
    audit.record(actor, "call.emergency", "emergency", row.id, row.territory_code, visit=row.visit_id)
    return row.id


def payer_for(person: people.PersonBrief, service_code: str, minutes: int) -> tuple[str, int]:
    """Whose hours could pay for a call of this length: own before grant before pot, else nobody's; and the own ones.

    Raises `NotFound("no_such_service")`.
    """
    scheme = schemes.scheme_for(person.territory_code)
    service, parameters = schemes.service_type(service_code), schemes.parameters(scheme.id, clock.today())
    left = {one.funding.value: one.available for one in funding_choices(person.id, person.territory_code, staff=True)}
    return could_pay(left.items(), payment.price(minutes, service, parameters)), left["own"] or 0


def _request(call: EmergencyCall, person: people.PersonBrief) -> NewRequest:
    scheme = schemes.scheme_for(person.territory_code)
    within = schemes.parameters(scheme.id, clock.today()).number("tb.emergency_within_minutes")
    now = clock.civil(clock.now())
    earliest, latest = window(now.hour * 60 + now.minute, within, call.minutes)
    return NewRequest(
        recipient_id=person.id,
        service_code=call.service_code,
        first_day=clock.today(),
        earliest_minute=earliest,
        latest_minute=latest,
        minutes=call.minutes,
        funding=call.funding,
        urgent=True,
        note=call.what,
    )


def _planned(actor: Actor, territory: str) -> int:
    before = queries.newest_plan(territory, clock.today(), actor.scopes(PERMISSION))
    if before is not None:
        return int(plan_again(actor, before, Replan(seconds=SECONDS)))
    return int(start_plan(actor, NewPlan(territory[:STREET], clock.today(), seconds=SECONDS)))


def accept_found(plan: Plan) -> None:
    """Marks the emergencies that the plan has a helper for, in the name of who called; the worker asks these next."""
    called = select(Emergency.visit_id, Emergency.called_by).where(Emergency.plan_id == plan.id)
    for visit_id, account in db.session.execute(called).all():
        found = update(PlannedVisit).where(PlannedVisit.plan_id == plan.id, PlannedVisit.visit_id == visit_id)
        marks = {"accepted_by": account or 0, "accepted_at": clock.now()}
        db.session.execute(found.values(marks).execution_options(synchronize_session=False))
