"""What matching needs to know about many volunteers, read with few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, select

from timebank.core import clock
from timebank.core.db import db, in_scope
from timebank.exchange.models.volunteers import (
    AvailabilityException,
    AvailabilitySlot,
    Volunteer,
    VolunteerSkill,
)
from timebank.exchange.rules.availability import OtherDays, Slot, Stretch, free_stretches, public_holidays, tidy
from timebank.exchange.rules.volunteers import VolunteerKind, VolunteerState
from timebank.people.models import Person
from timebank.territory import queries as territory

CHUNK = 500
Wanted: TypeAlias = Select[*tuple[Any, ...]]
Found: TypeAlias = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class HelperInfo:
    """Everything matching asks about a volunteer, read for many with at most five statements.

    `lat`, `lon` (WGS 84 degrees) fall back to those of the community.
    `skills`: service code → day the training was passed (None: not, or none needed).  Distances in metres.
    """

    person_id: int
    name: str
    sex: str | None
    birth_date: date | None
    lat: float | None
    lon: float | None
    territory_code: str
    state: VolunteerState
    kind: VolunteerKind
    insured_until: date | None
    max_distance_m: int
    caregiver_at_home: bool
    max_minutes_per_week: int
    helps_on_holidays: bool
    languages: tuple[str, ...] = ()
    skills: dict[str, date | None] = field(default_factory=dict)
    slots: tuple[Slot, ...] = ()
    exceptions: tuple[OtherDays, ...] = ()

    def free(self, day: date) -> list[Stretch]:
        """The free stretches of a day in minutes from midnight."""
        days_off = frozenset() if self.helps_on_holidays else public_holidays(day.year)
        return free_stretches(self.slots, self.exceptions, day, days_off)


def helpers_for(
    service_code: str | None = None,
    *,
    scopes: Sequence[str] = ("",),
    ids: Iterable[int] | None = None,
    states: Collection[VolunteerState] = (VolunteerState.ACTIVE,),
    exceptions_from: date | None = None,
) -> list[HelperInfo]:
    """The volunteers who live in the scopes (and offer the service), or those with the ids; at most five
    statements.

    Exceptions that ended before `exceptions_from` (today, if not given) are left out.
    """
    wanted = _with_person().where(in_scope(Volunteer.territory_code, scopes), Volunteer.state.in_(list(states)))
    if service_code is not None:
        offering = select(VolunteerSkill.volunteer_id).where(VolunteerSkill.service_code == service_code)
        wanted = wanted.where(Volunteer.person_id.in_(offering))
    if ids is not None:
        wanted = wanted.where(Volunteer.person_id.in_(set(ids)))
    rows = db.session.execute(wanted.order_by(Volunteer.person_id)).all()
    return _complete(rows, exceptions_from or clock.today())


def helper(person_id: int) -> HelperInfo | None:
    """One volunteer in whatever state, or None."""
    found = helpers_for(ids=[person_id], states=tuple(VolunteerState))
    return found[0] if found else None


_PERSON = (Person.name, Person.sex, Person.birth_date, Person.lat, Person.lon, Person.languages)


def _with_person() -> Wanted:
    return select(Volunteer, *_PERSON).join(Person, Person.id == Volunteer.person_id)


def _complete(rows: Sequence[Found], since: date) -> list[HelperInfo]:
    ids = [row.Volunteer.person_id for row in rows]
    skills, slots, exceptions = skills_of(ids), _slots(ids), _exceptions(ids, since)
    homes = territory.home_of(row.Volunteer.territory_code for row in rows if row.lat is None or row.lon is None)
    return [
        _helper(row, homes.get(row.Volunteer.territory_code), skills[person], slots[person], exceptions[person])
        for row, person in zip(rows, ids, strict=True)
    ]


def _helper(
    row: Found,
    home: territory.TerritoryInfo | None,
    skills: dict[str, date | None],
    slots: list[Slot],
    exceptions: list[OtherDays],
) -> HelperInfo:
    one = row.Volunteer
    located = row.lat is not None and row.lon is not None
    return HelperInfo(
        person_id=one.person_id,
        name=row.name,
        sex=row.sex,
        birth_date=row.birth_date,
        lat=row.lat if located else home.lat if home else None,
        lon=row.lon if located else home.lon if home else None,
        territory_code=one.territory_code,
        state=one.state,
        kind=one.kind,
        insured_until=one.insured_until,
        max_distance_m=one.max_distance_m,
        caregiver_at_home=one.caregiver_at_home,
        max_minutes_per_week=one.max_minutes_per_week,
        helps_on_holidays=one.helps_on_holidays,
        languages=tuple(one.languages or row.languages or ()),
        skills=skills,
        slots=tuple(slots),
        exceptions=tuple(exceptions),
    )


def _all(wanted: Wanted, column: Any, ids: list[int]) -> list[Found]:
    """Rows of many volunteers.  A town has hundreds; databases limit the names in a list to some thousands."""
    if not ids:
        return []
    if len(ids) <= CHUNK:
        return list(db.session.execute(wanted.where(column.in_(ids))))
    known = set(ids)
    between = wanted.where(column >= min(known), column <= max(known))
    return [row for row in db.session.execute(between) if row.volunteer_id in known]


def skills_of(ids: list[int]) -> dict[int, dict[str, date | None]]:
    """Service code → day the training was passed, for each volunteer; one statement."""
    """What each of these volunteers offers, with the day the training for it was passed; one statement."""
    found: dict[int, dict[str, date | None]] = defaultdict(dict)
    columns = select(VolunteerSkill.volunteer_id, VolunteerSkill.service_code, VolunteerSkill.trained_on)
    for row in _all(columns.order_by(VolunteerSkill.service_code), VolunteerSkill.volunteer_id, ids):
        found[row.volunteer_id][row.service_code] = row.trained_on
    return found


def _slots(ids: list[int]) -> dict[int, list[Slot]]:
    found: dict[int, list[Slot]] = defaultdict(list)
    columns = (
        AvailabilitySlot.volunteer_id,
        AvailabilitySlot.weekday,
        AvailabilitySlot.from_minute,
        AvailabilitySlot.to_minute,
    )
    for row in _all(select(*columns), AvailabilitySlot.volunteer_id, ids):
        found[row.volunteer_id].append(Slot(row.weekday, row.from_minute, row.to_minute))
    return defaultdict(list, {person: tidy(slots) for person, slots in found.items()})


def _exceptions(ids: list[int], since: date) -> dict[int, list[OtherDays]]:
    found: dict[int, list[OtherDays]] = defaultdict(list)
    table = AvailabilityException
    columns = (table.volunteer_id, table.first_day, table.last_day, table.available, table.from_minute, table.to_minute)
    for row in _all(select(*columns).where(table.last_day >= since), table.volunteer_id, ids):
        found[row.volunteer_id].append(
            OtherDays(row.first_day, row.last_day, row.available, row.from_minute, row.to_minute)
        )
    return found
