"""Visits as pages show them: lists and one with everything for staff; helpers and recipients see their own side only.

What a helper reads of a recipient (domain.md C7): surname with a polite word, address of the task, door note, safety
note.  Never that somebody is a client of assistance, a diagnosis, an identity number or a phone number.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.core.types import Moment
from timebank.exchange.models.requests import Offer, OfferState, ServiceRequest
from timebank.exchange.models.visits import Visit, VisitEvent, VisitTransfer
from timebank.exchange.queries import schemes
from timebank.exchange.queries.together import ALONE, Company, MateLine, company_of, helpers_in, mates_of
from timebank.exchange.rules.names import called
from timebank.exchange.rules.visits import LOOKING, Event, VisitState, possible
from timebank.people import queries as people
from timebank.territory import queries as territory


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What a list shows.  `state` empty: all; `day`: from this day on, or only this day with `only_day`."""

    state: str = ""
    service: str = ""
    territory: str = ""
    text: str = ""
    day: date | None = None
    only_day: bool = False


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit in a list for staff (full names).  Minutes; moments in UTC."""

    id: int
    request_id: int | None
    state: VisitState
    service_code: str
    service: str
    starts_at: datetime
    ends_at: datetime | None
    earliest_start: datetime
    latest_start: datetime
    minutes_planned: int
    minutes_actual: int | None
    minutes_credited: int | None
    recipient_id: int
    recipient: str
    volunteer_id: int | None
    volunteer: str
    territory_code: str
    place: str
    source: str
    funding: str
    helpers: int  # who go there together, this one included
    together: tuple[str, ...]  # the names of the others who said yes


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A change of a visit."""

    at: datetime
    who: str
    from_state: VisitState | None
    to_state: VisitState
    reason: str
    channel: str


@dataclass(frozen=True, slots=True)
class OfferLine:
    """Somebody who was asked."""

    id: int
    visit_id: int
    volunteer_id: int
    volunteer: str
    starts_at: datetime
    series: bool
    state: OfferState
    expires_at: datetime
    offered_at: datetime
    answer_note: str


@dataclass(frozen=True, slots=True)
class VisitDetail:
    """Everything about a visit, for staff."""

    line: VisitLine
    address: str
    door_note: str
    safety_note: str
    code: str
    held_minutes: int
    check_in_at: datetime | None
    check_in_how: str
    check_out_at: datetime | None
    break_minutes: int
    credit_explained: dict[str, Any]
    transfers: tuple[str, ...]  # of the credit, in the ledger
    confirmed_how: str
    confirmed_at: datetime | None
    signature: str | None
    rating: int | None
    rating_note: str
    dispute_reason: str
    no_show_by: str
    extra_approved: bool
    recorded_by: int | None
    note: str
    history: list[HistoryLine]
    offers: list[OfferLine]
    can: frozenset[Event]
    mates: list[MateLine]  # the other visits of an occasion with several helpers


def polite(person: people.PersonBrief | None) -> str:
    """How the other side is called in the reader's language: "Uncle Zhang", "张大爷"; "" for nobody."""
    if person is None:
        return ""
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    return called(person.name, person.sex, person.age(clock.today()), english=english)


# -- staff -------------------------------------------------------------------------------------------------------------


def visits(actor: Actor, chosen: VisitFilter, *, after: str | None = None, limit: int = PER_PAGE) -> Page[VisitLine]:
    """A page of the visits the actor may read ("visits.read") by time; the cursor is "moment|id"; five statements."""
    wanted = _listed(actor, chosen).order_by(Visit.starts_at, Visit.id).limit(limit + 1)
    start = _cursor(after)
    if start:
        moment, number = start
        wanted = wanted.where(tuple_(Visit.starts_at, Visit.id) > tuple_(literal(moment, Moment()), number))
    total = None
    if not start:
        total = db.session.scalar(select(func.count()).select_from(_listed(actor, chosen).subquery()))
    found = lines(list(db.session.scalars(wanted)), actor.scopes("visits.read"))
    return cut(found, [f"{line.starts_at.isoformat()}|{line.id}" for line in found], limit, total)


def _cursor(after: str | None) -> tuple[datetime, int] | None:
    """The place in the list after which to go on; what is no cursor starts at the beginning."""
    moment, _, number = (after or "").partition("|")
    try:
        found = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None
    return found if found[0].tzinfo else None


def all_visits(actor: Actor, chosen: VisitFilter) -> list[VisitLine]:
    """The whole list, for a file (at most 20,000 lines)."""
    return lines(list(db.session.scalars(_listed(actor, chosen).order_by(Visit.starts_at, Visit.id).limit(20_000))))


def _listed(actor: Actor, chosen: VisitFilter) -> Select[Visit]:
    found = select(Visit).where(in_scope(Visit.territory_code, actor.scopes("visits.read")))
    found = found.where(below(Visit.territory_code, chosen.territory))
    if chosen.state in {state.value for state in VisitState}:
        found = found.where(Visit.state == VisitState(chosen.state))
    if chosen.service:
        found = found.where(Visit.service_code == chosen.service)
    if chosen.day is not None:
        found = found.where(Visit.starts_at >= clock.at(chosen.day, 0))
        if chosen.only_day:
            found = found.where(Visit.starts_at < clock.at(chosen.day, 1440))
    if chosen.text.strip():
        ids = [hit.id for hit in people.search(actor, chosen.text, permission="visits.read", limit=200)]
        found = found.where(or_(Visit.recipient_id.in_(ids), Visit.volunteer_id.in_(ids)))
    return found


def lines(rows: Sequence[Visit], scopes: Iterable[str] = ()) -> list[VisitLine]:
    """Names and places (as said in `scopes`) for rows: three statements, four where helpers go together."""
    company = company_of(rows)
    ids = {row.recipient_id for row in rows} | {row.volunteer_id for row in rows if row.volunteer_id}
    ids |= helpers_in(company)
    names = {person_id: person.name for person_id, person in people.briefs(ids).items()}
    services = schemes.service_names({row.service_code for row in rows})
    paths = territory.local_names({row.territory_code for row in rows}, scopes)
    return [_line(row, names, services, paths, company.get(row.id, ALONE)) for row in rows]


def _line(
    row: Visit, names: dict[int, str], services: dict[str, str], paths: dict[str, str], company: Company
) -> VisitLine:
    return VisitLine(
        id=row.id,
        request_id=row.request_id,
        state=row.state,
        service_code=row.service_code,
        service=services[row.service_code],
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        earliest_start=row.earliest_start,
        latest_start=row.latest_start,
        minutes_planned=row.minutes_planned,
        minutes_actual=row.minutes_actual,
        minutes_credited=row.minutes_credited,
        recipient_id=row.recipient_id,
        recipient=names.get(row.recipient_id, ""),
        volunteer_id=row.volunteer_id,
        volunteer=names.get(row.volunteer_id or 0, ""),
        territory_code=row.territory_code,
        place=paths.get(row.territory_code, ""),
        source=row.source,
        funding=row.funding,
        helpers=company.helpers,
        together=tuple(names[one] for one in company.coming if one in names),
    )


def of_request(request_id: int) -> list[VisitLine]:
    """The visits of a request by time (whoever asks has been let see the request)."""
    rows = db.session.scalars(select(Visit).where(Visit.request_id == request_id).order_by(Visit.starts_at, Visit.id))
    return lines(list(rows))


def visit(actor: Actor, visit_id: int) -> VisitDetail:
    """One visit for staff; raises `NotFound("no_such_visit")` also outside the actor's territories."""
    row = db.session.get(Visit, visit_id)
    if row is None or not actor.may("visits.read", row.territory_code):
        raise NotFound("no_such_visit")
    request = db.session.get(ServiceRequest, row.request_id) if row.request_id else None
    person = people.brief(row.recipient_id)
    return VisitDetail(
        line=lines([row])[0],
        address=(request.address if request else "") or (person.address if person else ""),
        door_note=person.door_note if person else "",
        safety_note=person.safety_note if person else "",
        code=row.code,
        held_minutes=row.held_minutes if row.hold_id else 0,
        check_in_at=row.check_in_at,
        check_in_how=row.check_in_how,
        check_out_at=row.check_out_at,
        break_minutes=row.break_minutes,
        credit_explained=row.credit_explained or {},
        transfers=tuple(row.postings.values()),
        confirmed_how=row.confirmed_how,
        confirmed_at=row.confirmed_at,
        signature=row.signature,
        rating=row.rating,
        rating_note=row.rating_note,
        dispute_reason=row.dispute_reason,
        no_show_by=row.no_show_by,
        extra_approved=row.extra_approved_by is not None,
        recorded_by=row.recorded_by,
        note=row.note,
        history=history(visit_id),
        offers=offers_of([visit_id]),
        can=possible(row.state),
        mates=mates_of(row),
    )


def history(visit_id: int) -> list[HistoryLine]:
    """What happened to a visit, in order."""
    rows = db.session.scalars(select(VisitEvent).where(VisitEvent.visit_id == visit_id).order_by(VisitEvent.id))
    return [HistoryLine(row.at, row.actor_name, row.from_state, row.to_state, row.reason, row.channel) for row in rows]


def offers_of(visit_ids: Sequence[int]) -> list[OfferLine]:
    """Who was asked for these visits, the newest first."""
    rows = list(db.session.scalars(select(Offer).where(Offer.visit_id.in_(visit_ids)).order_by(Offer.id.desc())))
    names = people.briefs({row.volunteer_id for row in rows})
    return [
        OfferLine(
            row.id,
            row.visit_id,
            row.volunteer_id,
            names[row.volunteer_id].name if row.volunteer_id in names else "",
            row.starts_at,
            row.series,
            row.state,
            row.expires_at,
            row.offered_at,
            row.answer_note,
        )
        for row in rows
    ]


def open_visits_of(request_id: int) -> list[int]:
    """The visits of a request that look for a helper, the earliest first."""
    wanted = select(Visit.id).where(Visit.request_id == request_id, Visit.state.in_(LOOKING))
    return list(db.session.scalars(wanted.where(Visit.latest_start > clock.now()).order_by(Visit.earliest_start)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many visits wait for a coordinator."""

    without_helper: int
    not_checked_in: int
    unconfirmed: int
    disputed: int
    to_review: int


def waiting(actor: Actor) -> Waiting:
    """Counts for the first page; one statement."""
    now = clock.now()

    def number(condition: ColumnElement[bool]) -> Any:
        return func.count().filter(condition)

    row = db.session.execute(
        select(
            number(Visit.state.in_(LOOKING) & (Visit.latest_start > now)),
            number((Visit.state == VisitState.SCHEDULED) & (Visit.ends_at < now)),
            number(Visit.state == VisitState.AWAITING_CONFIRMATION),
            number(Visit.state == VisitState.DISPUTED),
            number(Visit.state == VisitState.SECOND_REVIEW),
        ).where(in_scope(Visit.territory_code, actor.scopes("visits.read")))
    ).one()
    return Waiting(*(int(each) for each in row))


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a transfer came about; `reversal`: it took that credit back."""

    explained: dict[str, Any]
    reversal: bool


def reckonings_of(transfer_ids: frozenset[uuid.UUID]) -> dict[uuid.UUID, Reckoning]:
    """The reckonings behind ledger transfers, of credits and of their reversals; one statement."""
    rows = db.session.scalars(select(VisitTransfer).where(VisitTransfer.transfer_id.in_(transfer_ids)))
    return {row.transfer_id: Reckoning(row.explained, row.reversal) for row in rows if row.explained}
