"""Requests as pages show them: lists, one with everything, the recipient's own, who could pay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Integer, Select, and_, case, exists, func, or_, select

from timebank.core import clock, hooks
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models.requests import Funding, RequestState, ServiceRequest
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.signatures import Agreement
from timebank.exchange.rules.visits import PLANNED, VisitState
from timebank.ledger import queries as books
from timebank.people import queries as people
from timebank.territory import queries as territory

OPEN = (RequestState.UNDER_REVIEW, RequestState.PUBLISHED)
SEARCHING = (VisitState.OPEN, VisitState.OFFERED)


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What a list shows; empty means everything open.  `state`: a RequestState, "searching" (visits without helper)."""

    text: str = ""
    state: str = ""
    service: str = ""
    territory: str = ""
    urgent: bool = False
    day: date | None = None


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in a list.  Minutes of one visit; times of the day in minutes; counts of its visits."""

    id: int
    state: RequestState
    recipient_id: int
    recipient: str
    service_code: str
    service: str
    funding: Funding
    minutes: int
    helpers_needed: int
    first_day: date
    last_day: date | None
    weekdays: str
    earliest_minute: int
    latest_minute: int
    urgent: bool
    territory_code: str
    place: str
    created_at: datetime
    searching: int
    planned: int


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """Everything about one request, for staff and for the recipient."""

    line: RequestLine
    scheme_id: int
    address: str
    lat: float | None
    lon: float | None
    helper_sex: str | None
    language: str | None
    note: str
    reason: str
    code: str
    entered_by: str
    regular_helper_id: int | None
    regular_helper: str
    regular_minute: int | None
    decided_at: datetime | None
    made_until: date | None
    agreed: Agreement | None  # what the desk keeps of it


@dataclass(frozen=True, slots=True)
class FundingChoice:
    """Somebody who could pay and how many minutes they have; None: without limit."""

    funding: Funding
    available: int | None


def requests(
    actor: Actor, chosen: RequestFilter, *, after: str | None = None, limit: int = PER_PAGE
) -> Page[RequestLine]:
    """A page of the requests the actor may read ("requests.read"), six statements.

    What needs somebody comes first: urgent ones to approve, others to approve, those without a helper; then the newest.
    The cursor is "rank|id".
    """
    rank = _rank()
    wanted = _listed(actor, chosen).add_columns(rank).order_by(rank, ServiceRequest.id.desc()).limit(limit + 1)
    start = _cursor(after)
    if start is not None:
        wanted = wanted.where(or_(rank > start[0], and_(rank == start[0], ServiceRequest.id < start[1])))
    rows = db.session.execute(wanted).all()
    total = None
    if start is None:
        total = db.session.scalar(select(func.count()).select_from(_listed(actor, chosen).subquery()))
    lines = _lines([row[0] for row in rows], actor.scopes("requests.read"))
    return cut(lines, [f"{row[1]}|{row[0].id}" for row in rows], limit, total)


def _rank() -> ColumnElement[int]:
    review = ServiceRequest.state == RequestState.UNDER_REVIEW
    return case((and_(review, ServiceRequest.urgent), 0), (review, 1), (_state("searching"), 2), else_=3)


def _cursor(after: str | None) -> tuple[int, int] | None:
    """The place in the list after which to go on; what is no cursor starts at the beginning."""
    rank, _, number = (after or "").partition("|")
    if not (rank.isdecimal() and number.isdecimal() and len(number) < 16):
        return None
    return int(rank), int(number)


def all_requests(actor: Actor, chosen: RequestFilter) -> list[RequestLine]:
    """The whole list, for a file (at most 20,000 lines)."""
    return _lines(list(db.session.scalars(_listed(actor, chosen).order_by(ServiceRequest.id.desc()).limit(20_000))))


def _listed(actor: Actor, chosen: RequestFilter) -> Select[ServiceRequest]:
    found = select(ServiceRequest).where(in_scope(ServiceRequest.territory_code, actor.scopes("requests.read")))
    found = found.where(_state(chosen.state), below(ServiceRequest.territory_code, chosen.territory))
    if chosen.service:
        found = found.where(ServiceRequest.service_code == chosen.service)
    if chosen.urgent:
        found = found.where(ServiceRequest.urgent)
    if chosen.day is not None:
        found = found.where(_on(chosen.day))
    if chosen.text.strip():
        hits = people.search(actor, chosen.text, permission="requests.read", limit=200)
        found = found.where(ServiceRequest.recipient_id.in_([hit.id for hit in hits]))
    return found


def _state(state: str) -> ColumnElement[bool]:
    if state == "searching":
        return exists().where(
            Visit.request_id == ServiceRequest.id, Visit.state.in_(SEARCHING), Visit.latest_start > clock.now()
        )
    if state in {each.value for each in RequestState}:
        return ServiceRequest.state == RequestState(state)
    return ServiceRequest.state.in_(tuple(RequestState) if state == "all" else OPEN)


def _on(day: date) -> ColumnElement[bool]:
    visited = exists().where(
        Visit.request_id == ServiceRequest.id,
        Visit.starts_at >= clock.at(day, 0),
        Visit.starts_at < clock.at(day, 1440),
    )
    return or_(and_(ServiceRequest.first_day == day, ServiceRequest.weekdays == ""), visited)


def _lines(rows: list[ServiceRequest], scopes: Iterable[str] = ()) -> list[RequestLine]:
    """Names, places (as said in `scopes`) and counts for a page of rows: four statements, however many rows."""
    names = people.briefs({row.recipient_id for row in rows})
    services = schemes.service_names({row.service_code for row in rows})
    paths = territory.local_names({row.territory_code for row in rows}, scopes)
    counts = _counts([row.id for row in rows])
    return [
        RequestLine(
            id=row.id,
            state=row.state,
            recipient_id=row.recipient_id,
            recipient=names[row.recipient_id].name if row.recipient_id in names else "",
            service_code=row.service_code,
            service=services[row.service_code],
            funding=row.funding,
            minutes=row.minutes,
            helpers_needed=row.helpers_needed,
            first_day=row.first_day,
            last_day=row.last_day,
            weekdays=row.weekdays,
            earliest_minute=row.earliest_minute,
            latest_minute=row.latest_minute,
            urgent=row.urgent,
            territory_code=row.territory_code,
            place=paths.get(row.territory_code, ""),
            created_at=row.created_at,
            searching=sum(counts.get((row.id, state), 0) for state in SEARCHING),
            planned=sum(counts.get((row.id, state), 0) for state in PLANNED),
        )
        for row in rows
    ]


def _counts(request_ids: list[int]) -> dict[tuple[int, VisitState], int]:
    counted = (
        select(Visit.request_id, Visit.state, func.count())
        .where(Visit.request_id.in_(request_ids))
        .group_by(Visit.request_id, Visit.state)
    )
    return {(request_id, state): number for request_id, state, number in db.session.execute(counted) if request_id}


def request(actor: Actor, request_id: int) -> RequestDetail:
    """One request for staff; raises `NotFound("no_such_request")` also outside the actor's territories."""
    row = db.session.get(ServiceRequest, request_id)
    if row is None or not actor.may("requests.read", row.territory_code):
        raise NotFound("no_such_request")
    return _detail(actor, row)


def own_request(actor: Actor, request_id: int) -> RequestDetail:
    """One request for its recipient, guardian or agent; raises `NotFound("no_such_request")`."""
    row = db.session.get(ServiceRequest, request_id)
    if row is None or row.recipient_id not in own_ids(actor, wards=True):
        raise NotFound("no_such_request")
    return _detail(actor, row)


def _detail(actor: Actor, row: ServiceRequest) -> RequestDetail:
    others = people.briefs({each for each in (row.entered_by_person_id, row.regular_helper_id) if each})
    by = others.get(row.entered_by_person_id or 0)
    regular = others.get(row.regular_helper_id or 0)
    whose = {"request_id": row.id, "recipient_id": row.recipient_id, "territory_code": row.territory_code}
    agreed = hooks.ask("agreed_at_desk", actor=actor, **whose)
    return RequestDetail(
        line=_lines([row])[0],
        scheme_id=row.scheme_id,
        address=row.address,
        lat=row.lat,
        lon=row.lon,
        helper_sex=row.helper_sex,
        language=row.language,
        note=row.note,
        reason=row.reason,
        code=row.code,
        entered_by=by.name if by else "",
        regular_helper_id=row.regular_helper_id,
        regular_helper=regular.name if regular else "",
        regular_minute=row.regular_minute,
        decided_at=row.decided_at,
        made_until=row.made_until,
        agreed=agreed[0] if agreed else None,
    )


def own_ids(actor: Actor, *, wards: bool) -> frozenset[int]:
    """The person numbers under which the actor's own things stand (with those of wards)."""
    ids: frozenset[int] = people.ids_of(actor.person_id) if actor.person_id else frozenset()
    return ids | actor.wards if wards else ids


def own_requests(actor: Actor, limit: int = 50) -> list[RequestLine]:
    """What the actor, or somebody they act for, asked for; the newest first."""
    mine = select(ServiceRequest).where(ServiceRequest.recipient_id.in_(own_ids(actor, wards=True)))
    return _lines(list(db.session.scalars(mine.order_by(ServiceRequest.id.desc()).limit(limit))))


def waiting(actor: Actor) -> tuple[int, int]:
    """How many requests wait for approval, and how many of those are urgent; one statement."""
    urgent = func.coalesce(func.sum(ServiceRequest.urgent.cast(Integer)), 0)
    row = db.session.execute(
        select(func.count(), urgent).where(
            ServiceRequest.state == RequestState.UNDER_REVIEW,
            in_scope(ServiceRequest.territory_code, actor.scopes("requests.approve")),
        )
    ).one()
    return int(row[0]), int(row[1])


def funding_choices(recipient_id: int, territory_code: str, *, staff: bool) -> list[FundingChoice]:
    """Who could pay, with what each has left; a member chooses between own hours and the grant (four statements)."""
    scheme = schemes.scheme_for(territory_code)
    owners = {Funding.OWN: ("member", recipient_id), Funding.GRANT: ("grant", recipient_id)}
    if staff:
        owners[Funding.POT] = ("pot", scheme.id)
    accounts = {funding: books.account_of(scheme.tenant, kind, owner) for funding, (kind, owner) in owners.items()}
    left = books.balances(scheme.tenant, [account for account in accounts.values() if account is not None])
    choices = [
        FundingChoice(funding, left[account].available if account in left else 0)
        for funding, account in accounts.items()
    ]
    return [*choices, FundingChoice(Funding.ISSUED, None)] if staff else choices


def payers(actor: Actor, person_id: int) -> list[FundingChoice]:
    """Who could pay for help to this person, for themself, a guardian or agent, or staff ("requests.write" there).

    Raises `NotFound("no_such_person")`.
    """
    person = people.brief(people.resolve(person_id))
    staff = person is not None and actor.may("requests.write", person.territory_code)
    if person is None or not (staff or actor.is_self(person.id)):
        raise NotFound("no_such_person")
    return funding_choices(person.id, person.territory_code, staff=staff)
