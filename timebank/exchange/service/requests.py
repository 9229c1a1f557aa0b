"""Requests for help: submit, approve (visits and holds), refuse, cancel, run out, roll forward (domain.md C3.2)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select

from timebank.core import audit, clock, hooks
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.requests import Funding, RequestState, ServiceRequest
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.requests import MEMBERS_FUNDING, NewRequest, check
from timebank.exchange.rules.visits import FINAL, WAITING, Event, VisitState
from timebank.exchange.service import offers, payment, series, steps, together
from timebank.exchange.service.closing import close_when_done
from timebank.notices.service import tell
from timebank.people import queries as people
from timebank.people import service as registry
from timebank.people.rules.codes import PersonRole

DIED = "已登记去世 / recorded as deceased"


@command
def submit_request(actor: Actor, wanted: NewRequest, *, key: str | None = None) -> int:
    """Asks for help, once or every week; answers with the request's id (state under_review, nothing on hold yet).

    The recipient, a guardian or agent, or "requests.write" where the recipient lives.  Raises `Refused` beside the
    field: those of `rules.requests.check`, service_not_offered, funding_not_yours; `NotFound("no_such_person")`.
    """
    person = people.brief(people.resolve(wanted.recipient_id))
    if person is None:
        raise NotFound("no_such_person")
    actor.require_for(person.id, "requests.write", person.territory_code)
    scheme = schemes.scheme_for(person.territory_code)
    service = schemes.service_type(wanted.service_code)
    if not service.active:
        raise Refused("service_not_offered", field="service_code")
    parameters = schemes.parameters(scheme.id, clock.today())
    shortest = parameters.number("tb.min_session_minutes")
    check(wanted, today=clock.today(), longest=service.max_minutes, shortest=shortest)
    if wanted.funding not in MEMBERS_FUNDING and not actor.may("requests.write", person.territory_code):
        raise Refused("funding_not_yours", field="funding")
    row = _new(actor, wanted, person, scheme.id)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "submit.request", "request", row.id, row.territory_code, service=service.code)
    return row.id


def _new(actor: Actor, wanted: NewRequest, person: people.PersonBrief, scheme_id: int) -> ServiceRequest:
    """The request as it is first written down; the visit is where the recipient lives unless said otherwise."""
    return ServiceRequest(
        scheme_id=scheme_id,
        recipient_id=person.id,
        territory_code=person.territory_code,
        service_code=wanted.service_code,
        state=RequestState.UNDER_REVIEW,
        funding=Funding(wanted.funding),
        minutes=wanted.minutes,
        helpers_needed=wanted.helpers_needed,
        first_day=wanted.first_day,
        last_day=wanted.last_day if wanted.weekdays else None,
        weekdays=wanted.days,
        earliest_minute=wanted.earliest_minute,
        latest_minute=wanted.latest_minute,
        address=wanted.address.strip() or person.address,
        lat=person.lat if wanted.lat is None else wanted.lat,
        lon=person.lon if wanted.lon is None else wanted.lon,
        helper_sex=wanted.helper_sex or None,
        language=wanted.language or None,
        urgent=wanted.urgent,
        note=wanted.note.strip(),
        entered_by_person_id=actor.person_id if actor.is_self(person.id) and actor.person_id != person.id else None,
        created_by=actor.account_id,
    )


def _in_review(request: ServiceRequest) -> None:
    if request.state is not RequestState.UNDER_REVIEW:
        raise Refused("request_not_so_far", state=request.state.value)


def _not_ones_own(actor: Actor, request: ServiceRequest) -> None:
    if actor.is_self(request.recipient_id):
        raise Refused("not_your_own_request")


@command
def approve_request(actor: Actor, request_id: int, funding: str | None = None, *, key: str | None = None) -> int:
    """Approves a request: its visits of the next weeks are made, each with its price on hold; answers with its id.

    `funding` may choose another payer than was asked for.  "requests.approve" there, and never for oneself.  Raises
    `Refused`: request_not_so_far, not_your_own_request, days_gone, not_enough_hours (available, needed, visits).
    """
    request = steps.request_for_change(request_id)
    actor.require("requests.approve", request.territory_code)
    _in_review(request)
    _not_ones_own(actor, request)
    if funding:
        request.funding = Funding(funding)
    hooks.fire("request_decided", actor=actor, request_id=request.id)
    planned = series.plan(request, schemes.parameters(request.scheme_id, clock.today()))
    if not planned.windows:
        raise Refused("days_gone", field="first_day")
    made = series.make(actor, request, planned)
    _decide(actor, request, RequestState.PUBLISHED, "")
    _become_recipient(actor, request.recipient_id)
    first = made[0]
    steps.tell_recipient(request, "request_approved", **steps.facts_of(first), visits=len(made))
    return request.id


def _become_recipient(actor: Actor, person_id: int) -> None:
    person = people.brief(person_id)
    if person is not None and not person.is_recipient:
        registry.give_role(actor, person_id, PersonRole.RECIPIENT)


def _decide(actor: Actor, request: ServiceRequest, state: RequestState, reason: str) -> None:
    if state is not RequestState.PUBLISHED:
        hooks.fire("request_decided", actor=actor, request_id=request.id)
    request.state, request.reason = state, reason[:200]
    request.decided_by, request.decided_at = actor.account_id, clock.now()
    audit.record(actor, f"{state.value}.request", "request", request.id, request.territory_code, reason=reason)


@command
def refuse_request(actor: Actor, request_id: int, reason: str, *, key: str | None = None) -> int:
    """Refuses a request, with the reason the recipient will read (C8.22).  Raises `Refused`: reason_needed, …"""
    request = steps.request_for_change(request_id)
    actor.require("requests.approve", request.territory_code)
    _in_review(request)
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    _decide(actor, request, RequestState.REFUSED, reason.strip())
    steps.tell_recipient(request, "request_refused", service=request.service_code, reason=reason.strip())
    return request.id


@command
def cancel_request(actor: Actor, request_id: int, reason: str, *, key: str | None = None) -> int:
    """Ends a request with all its visits that have not begun; their holds are freed; answers with its id.

    The recipient, guardian, agent or "requests.write".  Raises `Refused("request_not_so_far")`.
    """
    request = steps.request_for_change(request_id)
    actor.require_for(request.recipient_id, "requests.write", request.territory_code)
    if request.state not in (RequestState.DRAFT, RequestState.UNDER_REVIEW, RequestState.PUBLISHED):
        raise Refused("request_not_so_far", state=request.state.value)
    waiting = select(Visit).where(Visit.request_id == request.id, Visit.state.in_(WAITING))
    for visit in db.session.scalars(waiting.order_by(Visit.id).with_for_update()).all():
        call_off(actor, visit, reason)
    _decide(actor, request, RequestState.CANCELLED, reason.strip())
    return request.id


def end_requests_of(actor: Actor, person_id: int) -> int:
    """Nobody goes to somebody who has died: requests end with their visits, helpers are told.  Returns how many."""
    alive = (RequestState.DRAFT, RequestState.UNDER_REVIEW, RequestState.PUBLISHED)
    mine = ServiceRequest.recipient_id.in_(people.ids_of(person_id))
    found = select(ServiceRequest.id).where(mine, ServiceRequest.state.in_(alive)).order_by(ServiceRequest.id)
    return len([cancel_request(actor, one, DIED) for one in db.session.scalars(found).all()])


def call_off(actor: Actor, visit: Visit, reason: str, event: Event = Event.CANCEL) -> None:
    """A visit will not be: offers withdrawn, hold freed, the helper told."""
    if visit.state is VisitState.SCHEDULED:
        steps.tell_helper(visit, "visit_cancelled", **steps.facts_of(visit))
    offers.drop_offers(visit)
    payment.free_hold(actor, visit, reason)
    steps.move(actor, visit, event, reason)


@command
def cancel_visit(
    actor: Actor, visit_id: int, reason: str, whole_occasion: bool = False, *, key: str | None = None
) -> int:
    """One visit will not be: its hold is freed, the others of the series stay; answers with the visit's id.

    `whole_occasion`: nor will those of the helpers who would have come with this one; without it they come alone.
    The recipient, guardian, agent or "visits.write".  Raises `Refused`: reason_needed, visit_not_so_far.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require_for(visit.recipient_id, "visits.write", visit.territory_code)
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    for one in [visit, *(together.waiting_with(visit) if whole_occasion else [])]:
        call_off(actor, one, reason.strip())
    together.settle(actor, visit)
    if not actor.is_self(visit.recipient_id):
        steps.tell_recipient(visit, "visit_cancelled", **steps.facts_of(visit))
    close_when_done(actor, visit.request_id)
    return visit.id


@command
def expire_visits(actor: Actor, *, key: str | None = None) -> int:
    """Visits nobody took by their latest start run out, their holds are freed; answers with their number.  A job."""
    overdue = select(Visit.id).where(
        Visit.state.in_((VisitState.OPEN, VisitState.OFFERED)), Visit.latest_start <= clock.now()
    )
    found = db.session.scalars(overdue.order_by(Visit.id).limit(500)).all()
    touched: set[int] = set()
    for visit_id in found:
        visit = steps.visit_for_change(visit_id)
        call_off(actor, visit, "nobody found in time", Event.EXPIRE)
        together.settle(actor, visit)
        steps.tell_recipient(visit, "visit_expired", **steps.facts_of(visit))
        touched.add(visit.request_id or 0)
    for request_id in sorted(touched - {0}):
        close_when_done(actor, request_id)
    return len(found)


def to_roll() -> list[int]:
    """The published requests that go on and whose visits do not reach far enough, or whose life may be over."""
    horizon = clock.today() + timedelta(days=7)
    going_on = select(ServiceRequest.id).where(
        ServiceRequest.state == RequestState.PUBLISHED,
        (ServiceRequest.weekdays != "") & (ServiceRequest.made_until < horizon + timedelta(days=180)),
    )
    return list(db.session.scalars(going_on.order_by(ServiceRequest.id)))


@command
def roll_request(actor: Actor, request_id: int, *, key: str | None = None) -> int:
    """Makes the next weeks' visits of a request that goes on, as many as the payer's hours allow; answers how many.

    The helper of the series gets them at once where every hard rule allows it.  When the hours do not reach, the
    recipient is told once for each last day made.
    """
    request = steps.request_for_change(request_id)
    if request.state is not RequestState.PUBLISHED:
        return 0
    wanted = series.plan(request, schemes.parameters(request.scheme_id, clock.today()))
    planned = series.affordable(request, wanted)
    made = series.make(actor, request, planned) if planned.windows else []
    if len(planned.windows) < len(wanted.windows):
        _tell_short(request, wanted.occasion)
    else:
        request.made_until = wanted.until
    for visit in made:
        offers.assign_regular(actor, request, visit)
    close_when_done(actor, request.id)
    return len(made)


def _tell_short(request: ServiceRequest, needed: int) -> None:
    for person_id, about in steps.with_copies(request.recipient_id):
        once = f"hours_short:{request.id}:{request.made_until}:{person_id}"
        path = f"/my/requests/{request.id}"
        service = request.service_code
        tell(person_id, "hours_short", path=path, once=once, about=about, service=service, minutes=needed)


def unfinished() -> list[int]:
    """Published requests all of whose visits are over and which are still open; a job closes them."""
    alive = exists().where(Visit.request_id == ServiceRequest.id, Visit.state.not_in(FINAL | {VisitState.CREDITED}))
    wanted = select(ServiceRequest.id).where(
        ServiceRequest.state == RequestState.PUBLISHED,
        ~alive,
        ServiceRequest.last_day.is_not(None) | (ServiceRequest.weekdays == ""),
    )
    return list(db.session.scalars(wanted.order_by(ServiceRequest.id).limit(500)))


@command
def close_request(actor: Actor, request_id: int, *, key: str | None = None) -> int:
    """Closes a request when nothing of it is left to do."""
    close_when_done(actor, request_id)
    return request_id
