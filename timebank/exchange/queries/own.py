"""A member's own visits, as helper, as recipient, or for somebody they act for: each side sees what it may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.models.requests import Offer, OfferState, ServiceRequest
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.queries.requests import own_ids
from timebank.exchange.queries.together import ALONE, Company, company_of, helpers_in
from timebank.exchange.queries.visits import polite
from timebank.exchange.rules.visits import PLANNED, SETTLED, VisitState
from timebank.people import queries as people

SHOWN_STATES = (
    VisitState.SCHEDULED,
    VisitState.IN_PROGRESS,
    VisitState.SECOND_REVIEW,
    VisitState.AWAITING_CONFIRMATION,
    VisitState.DISPUTED,
    VisitState.CREDITED,
    VisitState.NO_SHOW,
    VisitState.VOIDED,
)


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """A visit seen from one side.  `part`: helper, recipient; `other` is how the other side is called; minutes."""

    id: int
    request_id: int | None
    part: str
    state: VisitState
    service: str
    starts_at: datetime
    ends_at: datetime | None
    latest_start: datetime
    minutes_planned: int
    minutes_actual: int | None
    minutes_credited: int | None
    other: str
    for_name: str
    address: str
    door_note: str
    safety_note: str
    code: str
    check_in_at: datetime | None
    check_out_at: datetime | None
    credit_explained: dict[str, Any]
    rating: int | None
    note: str
    wish: str
    confirmed_at: datetime | None
    helpers: int  # who come together, this one included
    together: tuple[str, ...]  # how the others are called, once both have said yes


@dataclass(frozen=True, slots=True)
class OwnOffer:
    """A question put to the helper: would you?"""

    id: int
    visit_id: int
    state: OfferState
    service: str
    other: str
    address: str
    starts_at: datetime
    minutes: int
    series: bool
    times: int
    expires_at: datetime
    wish: str
    helpers: int


@dataclass(frozen=True, slots=True)
class OwnDays:
    """The page "My visits": what is now or next, what is asked, what comes, what waits for a word, what was."""

    now: OwnVisit | None
    coming: list[OwnVisit]
    unconfirmed: list[OwnVisit]
    past: list[OwnVisit]
    offers: list[OwnOffer]


def as_helper(actor: Actor) -> OwnDays:
    """The helper's page; seven statements."""
    ids = own_ids(actor, wards=False)
    since = clock.now() - timedelta(days=60)
    rows = db.session.scalars(
        select(Visit)
        .where(Visit.volunteer_id.in_(ids), Visit.state.in_(SHOWN_STATES), Visit.starts_at >= since)
        .order_by(Visit.starts_at)
        .limit(300)
    )
    mine = own_visits(actor, list(rows), part="helper")
    planned = [each for each in mine if each.state in PLANNED]
    going = [each for each in planned if each.state is VisitState.IN_PROGRESS]
    first = next(iter(going or planned), None)
    past = [each for each in mine if each.state not in PLANNED]
    return OwnDays(
        now=first,
        coming=[each for each in planned if each is not first],
        unconfirmed=[each for each in past if each.state is VisitState.AWAITING_CONFIRMATION],
        past=[each for each in reversed(past) if each.state is not VisitState.AWAITING_CONFIRMATION][:30],
        offers=own_offers(actor),
    )


def as_recipient(actor: Actor) -> OwnDays:
    """The page "Help for me", with that of people the actor acts for."""
    ids = own_ids(actor, wards=True)
    since = clock.now() - timedelta(days=60)
    shown = (*SHOWN_STATES, VisitState.OPEN, VisitState.OFFERED)
    rows = db.session.scalars(
        select(Visit)
        .where(Visit.recipient_id.in_(ids), Visit.state.in_(shown), Visit.starts_at >= since)
        .order_by(Visit.starts_at)
        .limit(300)
    )
    mine = own_visits(actor, list(rows), part="recipient")
    ahead = {*PLANNED, VisitState.OPEN, VisitState.OFFERED}
    coming = [each for each in mine if each.state in ahead]
    past = [each for each in reversed(mine) if each.state not in ahead]
    return OwnDays(
        now=coming[0] if coming else None,
        coming=coming[1:],
        unconfirmed=[each for each in past if each.state is VisitState.AWAITING_CONFIRMATION],
        past=[each for each in past if each.state is not VisitState.AWAITING_CONFIRMATION][:30],
        offers=[],
    )


def own_visit(actor: Actor, visit_id: int) -> OwnVisit:
    """One visit for its helper, recipient, guardian or agent; raises `NotFound("no_such_visit")`."""
    row = db.session.get(Visit, visit_id)
    if row is not None and row.volunteer_id in own_ids(actor, wards=False):
        return own_visits(actor, [row], part="helper")[0]
    if row is not None and row.recipient_id in own_ids(actor, wards=True):
        return own_visits(actor, [row], part="recipient")[0]
    raise NotFound("no_such_visit")


def own_visits(actor: Actor, rows: Sequence[Visit], *, part: str) -> list[OwnVisit]:
    """Rows as one side may see them: three statements, four where helpers go together."""
    company = company_of(rows)
    ids = {row.recipient_id for row in rows} | {row.volunteer_id for row in rows if row.volunteer_id}
    known = people.briefs(ids | helpers_in(company))
    services = schemes.service_names({row.service_code for row in rows})
    request_ids = {row.request_id for row in rows if row.request_id}
    requests = {
        request.id: request
        for request in db.session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(request_ids)))
    }
    return [
        _own(actor, row, part, known, services, requests.get(row.request_id or 0), company.get(row.id, ALONE))
        for row in rows
    ]


def _own(
    actor: Actor,
    row: Visit,
    part: str,
    known: dict[int, people.PersonBrief],
    services: dict[str, str],
    request: ServiceRequest | None,
    company: Company,
) -> OwnVisit:
    recipient = known.get(row.recipient_id)
    helper = known.get(row.volunteer_id or 0)
    helps = part == "helper"
    return OwnVisit(
        id=row.id,
        request_id=None if helps else row.request_id,
        part=part,
        state=row.state,
        service=services[row.service_code],
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        latest_start=row.latest_start,
        minutes_planned=row.minutes_planned,
        minutes_actual=row.minutes_actual,
        minutes_credited=row.minutes_credited,
        other=polite(recipient if helps else helper),
        for_name="" if helps or row.recipient_id == actor.person_id or recipient is None else recipient.name,
        address=(request.address if request else "") or (recipient.address if recipient else ""),
        door_note=recipient.door_note if helps and recipient else "",
        safety_note=recipient.safety_note if helps and recipient else "",
        code="" if helps else row.code,
        check_in_at=row.check_in_at,
        check_out_at=row.check_out_at,
        credit_explained=row.credit_explained or {},
        rating=row.rating,
        note=row.note,
        wish=request.note if request else "",
        confirmed_at=row.confirmed_at,
        helpers=company.helpers,
        together=tuple(polite(known.get(one)) for one in company.coming) if row.state in SETTLED else (),
    )


def too_short(visit_id: int) -> int | None:
    """How long a visit must be at least to count, where this one was shorter (domain.md F1); minutes, else None."""
    row = db.session.get(Visit, visit_id)
    if row is None or row.minutes_actual is None:
        return None
    on = clock.civil(row.check_in_at or row.starts_at).date()
    shortest = schemes.parameters(row.scheme_id, on).number("tb.min_session_minutes")
    return shortest if row.minutes_actual < shortest else None


# -- offers ------------------------------------------------------------------------------------------------------------


def own_offers(actor: Actor) -> list[OwnOffer]:
    """What the helper is asked and has not answered, the most pressing first."""
    mine = select(Offer).where(
        Offer.volunteer_id.in_(own_ids(actor, wards=False)),
        Offer.state == OfferState.OFFERED,
        Offer.expires_at > clock.now(),
    )
    return _offers(list(db.session.scalars(mine.order_by(Offer.starts_at))))


def own_offer(actor: Actor, offer_id: int) -> OwnOffer:
    """One question put to the actor; raises `NotFound("no_such_offer")`."""
    row = db.session.get(Offer, offer_id)
    if row is None or row.volunteer_id not in own_ids(actor, wards=False):
        raise NotFound("no_such_offer")
    return _offers([row])[0]


def _offers(rows: list[Offer]) -> list[OwnOffer]:
    asked = {row.visit_id for row in rows}
    visits = {visit.id: visit for visit in db.session.scalars(select(Visit).where(Visit.id.in_(asked)))}
    request_ids = {visit.request_id for visit in visits.values() if visit.request_id}
    requests = {
        request.id: request
        for request in db.session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(request_ids)))
    }
    known = people.briefs({visit.recipient_id for visit in visits.values()})
    services = schemes.service_names({visit.service_code for visit in visits.values()})
    company = company_of(visits.values())
    times = _times({row.id: visits[row.visit_id].request_id for row in rows if row.series})
    found = []
    for row in rows:
        visit = visits[row.visit_id]
        request, recipient = requests.get(visit.request_id or 0), known.get(visit.recipient_id)
        found.append(
            OwnOffer(
                id=row.id,
                visit_id=row.visit_id,
                state=row.state,
                service=services[visit.service_code],
                other=polite(recipient),
                address=(request.address if request else "") or (recipient.address if recipient else ""),
                starts_at=row.starts_at,
                minutes=visit.minutes_planned,
                series=row.series,
                times=times.get(row.id, 1),
                expires_at=row.expires_at,
                wish=request.note if request else "",
                helpers=company.get(visit.id, ALONE).helpers,
            )
        )
    return found


def _times(series: dict[int, int | None]) -> dict[int, int]:
    """How many open visits each offer of a series means."""
    wanted = {request_id for request_id in series.values() if request_id}
    rows = db.session.execute(
        select(Visit.request_id, Visit.id, Visit.together).where(
            Visit.request_id.in_(wanted), Visit.state.in_((VisitState.OPEN, VisitState.OFFERED))
        )
    ).all()
    occasions = [request_id for request_id, _ in {(row.request_id, row.together or row.id) for row in rows}]
    return {offer_id: occasions.count(request_id) for offer_id, request_id in series.items()}


def to_confirm(actor: Actor) -> int:
    """How many visits wait for the word of the actor (or of somebody they act for); one statement."""
    counted = select(func.count()).where(
        Visit.recipient_id.in_(own_ids(actor, wards=True)), Visit.state == VisitState.AWAITING_CONFIRMATION
    )
    return int(db.session.scalar(counted) or 0)
