"""What helpers have said about their days, what they have promised, and what was before: for those few who matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import (
    AvailabilityException,
    AvailabilitySlot,
    BlockedPair,
    Offer,
    ServiceRequest,
    Visit,
    VisitState,
)
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.exchange.queries.volunteers_helpers import Wanted
from timebank.exchange.rules.availability import OtherDays, Slot, tidy
from timebank.matching.queries.candidates import GONE, KNOWN, Candidates, Past, Promise
from timebank.matching.queries.visits import VisitNeed
from timebank.people.models import HouseholdMember, Person

Company: TypeAlias = tuple[frozenset[int], frozenset[int]]
AT_ONCE = 1_000  # names in one list: databases have limits, and plans for longer lists are bad


def candidates(found: VisitNeed, infos: Sequence[HelperInfo], last_day: date) -> Candidates:
    """The helpers with calendars, promises up to `last_day`, past and company: five statements for up to a thousand."""
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
    """Who lives with the recipient, and who is not sent there again; one statement, as `people.queries.household_ids`
    and `exchange.queries.apart.apart_from` for one person."""
    values = {"recipient": found.recipient_id, "today": clock.today()}
    own, home, apart = {found.recipient_id}, set[int](), set[int]()
    for kind, person, kept, mine in db.session.connection().execute(_COMPANY, values):
        if kind == _APART:
            apart.add(kept)
        else:
            (own if mine else home).update((person, kept))
    return frozenset(home - own), frozenset(apart)


def _of(wanted: Wanted | CompoundSelect[Any], ids: Sequence[int], **values: Any) -> Iterator[Any]:
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
_HOME, _APART = 1, 2
_VISITS, _RATINGS, _ASKED = 1, 2, 3
_NONE: Any = cast(null(), Integer)
_PAST = union_all(
    select(literal_column(str(_VISITS)), Visit.volunteer_id, func.count(), _NONE, cast(null(), String))
    .where(Visit.recipient_id == bindparam("recipient"), Visit.state.in_(KNOWN), Visit.volunteer_id.in_(_IDS))
    .group_by(Visit.volunteer_id),
    select(
        literal_column(str(_RATINGS)), Visit.volunteer_id, func.sum(Visit.rating), func.count(), cast(null(), String)
    )
    .where(Visit.volunteer_id.in_(_IDS), Visit.rating.is_not(None))
    .group_by(Visit.volunteer_id),
    select(literal_column(str(_ASKED)), Offer.volunteer_id, Offer.id, _NONE, cast(Offer.state, String)).where(
        Offer.visit_id == bindparam("visit")
    ),
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


def _company() -> CompoundSelect[Any]:
    """Who lives with the recipient today and who is kept apart, under every number the recipient has or had."""
    kept = select(func.coalesce(Person.merged_into_id, Person.id).label("id")).where(
        Person.id == bindparam("recipient")
    )
    one = kept.cte("kept")
    merged = select(Person.id).where(Person.merged_into_id == select(one.c.id).scalar_subquery())
    own = union_all(select(one.c.id), merged).cte("own")
    ids = select(own.c.id)
    member, other = aliased(HouseholdMember), aliased(Person)
    who = func.coalesce(other.merged_into_id, other.id)
    houses = select(HouseholdMember.household_id).where(_lives(HouseholdMember), HouseholdMember.person_id.in_(ids))
    pairs: list[Any] = [
        select(literal_column(str(_APART)), other.id, who, literal_column("0"))
        .join(BlockedPair, theirs == other.id)
        .where(mine.in_(ids), BlockedPair.ended_at.is_(None))
        for mine, theirs in (
            (BlockedPair.recipient_id, BlockedPair.helper_id),
            (BlockedPair.helper_id, BlockedPair.recipient_id),
        )
    ]
    is_own = case((who == select(one.c.id).scalar_subquery(), 1), else_=0)
    home = (
        select(literal_column(str(_HOME)), member.person_id, who, is_own)
        .join(other, other.id == member.person_id)
        .where(_lives(member), member.household_id.in_(houses))
    )
    return union_all(home, *pairs)


def _lives(member: Any) -> ColumnElement[bool]:
    today = bindparam("today", type_=Date)
    return and_(member.joined_on <= today, or_(member.left_on.is_(None), member.left_on > today))


_COMPANY = _company()


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
    """Visits to this recipient, mean rating, and what was answered to the last offer of this visit."""
    visits, ratings, asked = {}, {}, {}
    values = {"recipient": found.recipient_id, "visit": found.occasion.visit_id}
    last: dict[int, int] = {}
    for kind, helper, number, rated, state in _of(_PAST, ids, **values):
        if kind == _VISITS:
            visits[helper] = number
        elif kind == _RATINGS:
            ratings[helper] = int(number) / rated
        elif number >= last.get(helper, 0):
            last[helper], asked[helper] = number, state
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
