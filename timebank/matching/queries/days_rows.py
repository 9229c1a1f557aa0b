"""The statements behind `days`: visits, helpers, and what is known of both."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.db import below, db
from timebank.exchange.models import (
    BlockedPair,
    Offer,
    OfferState,
    ServiceRequest,
    ServiceType,
    Visit,
    VisitState,
    Volunteer,
    VolunteerState,
)
from timebank.exchange.rules.visits import PLANNED
from timebank.matching.queries.candidates import AROUND_M, GONE, KNOWN, Promise
from timebank.matching.queries.visits import NEAR
from timebank.people.models import Person
from timebank.territory.models import Territory

LEAD = timedelta(minutes=30)  # nobody is sent off at once: a visit begins at least so much later
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which visits and helpers to read: those of a place, or only the named ones.

    `without`: helpers who cannot come, whose promised visits wait for somebody else; `movable`: so do all promised
    ones; `now`: what would have to begin before is not read.
    """

    territory_code: str
    first_day: date
    last_day: date
    now: datetime | None = None
    without: frozenset[int] = frozenset()
    movable: bool = False
    visit_ids: Collection[int] | None = None
    helper_ids: Collection[int] | None = None
    states: tuple[VolunteerState, ...] = (VolunteerState.ACTIVE,)

    @property
    def days(self) -> list[date]:
        """First to last."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]


def visits(wanted: Wanted) -> Sequence[Any]:
    """Rows of (Visit, ServiceRequest, ServiceType, Person, point of the place): what waits, or the named visits."""
    found = (
        select(Visit, ServiceRequest, ServiceType, Person, *NEAR)
        .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .join(ServiceType, ServiceType.code == Visit.service_code)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(Territory, Territory.code == Visit.territory_code)
        .where(below(Visit.territory_code, wanted.territory_code))
        .order_by(Visit.id)
    )
    if wanted.visit_ids is not None:
        return db.session.execute(found.where(Visit.id.in_(wanted.visit_ids))).all()
    first, last = clock.at(wanted.first_day, 0), clock.at(wanted.last_day, 1440)
    found = found.where(Visit.earliest_start >= first, Visit.earliest_start < last, _looks(wanted))
    if wanted.now is not None:
        found = found.where(Visit.latest_start >= wanted.now + LEAD)
    return db.session.execute(found).all()


def _looks(wanted: Wanted) -> ColumnElement[bool]:
    """Open, and nobody asked (who was asked may still say yes); promised ones where they may be given to others."""
    looking = Visit.state == VisitState.OPEN
    promised = Visit.state == VisitState.SCHEDULED
    if wanted.now is not None:
        promised = and_(promised, Visit.starts_at >= wanted.now + LEAD)
    if wanted.movable:
        return or_(looking, promised)
    if wanted.without:
        return or_(looking, and_(promised, Visit.volunteer_id.in_(wanted.without)))
    return looking


def asked_starts(rows: Sequence[Any]) -> dict[UUID, datetime]:
    """Occasions of several helpers for which somebody is being asked just now, with the start they were told.

    One statement, none where nobody goes together.
    """
    occasions = {row.Visit.together for row in rows if row.Visit.together is not None}
    if not occasions:
        return {}
    found = select(Visit.together, func.min(Offer.starts_at)).join(Offer, Offer.visit_id == Visit.id)
    found = found.where(Visit.together.in_(occasions), Offer.state == OfferState.OFFERED).group_by(Visit.together)
    return {together: start for together, start in db.session.execute(found) if together is not None}


def helper_ids(wanted: Wanted, points: Sequence[Point]) -> set[int]:
    """Volunteers of the place and of what lies around the visits, without those who cannot come."""
    if wanted.helper_ids is not None:
        return set(wanted.helper_ids)
    barred = or_(Volunteer.barred_until.is_(None), Volunteer.barred_until < wanted.first_day)
    found = (
        select(Volunteer.person_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(
            Volunteer.state.in_(wanted.states),
            Person.merged_into_id.is_(None),
            barred,
            or_(below(Volunteer.territory_code, wanted.territory_code), _around(wanted.territory_code, points)),
        )
    )
    return set(db.session.scalars(found)) - wanted.without


def _around(code: str, points: Sequence[Point]) -> ColumnElement[bool]:
    """Helpers of the same city in a box around the visits."""
    if not points:
        return below(Volunteer.territory_code, code)
    high = AROUND_M / 111_195
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    wide = high / max(0.1, math.cos(math.radians(lats[0])))
    return and_(
        below(Volunteer.territory_code, code[:4]),
        Person.lat.between(min(lats) - high, max(lats) + high),
        Person.lon.between(min(lons) - wide, max(lons) + wide),
    )


def promises(ids: Iterable[int], wanted: Wanted, besides: Collection[int]) -> dict[int, list[Promise]]:
    """What the helpers have promised, made, or were asked to do, from the first day's month or week on.

    Without the visits `besides`, which are planned anew.  One statement.
    """
    found: dict[int, list[Promise]] = defaultdict(list)
    known = set(ids)
    rows = db.session.execute(union_all(_promised(known, wanted), _asked(known, wanted)))
    for helper, visit_id, starts_at, minutes, lat, lon, planned in rows:
        if helper in known and visit_id not in besides:
            found[helper].append(Promise(visit_id, starts_at, int(minutes), lat, lon, bool(planned)))
    return found


def _span(wanted: Wanted) -> tuple[datetime, datetime]:
    """From the first of the month (or the week before) to the end of the month (or the week after)."""
    since = min(wanted.first_day.replace(day=1), wanted.first_day - timedelta(days=7))
    following = (wanted.last_day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return clock.at(since, 0), clock.at(max(following, wanted.last_day + timedelta(days=8)), 0)


_LAT, _LON = func.coalesce(ServiceRequest.lat, Person.lat), func.coalesce(ServiceRequest.lon, Person.lon)


def _promised(ids: Collection[int], wanted: Wanted) -> Any:
    since, until = _span(wanted)
    minutes = func.coalesce(Visit.minutes_credited, Visit.minutes_actual, Visit.minutes_planned)
    planned = case((Visit.state.in_(PLANNED), 1), else_=0)
    return (
        select(Visit.volunteer_id, Visit.id, Visit.starts_at, minutes, _LAT, _LON, planned)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .where(
            Visit.volunteer_id.in_(ids),
            Visit.state.not_in(GONE),
            Visit.starts_at >= since,
            Visit.starts_at < until,
        )
    )


def _asked(ids: Collection[int], wanted: Wanted) -> Any:
    """Who was asked may still say yes: until then the time is not given away twice."""
    since, until = clock.at(wanted.first_day, 0), clock.at(wanted.last_day, 1440)
    return (
        select(Offer.volunteer_id, Visit.id, Offer.starts_at, Visit.minutes_planned, _LAT, _LON, literal(1))
        .join(Visit, Visit.id == Offer.visit_id)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .where(
            Offer.volunteer_id.in_(ids),
            Offer.state == OfferState.OFFERED,
            Offer.starts_at >= since,
            Offer.starts_at < until,
        )
    )


def apart(ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each helper the recipients (kept numbers) they are not sent to; a wish holds both ways.  One statement."""
    one, other = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(func.coalesce(one.merged_into_id, one.id), func.coalesce(other.merged_into_id, other.id))
        .select_from(BlockedPair)
        .join(one, one.id == BlockedPair.helper_id)
        .join(other, other.id == BlockedPair.recipient_id)
        .where(BlockedPair.ended_at.is_(None))
    )
    known = set(ids)
    found: dict[int, set[int]] = defaultdict(set)
    for left, right in rows:
        for helper, recipient in ((left, right), (right, left)):
            if helper in known:
                found[helper].add(recipient)
    return {helper: frozenset(recipients) for helper, recipients in found.items()}


def ratings(ids: Collection[int]) -> dict[int, float]:
    """Each helper's mean stars; one statement."""
    rows = db.session.execute(
        select(Visit.volunteer_id, func.avg(Visit.rating))
        .where(Visit.volunteer_id.in_(set(ids)), Visit.rating.is_not(None))
        .group_by(Visit.volunteer_id)
    )
    return {helper: float(stars) for helper, stars in rows if helper is not None}


def visited(recipients: Collection[int]) -> dict[tuple[int, int], int]:
    """(helper, recipient) → how often the one was at the other's; one statement."""
    rows = db.session.execute(
        select(Visit.volunteer_id, Visit.recipient_id, func.count())
        .where(Visit.recipient_id.in_(set(recipients)), Visit.state.in_(KNOWN), Visit.volunteer_id.is_not(None))
        .group_by(Visit.volunteer_id, Visit.recipient_id)
    )
    return {(helper, recipient): int(times) for helper, recipient, times in rows if helper is not None}
