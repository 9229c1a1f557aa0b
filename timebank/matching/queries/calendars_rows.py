"""The one statement that reads what is known of some helpers: each row says of which kind it is.

What was promised before the day comes added up, once for the time that is in the day's month and week, once for what
is in one of the two only; from the day on each promise comes by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Date,
    Float,
    Integer,
    Select,
    String,
    and_,
    any_,
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

from timebank.core.types import Moment
from timebank.exchange.models import (
    AvailabilityException,
    AvailabilitySlot,
    BlockedPair,
    Offer,
    ServiceRequest,
    Visit,
)
from timebank.matching.queries.candidates import GONE, KNOWN
from timebank.people.models import HouseholdMember, Person

SLOT, OTHER, DONE, PROMISED, RATED, BEFORE, ASKED, HOME, APART = range(1, 10)


def days_of(dialect: str) -> CompoundSelect[Any]:
    """Calendars and promises of `ids`."""
    return union_all(*_days(dialect))


def everything_of(dialect: str) -> CompoundSelect[Any]:
    """Besides: mean ratings, and what was between them and the recipient."""
    return union_all(*_days(dialect), _rated(dialect), *_met(), *_company())


def company_of(_dialect: str) -> CompoundSelect[Any]:
    """Who lives with the recipient today and who is kept apart."""
    return union_all(*_company())


def _row(kind: int, person: Any, *numbers: Any, **rest: Any) -> Select[Any]:
    """A row of any kind; the types of what it leaves out are said, for the first of them gives all their types."""
    given = [*numbers, *[cast(null(), Integer)] * (3 - len(numbers))]
    others = [rest.get(name, cast(null(), kind_of)) for name, kind_of in _REST.items()]
    return select(literal_column(str(kind)), person, *given, *others)


_REST: dict[str, Any] = {
    "first": Date(),
    "last": Date(),
    "at": Moment(),
    "lat": Float(),
    "lon": Float(),
    "word": String(),
}


def _among(column: Any, dialect: str) -> ColumnElement[bool]:
    """One of `ids`: one value, however many they are."""
    if dialect == "postgresql":
        return bool_of(column == any_(bindparam("ids", type_=ARRAY(Integer))))
    listed = func.json_each(bindparam("ids")).table_valued("value")
    return bool_of(column.in_(select(listed.c.value)))


def bool_of(condition: Any) -> ColumnElement[bool]:
    """For mypy, which loses the type of a comparison of `Any`."""
    found: ColumnElement[bool] = condition
    return found


def _words(states: Iterable[str]) -> list[Any]:
    """States as they stand in a statement: no values that come with each call."""
    return [literal_column(f"'{state}'") for state in states]


def _days(dialect: str) -> list[Select[Any]]:
    slot, other = AvailabilitySlot, AvailabilityException
    asked_weekday = bindparam("weekdays", type_=Integer).bitwise_rshift(slot.weekday).bitwise_and(1) == 1
    slots = _row(SLOT, slot.volunteer_id, slot.weekday, slot.from_minute, slot.to_minute)
    others = _row(
        OTHER,
        other.volunteer_id,
        case((other.available, 1), else_=0),
        other.from_minute,
        other.to_minute,
        first=other.first_day,
        last=other.last_day,
    )
    return [
        slots.where(_among(slot.volunteer_id, dialect), asked_weekday),
        others.where(
            _among(other.volunteer_id, dialect),
            other.last_day >= bindparam("first"),
            other.first_day <= bindparam("last"),
        ),
        _done(dialect),
        _promised(dialect),
    ]


_MINUTES = func.coalesce(Visit.minutes_credited, Visit.minutes_actual, Visit.minutes_planned)


def _counted(dialect: str) -> ColumnElement[bool]:
    return and_(_among(Visit.volunteer_id, dialect), Visit.id != bindparam("visit"), Visit.state.not_in(_words(GONE)))


def _done(dialect: str) -> Select[Any]:
    of_both = case((Visit.starts_at >= bindparam("later"), 1), else_=0)
    added = _row(DONE, Visit.volunteer_id, func.count(), func.sum(_MINUTES), at=func.min(Visit.starts_at))
    return added.where(
        _counted(dialect), Visit.starts_at >= bindparam("since"), Visit.starts_at < bindparam("midnight")
    ).group_by(Visit.volunteer_id, of_both)


def _promised(dialect: str) -> Select[Any]:
    one = _row(
        PROMISED,
        Visit.volunteer_id,
        Visit.id,
        _MINUTES,
        at=Visit.starts_at,
        lat=func.coalesce(ServiceRequest.lat, Person.lat),
        lon=func.coalesce(ServiceRequest.lon, Person.lon),
        word=cast(Visit.state, String),
    )
    return (
        one.select_from(Visit)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .where(_counted(dialect), Visit.starts_at >= bindparam("midnight"), Visit.starts_at < bindparam("until"))
    )


def _rated(dialect: str) -> Select[Any]:
    found = _row(RATED, Visit.volunteer_id, func.sum(Visit.rating), func.count())
    return found.where(_among(Visit.volunteer_id, dialect), Visit.rating.is_not(None)).group_by(Visit.volunteer_id)


def _met() -> list[Select[Any]]:
    """Who was with the recipient how often, and who was asked for this visit."""
    before = _row(BEFORE, Visit.volunteer_id, func.count())
    asked = _row(ASKED, Offer.volunteer_id, Offer.id, word=cast(Offer.state, String))
    known = Visit.recipient_id == bindparam("recipient"), Visit.state.in_(_words(KNOWN))
    return [
        before.where(*known, Visit.volunteer_id.is_not(None)).group_by(Visit.volunteer_id),
        asked.where(Offer.visit_id == bindparam("visit")),
    ]


def _company() -> list[Select[Any]]:
    """Under every number the recipient has or had: one person may have been two records."""
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
    pairs = [
        _row(APART, other.id, who)
        .join(BlockedPair, theirs == other.id)
        .where(mine.in_(ids), BlockedPair.ended_at.is_(None))
        for mine, theirs in (
            (BlockedPair.recipient_id, BlockedPair.helper_id),
            (BlockedPair.helper_id, BlockedPair.recipient_id),
        )
    ]
    is_own = case((who == select(one.c.id).scalar_subquery(), 1), else_=0)
    home = (
        _row(HOME, member.person_id, who, is_own)
        .join(other, other.id == member.person_id)
        .where(_lives(member), member.household_id.in_(houses))
    )
    return [home, *pairs]


def _lives(member: Any) -> ColumnElement[bool]:
    today = bindparam("today", type_=Date)
    return and_(member.joined_on <= today, or_(member.left_on.is_(None), member.left_on > today))
