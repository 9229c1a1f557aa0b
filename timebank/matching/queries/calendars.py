"""What helpers have said about their days, what they have promised, and what was before: for those few who matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from sqlalchemy import bindparam, func, select

from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import (
    AvailabilityException,
    AvailabilitySlot,
    Offer,
    ServiceRequest,
    Visit,
    VisitState,
)
from timebank.exchange.queries.apart import apart_from
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.exchange.queries.volunteers_helpers import Wanted
from timebank.exchange.rules.availability import OtherDays, Slot, tidy
from timebank.matching.queries.candidates import GONE, KNOWN, Candidates, Past, Promise
from timebank.matching.queries.visits import VisitNeed
from timebank.people import queries as people
from timebank.people.models import Person

Company: TypeAlias = tuple[frozenset[int], frozenset[int]]
AT_ONCE = 1_000  # names in one list: databases have limits, and plans for longer lists are bad


def candidates(found: VisitNeed, infos: Sequence[HelperInfo], last_day: date) -> Candidates:
    """The helpers with calendars, promises up to `last_day`, past and company: nine statements for up to a thousand."""
    known = with_days(found, infos, last_day, company(found))
    return replace(known, past=_past(found, [info.person_id for info in infos]))


def with_days(found: VisitNeed, infos: Sequence[HelperInfo], last_day: date, company: Company) -> Candidates:
    """What the hard rules ask, and no more: calendars and promises.  Three statements."""
    ids = [info.person_id for info in infos]
    slots, others = _slots(ids), _exceptions(ids, found.occasion.day, last_day)
    dated = tuple(
        replace(info, slots=slots.get(info.person_id, ()), exceptions=others.get(info.person_id, ())) for info in infos
    )
    return Candidates(dated, {}, _promises(found, ids, last_day), *company)


def company(found: VisitNeed) -> Company:
    """Who lives with the recipient, and who is not sent there again."""
    household = people.household_ids([found.recipient_id]).get(found.recipient_id, frozenset())
    return household, apart_from(found.recipient_id)


def _of(wanted: Wanted, ids: Sequence[int], **values: Any) -> Iterator[Any]:
    connection = db.session.connection()
    for start in range(0, len(ids), AT_ONCE):
        yield from connection.execute(wanted, {**values, "ids": ids[start : start + AT_ONCE]})


# Built once: their values come as parameters.
_IDS: Any = bindparam("ids", expanding=True)
_SLOTS = select(
    AvailabilitySlot.volunteer_id, AvailabilitySlot.weekday, AvailabilitySlot.from_minute, AvailabilitySlot.to_minute
).where(AvailabilitySlot.volunteer_id.in_(_IDS))
_EXCEPTIONS = select(
    AvailabilityException.volunteer_id,
    AvailabilityException.first_day,
    AvailabilityException.last_day,
    AvailabilityException.available,
    AvailabilityException.from_minute,
    AvailabilityException.to_minute,
).where(
    AvailabilityException.volunteer_id.in_(_IDS),
    AvailabilityException.last_day >= bindparam("first"),
    AvailabilityException.first_day <= bindparam("last"),
)
_BEFORE = (
    select(Visit.volunteer_id, func.count())
    .where(Visit.recipient_id == bindparam("recipient"), Visit.state.in_(KNOWN), Visit.volunteer_id.in_(_IDS))
    .group_by(Visit.volunteer_id)
)
_RATINGS = (
    select(Visit.volunteer_id, func.sum(Visit.rating), func.count())
    .where(Visit.volunteer_id.in_(_IDS), Visit.rating.is_not(None))
    .group_by(Visit.volunteer_id)
)
_ASKED = (
    select(Offer.volunteer_id, Offer.state)
    .where(Offer.visit_id == bindparam("visit"), Offer.volunteer_id.in_(_IDS))
    .order_by(Offer.id)
)
_PROMISES = (
    select(
        Visit.volunteer_id,
        Visit.id,
        Visit.starts_at,
        func.coalesce(Visit.minutes_credited, Visit.minutes_actual, Visit.minutes_planned),
        func.coalesce(ServiceRequest.lat, Person.lat),
        func.coalesce(ServiceRequest.lon, Person.lon),
        Visit.state,
    )
    .join(Person, Person.id == Visit.recipient_id)
    .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
    .where(
        Visit.volunteer_id.in_(_IDS),
        Visit.id != bindparam("visit"),
        Visit.state.not_in(GONE),
        Visit.starts_at >= bindparam("since"),
        Visit.starts_at < bindparam("until"),
    )
)


def _slots(ids: Sequence[int]) -> dict[int, tuple[Slot, ...]]:
    found: dict[int, list[Slot]] = defaultdict(list)
    for helper, *slot in _of(_SLOTS, ids):
        found[helper].append(Slot(*slot))
    return {helper: tuple(tidy(slots)) for helper, slots in found.items()}


def _exceptions(ids: Sequence[int], first_day: date, last_day: date) -> dict[int, tuple[OtherDays, ...]]:
    found: dict[int, list[OtherDays]] = defaultdict(list)
    for helper, *days in _of(_EXCEPTIONS, ids, first=first_day, last=last_day):
        found[helper].append(OtherDays(*days))
    return {helper: tuple(days) for helper, days in found.items()}


def _past(found: VisitNeed, ids: Sequence[int]) -> dict[int, Past]:
    """Visits to this recipient, mean rating, and what was answered to an offer of this visit."""
    visits: dict[int, int] = dict(_of(_BEFORE, ids, recipient=found.recipient_id))
    ratings = {helper: int(stars) / rated for helper, stars, rated in _of(_RATINGS, ids)}
    asked = {helper: str(state) for helper, state in _of(_ASKED, ids, visit=found.occasion.visit_id)}
    return {one: Past(visits.get(one, 0), ratings.get(one), asked.get(one)) for one in ids}


def _promises(found: VisitNeed, ids: Sequence[int], last_day: date) -> dict[int, list[Promise]]:
    """What the helpers have promised or made, from the first of the month (or the week before) on."""
    day = found.occasion.day
    since = clock.at(min(day.replace(day=1), day - timedelta(days=7)), 0)
    until = clock.at(max(_month_end(day), _month_end(last_day), last_day + timedelta(days=8)), 0)
    promises: dict[int, list[Promise]] = defaultdict(list)
    for helper, visit_id, starts_at, length, lat, lon, state in _of(
        _PROMISES, ids, visit=found.occasion.visit_id, since=since, until=until
    ):
        planned = state in (VisitState.SCHEDULED, VisitState.IN_PROGRESS)
        promises[helper].append(Promise(visit_id, starts_at, int(length), lat, lon, planned))
    return promises


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
