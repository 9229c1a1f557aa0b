"""The helpers around a visit, found in the database by an indexed box and by what is asked of them.

`reachable` answers with those whom no standing fact keeps out: few, whatever the size of the city.  It may let through
somebody whom the rules then refuse, never the other way round: the rules decide, this only narrows.  `around` answers
with everybody who is looked at, for the list of those who are out.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from timebank.core.db import db
from timebank.exchange.models import (
    AvailabilityException,
    AvailabilitySlot,
    Volunteer,
    VolunteerPlace,
    VolunteerSkill,
    VolunteerState,
)
from timebank.exchange.models.places import BAND, BANDS_A_DEGREE, TIER, TIERS_M, UNPLACED
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.exchange.queries.volunteers_helpers import Wanted
from timebank.matching.queries.visits import VisitNeed
from timebank.matching.rules.hard import LEVELS
from timebank.matching.rules.model import METRES_PER_DEGREE, Need, Travel
from timebank.people.models import Person

STATES = (VolunteerState.ACTIVE, VolunteerState.TRAINING, VolunteerState.SUSPENDED)
WALKING = Travel()
AROUND_M = 2600 / WALKING.detour  # straight: 2 km, which also holds all but those who walk very far
NEAR_TIERS = sum(reach / WALKING.detour <= AROUND_M for reach in TIERS_M)  # the tiers of those who walk no further
SLACK_M = 2.0  # the database reckons as we do, but not to the last bit
STREET, CITY = 9, 4  # digits of a code
AFTER = "~"  # comes after every digit

Condition = ColumnElement[bool]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement asks; its values come as parameters, so that each shape is built and planned once."""

    located: bool
    everybody: bool = False  # for the list of those who are out: nothing is asked of them
    spoken: bool = False
    trained: bool = False
    insured: bool = False
    sexed: bool = False


def reachable(found: VisitNeed, days: Collection[date]) -> list[HelperInfo]:
    """Active helpers whom neither distance nor skill, training, insurance or sex keeps out and who have a free
    stretch that touches the window on one of the days.  One statement; calendars are not read yet.
    """
    need = found.need
    shape = _Shape(
        located=found.origin is not None,
        spoken=need.language is not None,
        trained=need.needs_training or LEVELS.index(need.self_care) > LEVELS.index(need.max_self_care_loss),
        insured=need.needs_insurance,
        sexed=need.helper_sex is not None,
    )
    calendar = {
        "weekdays": sorted({day.weekday() for day in days}),
        "first_day": min(days),
        "last_day": max(days),
        "from_minute": need.window.start // 60,
        "to_minute": need.window.end // 60,
    }
    rows = _rows(shape, found, calendar | {"on": need.day, "sex": need.helper_sex})
    return [info(row, need) for row in rows]


def around(found: VisitNeed) -> Sequence[Row[Any]]:
    """Everybody who is looked at: helpers of the street, of the 2 km around, and who walks here from further off.

    Rows, for there are thousands: `info` makes a helper of one.
    """
    return _rows(_Shape(found.origin is not None, True, found.need.language is not None), found, {})


def further_away(found: VisitNeed, looked_at: int) -> int:
    """Helpers of the city who are not looked at, because they live further away than they walk; one statement."""
    city = found.territory_code[:CITY]
    mine = Volunteer.territory_code.between(city, city + AFTER) & Volunteer.state.in_(STATES)
    kept = select(func.count()).select_from(Volunteer).join(Person, Person.id == Volunteer.person_id)
    return max(0, int(db.session.scalar(kept.where(mine, Person.merged_into_id.is_(None))) or 0) - looked_at)


def _rows(shape: _Shape, found: VisitNeed, values: Values) -> Sequence[Row[Any]]:
    code = found.territory_code
    values |= {"service": found.need.service, "street": code[:STREET], "street_end": code[:STREET] + AFTER}
    values |= {"city": code[:CITY], "city_end": code[:CITY] + AFTER}
    if found.origin is not None:
        values |= _around_point(*found.origin)
    return db.session.connection().execute(_statement(shape), values).all()


def _around_point(lat: float, lon: float) -> Values:
    """The point on its plane (that of `Place.on_earth`), and squares around it: one for each tier, one of 2 km."""
    east = METRES_PER_DEGREE * max(0.01, math.cos(math.radians(lat)))
    values: Values = {"lat": lat, "lon": lon, "east": east}
    for name, metres in _SQUARES.items():
        high, wide = (metres + SLACK_M) / METRES_PER_DEGREE, (metres + SLACK_M) / east
        values |= {f"{name}_south": lat - high, f"{name}_north": lat + high}
        values |= {f"{name}_west": lon - wide, f"{name}_east": lon + wide}
        first = math.floor((lat - high) * BANDS_A_DEGREE)
        values |= {f"{name}_band{place}": first + place for place in range(_bands(metres))}
    return values


def _bands(metres: float) -> int:
    """How many bands a square of so many metres to each side may touch, wherever it lies."""
    return math.ceil(2 * (metres + SLACK_M) / METRES_PER_DEGREE * BANDS_A_DEGREE) + 2


_SQUARES = {f"tier{tier}": reach / WALKING.detour for tier, reach in enumerate(TIERS_M)} | {"near": AROUND_M}


@functools.cache
def _statement(shape: _Shape) -> Wanted:
    """Who lives there, which of them offer the service, then everything else: told so by MATERIALIZED and `_plain`,
    or the databases begin with all who are active.
    """
    near = _offering(_near(shape), shape)
    spoken = (Volunteer.languages, Person.languages.label("person_languages")) if shape.spoken else ()
    return (
        select(*_FACTS, *near.c, *spoken)
        .select_from(near)
        .join(Volunteer, Volunteer.person_id == near.c.person_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(*_kept(), *([] if shape.everybody else _asked_for(shape)))
    )


_FACTS = (
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
    """Numbers and homes; no helper stands in two of the parts."""
    if not shape.located:
        return _cte([VolunteerPlace.person_id.in_(_OF_STREET)])
    tier: ColumnElement[int] = literal_column(TIER)
    unplaced = and_(tier == literal_column(str(UNPLACED)), _in_street())
    beyond = and_(tier == literal_column(str(len(TIERS_M))), _within_reach())
    if not shape.everybody:
        walk_here = [_square(tier, number, f"tier{number}") & _within_reach() for number in range(len(TIERS_M))]
        return _cte([*walk_here, beyond, unplaced])
    box = _box("near")
    around = [_square(tier, number, "near") for number in range(len(TIERS_M) + 1)]
    further = [_square(tier, number, f"tier{number}") & _within_reach() for number in range(NEAR_TIERS, len(TIERS_M))]
    elsewhere = and_(tier != literal_column(str(UNPLACED)), ~box, VolunteerPlace.person_id.in_(_OF_STREET))
    walks_here = and_(tier >= literal_column(str(NEAR_TIERS)), _within_reach())
    return _cte([*around, *[and_(part, ~box) for part in [*further, beyond]], unplaced, and_(elsewhere, ~walks_here)])


_STREET = (Volunteer.territory_code >= bindparam("street"), Volunteer.territory_code < bindparam("street_end"))
_OF_STREET = select(Volunteer.person_id).where(*_STREET)


def _in_street() -> Condition:
    """Asked of each of the few: the other way round the whole street would be looked up."""
    return exists().where(Volunteer.person_id == VolunteerPlace.person_id, *_STREET)


def _square(tier: ColumnElement[int], number: int, name: str) -> Condition:
    """Homes of a tier in a square around the point (ranges of the index)."""
    metres = _SQUARES[name]
    bands: ColumnElement[int] = literal_column(BAND)
    numbers: list[Any] = [bindparam(f"{name}_band{place}") for place in range(_bands(metres))]
    return and_(tier == literal_column(str(number)), bands.in_(numbers), _box(name))


def _cte(parts: list[Condition]) -> CTE:
    selects = [select(VolunteerPlace.person_id, VolunteerPlace.lat, VolunteerPlace.lon).where(part) for part in parts]
    whole: Any = union_all(*selects) if len(selects) > 1 else selects[0]
    found: CTE = whole.cte("near").prefix_with("MATERIALIZED")
    return found


def _offering(near: CTE, shape: _Shape) -> CTE:
    """The same with what they offer of the service."""
    skill = VolunteerSkill
    offered = and_(skill.volunteer_id == near.c.person_id, skill.service_code == bindparam("service"))
    found = select(*near.c, skill.service_code, skill.trained_on).join_from(
        near, skill, offered, isouter=shape.everybody
    )
    if shape.trained:
        found = found.where(skill.trained_on.is_not(None))
    return found.cte("offering").prefix_with("MATERIALIZED")


def _box(name: str) -> Condition:
    """Homes in a square around the point."""
    return and_(
        VolunteerPlace.lat.between(bindparam(f"{name}_south"), bindparam(f"{name}_north")),
        VolunteerPlace.lon.between(bindparam(f"{name}_west"), bindparam(f"{name}_east")),
    )


def _within_reach() -> Condition:
    """Homes no further from the point than the helper walks."""
    north = (VolunteerPlace.lat - bindparam("lat")) * METRES_PER_DEGREE
    east = (VolunteerPlace.lon - bindparam("lon")) * bindparam("east")
    straight = (VolunteerPlace.reach_m + SLACK_M) / WALKING.detour
    return north * north + east * east <= straight * straight


def _kept() -> list[Condition]:
    """Registered, one person each, and of this city: beyond its border is another time bank."""
    code = _plain(Volunteer.territory_code)
    return [
        _plain(Volunteer.state).in_(STATES),
        _plain(Person.merged_into_id).is_(None),
        code >= bindparam("city"),
        code < bindparam("city_end"),
    ]


def _plain(column: Any) -> Any:
    """A column that no index is looked up for."""
    return func.coalesce(column, None, type_=column.type)


# -- what is asked of them ---------------------------------------------------------------------------------------------


def _asked_for(shape: _Shape) -> list[Condition]:
    """The standing rules that a column can answer (rules.hard decides), and a calendar that may hold the visit."""
    found: list[Condition] = [_plain(Volunteer.state) == VolunteerState.ACTIVE, _may_be_free()]
    if shape.insured:
        found.append(Volunteer.insured_until >= bindparam("on"))
    if shape.sexed:
        found.append(Person.sex == bindparam("sex"))
    return found


def _may_be_free() -> Condition:
    """A free stretch of the weekly pattern, or one given for a day, touches the window."""
    slot, other = AvailabilitySlot, AvailabilityException
    weekly = exists().where(
        slot.volunteer_id == Volunteer.person_id,
        slot.weekday.in_(bindparam("weekdays", expanding=True)),
        slot.from_minute <= bindparam("to_minute"),
        slot.to_minute > bindparam("from_minute"),
    )
    besides = exists().where(
        other.volunteer_id == Volunteer.person_id,
        other.available,
        other.first_day <= bindparam("last_day"),
        other.last_day >= bindparam("first_day"),
    )
    return or_(weekly, besides)


def info(row: Row[Any], need: Need) -> HelperInfo:
    """A helper without calendar; of the skills the one asked for, of the languages only when one is asked for."""
    return HelperInfo(
        person_id=row.person_id,
        name=row.name,
        sex=row.sex,
        birth_date=None,
        lat=row.lat,
        lon=row.lon,
        territory_code=row.territory_code,
        state=row.state,
        kind=row.kind,
        insured_until=row.insured_until,
        max_distance_m=row.max_distance_m,
        caregiver_at_home=row.caregiver_at_home,
        max_minutes_per_week=row.max_minutes_per_week,
        helps_on_holidays=row.helps_on_holidays,
        languages=tuple(row.languages or row.person_languages or ()) if need.language else (),
        skills={} if row.service_code is None else {row.service_code: row.trained_on},
    )
