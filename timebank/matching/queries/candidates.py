"""The helpers who come into question, read with few statements and put before the rules."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from timebank.core import clock
from timebank.core.db import below, db
from timebank.exchange.models import Offer, ServiceRequest, Visit, VisitState, Volunteer, VolunteerState
from timebank.exchange.queries.apart import apart_from
from timebank.exchange.queries.volunteers import HelperInfo, helpers_for
from timebank.matching.queries.visits import VisitNeed, seconds
from timebank.matching.rules.model import Helper, Place, Stop, Stretch
from timebank.people import queries as people
from timebank.people.models import Person

STATES = (VolunteerState.ACTIVE, VolunteerState.TRAINING, VolunteerState.SUSPENDED)
AROUND_M = 2_000  # helpers of the neighbouring street are near too
GONE = (VisitState.CANCELLED, VisitState.EXPIRED, VisitState.NO_SHOW, VisitState.VOIDED)
KNOWN = (VisitState.CREDITED, VisitState.AWAITING_CONFIRMATION, VisitState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Past:
    """What was between a helper and the recipient, the helper's mean rating, and the last offer for this visit."""

    visits: int
    rating: float | None
    asked: str | None


@dataclass(frozen=True, slots=True)
class Promise:
    """A visit a helper has promised or made."""

    visit_id: int
    starts_at: datetime
    minutes: int
    lat: float | None
    lon: float | None
    planned: bool

    @property
    def day(self) -> date:
        return clock.civil(self.starts_at).date()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Helpers with their past and their promises.

    `household`: the people who live with the recipient; `apart`: those who are not sent there again.
    """

    infos: tuple[HelperInfo, ...]
    past: dict[int, Past]
    promises: dict[int, list[Promise]]
    household: frozenset[int]
    apart: frozenset[int]

    def on(self, info: HelperInfo, found: VisitNeed, day: date) -> Helper:
        """The helper as the rules see them on a day."""
        recipient = frozenset({found.recipient_id})
        return helper_of(
            info,
            day,
            found.origin,
            self.promises.get(info.person_id, []),
            past=self.past.get(info.person_id, Past(0, None, None)),
            household=recipient if info.person_id in self.household else frozenset(),
            blocked=recipient if info.person_id in self.apart else frozenset(),
        )


def helper_of(
    info: HelperInfo,
    day: date,
    origin: tuple[float, float] | None,
    promises: Sequence[Promise],
    *,
    past: Past,
    household: frozenset[int],
    blocked: frozenset[int],
) -> Helper:
    """A volunteer as the rules see them on a day; places lie on the plane that touches the earth at ``origin``."""
    monday = day - timedelta(days=day.weekday())
    week = [one for one in promises if monday <= one.day < monday + timedelta(days=7)]
    free = tuple(Stretch(start * 60, end * 60) for start, end in info.free(day))
    return Helper(
        id=info.person_id,
        active=info.state is VolunteerState.ACTIVE,
        home=_place(info.lat, info.lon, origin),
        sex=None if info.sex is None else str(info.sex),
        languages=frozenset(info.languages),
        skills={code: trained is not None for code, trained in info.skills.items()},
        insured_until=info.insured_until,
        max_distance_m=info.max_distance_m,
        caregiver_at_home=info.caregiver_at_home,
        household=household,
        blocked=blocked,
        away=not free and any(one.covers(day) and not one.available for one in info.exceptions),
        free=free,
        busy=tuple(_stop(one, day, origin) for one in promises if one.planned and one.day == day),
        week_minutes=sum(one.minutes for one in week),
        max_week_minutes=info.max_minutes_per_week,
        day_minutes=sum(one.minutes for one in promises if one.day == day),
        month_minutes=sum(one.minutes for one in promises if one.day.replace(day=1) == day.replace(day=1)),
        visits_this_week=len(week),
        visits_before=past.visits,
        rating=past.rating,
    )


def candidates(found: VisitNeed, last_day: date) -> Candidates:
    """Volunteers of the street and of what lies around the visit, with promises up to ``last_day``."""
    past = _past(found)
    infos = helpers_for(ids=past, states=STATES, exceptions_from=found.occasion.day)
    household = people.household_ids([found.recipient_id]).get(found.recipient_id, frozenset())
    apart = apart_from(found.recipient_id)
    return Candidates(tuple(infos), past, _promises(found, past, last_day), household, apart)


def _past(found: VisitNeed) -> dict[int, Past]:
    """Who comes into question (person id), and what was before: one statement."""
    mine = Visit.volunteer_id == Volunteer.person_id
    known = and_(Visit.recipient_id == found.recipient_id, Visit.state.in_(KNOWN))
    asked = (
        select(Offer.state)
        .where(Offer.visit_id == found.occasion.visit_id, Offer.volunteer_id == Volunteer.person_id)
        .order_by(Offer.id.desc())
        .limit(1)
        .correlate(Volunteer)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Volunteer.person_id, func.sum(case((known, 1), else_=0)), func.avg(Visit.rating), asked)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Visit, mine)
        .where(Volunteer.state.in_(STATES), Person.merged_into_id.is_(None), _around(found))
        .group_by(Volunteer.person_id)
    )
    return {
        person: Past(int(visits or 0), None if rating is None else float(rating), None if last is None else str(last))
        for person, visits, rating, last in rows
    }


def _around(found: VisitNeed) -> Any:
    street = below(Volunteer.territory_code, found.territory_code[:9])
    if found.origin is None:
        return street
    lat, lon = found.origin
    high = AROUND_M / 111_195
    wide = high / max(0.1, math.cos(math.radians(lat)))
    box = Person.lat.between(lat - high, lat + high) & Person.lon.between(lon - wide, lon + wide)
    city = below(Volunteer.territory_code, found.territory_code[:4])
    return or_(street, and_(city, box))


def _promises(found: VisitNeed, ids: Iterable[int], last_day: date) -> dict[int, list[Promise]]:
    """What the helpers have promised or made, from the first of the month (or the week before) on."""
    day = found.occasion.day
    since = min(day.replace(day=1), day - timedelta(days=7))
    until = max(_month_end(day), last_day + timedelta(days=8))
    minutes = func.coalesce(Visit.minutes_credited, Visit.minutes_actual, Visit.minutes_planned)
    lat, lon = func.coalesce(ServiceRequest.lat, Person.lat), func.coalesce(ServiceRequest.lon, Person.lon)
    rows = db.session.execute(
        select(Visit.volunteer_id, Visit.id, Visit.starts_at, minutes, lat, lon, Visit.state)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .where(
            Visit.volunteer_id.in_(list(ids)),
            Visit.id != found.occasion.visit_id,
            Visit.state.not_in(GONE),
            Visit.starts_at >= clock.at(since, 0),
            Visit.starts_at < clock.at(until, 0),
        )
    )
    promises: dict[int, list[Promise]] = defaultdict(list)
    for helper, visit_id, starts_at, length, where_lat, where_lon, state in rows:
        planned = state in (VisitState.SCHEDULED, VisitState.IN_PROGRESS)
        if helper is not None:
            promises[helper].append(Promise(visit_id, starts_at, int(length), where_lat, where_lon, planned))
    return promises


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _place(lat: float | None, lon: float | None, origin: tuple[float, float] | None) -> Place | None:
    if lat is None or lon is None or origin is None:
        return None
    return Place.on_earth(lat, lon, origin)


def _stop(one: Promise, day: date, origin: tuple[float, float] | None) -> Stop:
    start = seconds(one.starts_at, day)
    return Stop(start, start + one.minutes * 60, _place(one.lat, one.lon, origin))
