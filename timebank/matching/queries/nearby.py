"""The helpers who could walk to a visit, found in the database by an indexed box and by what is asked of them.

`reachable` answers with those whom no standing fact keeps out: few, whatever the size of the city.  It may let through
somebody whom the rules then refuse, never the other way round: the rules decide, this only narrows.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Row, and_, bindparam, exists, func, literal_column, or_, select, union_all
from sqlalchemy.orm import aliased

from timebank.core.db import db
from timebank.exchange.models import (
    AvailabilityException,
    AvailabilitySlot,
    SkillPlace,
    Volunteer,
    VolunteerPlace,
    VolunteerSkill,
    VolunteerState,
)
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.exchange.queries.volunteers_helpers import Wanted
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.matching.queries import squares
from timebank.matching.queries.bare import Bare, day_of, words_of
from timebank.matching.queries.squares import Condition, Home, Values
from timebank.matching.queries.visits import VisitNeed
from timebank.matching.rules.hard import LEVELS
from timebank.matching.rules.model import Need
from timebank.people.models import Person

KINDS = {str(kind): kind for kind in VolunteerKind}
STREET, CITY = 9, 4  # digits of a code
AFTER = "~"  # comes after every digit


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement asks; its values come as parameters, so that each shape is built and planned once."""

    located: bool
    spoken: bool = False
    trained: bool = False
    insured: bool = False
    sexed: bool = False
    days: int = 1


def reachable(found: VisitNeed, days: Collection[date]) -> list[Reached]:
    """Active helpers whom neither distance nor skill, training, insurance or sex keeps out and who have a free
    stretch that touches the window on one of the days.  One statement; calendars are not read yet.
    """
    need = found.need
    weekdays = sorted({day.weekday() for day in days})
    shape = _Shape(
        located=found.origin is not None,
        spoken=need.language is not None,
        trained=need.needs_training or LEVELS.index(need.self_care) > LEVELS.index(need.max_self_care_loss),
        insured=need.needs_insurance,
        sexed=need.helper_sex is not None,
        days=len(weekdays),
    )
    calendar = {f"weekday{place}": weekday for place, weekday in enumerate(weekdays)} | {
        "first_day": min(days),
        "last_day": max(days),
        "from_minute": need.window.start // 60,
        "to_minute": need.window.end // 60,
        "minutes": need.minutes,
    }
    values = given(found) | calendar | {"on": need.day, "sex": need.helper_sex}
    connection = db.session.connection()
    rows = _search(shape, connection.dialect.name).rows(connection, values)
    return [_reached(row, shape.spoken) for row in rows]


def given(found: VisitNeed) -> Values:
    """What a search asks of every home: service, street, city, and where the point lies."""
    code = found.territory_code
    values: Values = {"service": found.need.service, "street": code[:STREET], "street_end": code[:STREET] + AFTER}
    values |= {"city": code[:CITY], "city_end": code[:CITY] + AFTER}
    return values if found.origin is None else values | squares.around_point(*found.origin)


@functools.cache
def _search(shape: _Shape, dialect: str) -> Bare:
    return Bare(_statement(shape), dialect)


def _statement(shape: _Shape) -> Wanted:
    """Who lives there and offers the service, then everything else: told so by MATERIALIZED and `plain`, or the
    databases begin with all who are active.
    """
    near = _near(shape)
    skill = VolunteerSkill
    spoken = (Volunteer.languages, Person.languages.label("person_languages")) if shape.spoken else ()
    return (
        select(*near.c, skill.service_code, skill.trained_on, *FACTS, *spoken)
        .select_from(near)
        .join(Volunteer, Volunteer.person_id == near.c.person_id)
        .join(Person, Person.id == near.c.person_id)
        .join(skill, and_(skill.volunteer_id == near.c.person_id, skill.service_code == bindparam("service")))
        .where(*kept(), *_asked_for(shape, near.c.person_id))
    )


FACTS = (  # as `info` reads them, after number, home and skill
    Person.name,
    Person.sex,
    Volunteer.territory_code,
    Volunteer.state,
    Volunteer.kind,
    Volunteer.insured_until,
    Volunteer.max_distance_m,
    Volunteer.caregiver_at_home,
    Volunteer.max_minutes_per_week,
    Volunteer.helps_on_holidays,
)

# -- who lives where ---------------------------------------------------------------------------------------------------


def _near(shape: _Shape) -> CTE:
    """Numbers and homes of those who offer the service, or of the whole street where nobody knows the place."""
    if not shape.located:
        return homes(VolunteerPlace, [VolunteerPlace.person_id.in_(OF_STREET)])
    offered = SkillPlace.service_code == bindparam("service")
    unknown = and_(squares.unplaced(), in_street(SkillPlace))
    return homes(SkillPlace, [and_(offered, part) for part in [*squares.who_walk_here(SkillPlace), unknown]])


_STREET = (Volunteer.territory_code >= bindparam("street"), Volunteer.territory_code < bindparam("street_end"))
OF_STREET = select(Volunteer.person_id).where(*_STREET)


def in_street(home: Home) -> Condition:
    """Asked of each of the few: the other way round the whole street would be looked up."""
    return exists().where(Volunteer.person_id == home.person_id, *_STREET)


def homes(home: Home, parts: list[Condition]) -> CTE:
    """Numbers and homes, part by part; no helper stands in two of them."""
    selects = [select(home.person_id, home.lat, home.lon).where(part) for part in parts]
    whole: Any = union_all(*selects) if len(selects) > 1 else selects[0]
    found: CTE = whole.cte("near").prefix_with("MATERIALIZED")
    return found


def kept() -> list[Condition]:
    """One person each, and of this city: beyond its border is another time bank."""
    code = plain(Volunteer.territory_code)
    return [plain(Person.merged_into_id).is_(None), code >= bindparam("city"), code < bindparam("city_end")]


def plain(column: Any) -> Any:
    """A column that no index is looked up for."""
    return func.coalesce(column, None, type_=column.type)


# -- what is asked of them ---------------------------------------------------------------------------------------------


def _asked_for(shape: _Shape, person: ColumnElement[int]) -> list[Condition]:
    """The standing rules that a column can answer (rules.hard decides), and a calendar that may hold the visit."""
    found: list[Condition] = [_may_be_free(shape, person), plain(Volunteer.state) == VolunteerState.ACTIVE]
    if shape.trained:
        found.append(VolunteerSkill.trained_on.is_not(None))
    if shape.insured:
        found.append(Volunteer.insured_until >= bindparam("on"))
    if shape.sexed:
        found.append(Person.sex == bindparam("sex"))
    return found


def _may_be_free(shape: _Shape, person: ColumnElement[int]) -> Condition:
    """A free stretch of the weekly pattern that may hold the visit touches the window, or one was given for a day."""
    slot, other = AvailabilitySlot, AvailabilityException
    weekdays: list[Any] = [bindparam(f"weekday{place}") for place in range(shape.days)]
    weekly = exists().where(
        slot.volunteer_id == person,
        slot.weekday.in_(weekdays),
        slot.from_minute <= bindparam("to_minute"),
        slot.to_minute > bindparam("from_minute"),
        or_(_long_enough(), _goes_on()),
    )
    besides: Any = select(literal_column("1")).where(
        other.volunteer_id == person,
        other.available,
        other.first_day <= bindparam("last_day"),
        other.last_day >= bindparam("first_day"),
    )
    # not EXISTS: PostgreSQL would rather read everybody's days once than look up those of a few
    return or_(weekly, besides.limit(literal_column("1")).scalar_subquery() == 1)


def _long_enough() -> Condition:
    slot = AvailabilitySlot
    minutes: Any = bindparam("minutes")
    return and_(slot.to_minute >= bindparam("from_minute") + minutes, slot.to_minute >= slot.from_minute + minutes)


def _goes_on() -> Condition:
    """Two stretches that touch are one."""
    slot, after = AvailabilitySlot, aliased(AvailabilitySlot)
    return exists().where(
        after.volunteer_id == slot.volunteer_id,
        after.weekday == slot.weekday,
        after.from_minute <= slot.to_minute,
        after.to_minute > slot.to_minute,
    )


class Reached(NamedTuple):
    """A helper whose calendar is not known yet: the first values of a `HelperInfo`."""

    person_id: int
    facts: tuple[Any, ...]


def _reached(row: Sequence[Any], spoken: bool) -> Reached:
    """As `info`, of what the driver answers; whoever is found is active."""
    person, lat, lon, service, trained_on, name, sex, code, _, kind, insured, metres, caregiver, *rest = row
    minutes, holidays = rest[:2]
    languages = tuple(words_of(rest[2]) or words_of(rest[3]) or ()) if spoken else ()
    known = lat, lon, code, VolunteerState.ACTIVE, KINDS[kind], day_of(insured), metres, bool(caregiver), minutes
    skills = {service: day_of(trained_on)}
    return Reached(person, (person, name, sex, None, *known, bool(holidays), languages, skills))


def info(row: Row[Any], need: Need) -> HelperInfo:
    """A helper without calendar; of the skills the one asked for, of the languages only when one is asked for."""
    facts: Any = row
    person, lat, lon, service, trained_on, name, sex, code, *known = facts[:15]
    spoken = tuple(row.languages or row.person_languages or ()) if need.language else ()
    skills = {} if service is None else {service: trained_on}
    values: list[Any] = [person, name, sex, None, lat, lon, code, *known, spoken, skills]
    return HelperInfo(*values)
