"""Volunteers: what matching needs about many, and what pages show about one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models.volunteers import (
    AvailabilityException,
    AvailabilitySlot,
    Volunteer,
    VolunteerEvent,
    VolunteerSkill,
)
from timebank.exchange.queries.schemes import service_types
from timebank.exchange.rules.availability import OtherDays, Slot, Stretch, free_stretches, public_holidays, tidy
from timebank.exchange.rules.volunteers import VolunteerKind, VolunteerState, missing_training
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.territory import queries as territory

CHUNK = 500
FOUND_BY_TEXT = 200
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
    skills, slots, exceptions = _skills(ids), _slots(ids), _exceptions(ids, since)
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


def _skills(ids: list[int]) -> dict[int, dict[str, date | None]]:
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


# -- lists -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VolunteerFilter:
    """What a list shows; empty means everything."""

    state: str = ""
    skill: str = ""
    territory: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class VolunteerRow:
    """A line of the list."""

    person_id: int
    member_no: str
    name: str
    territory_code: str
    state: VolunteerState
    skills: tuple[str, ...]
    active_since: date | None
    insured_until: date | None
    created_at: datetime
    site_reviewed_by: int | None = None


def volunteers(
    actor: Actor, chosen: VolunteerFilter, *, after: int | None = None, limit: int = PER_PAGE
) -> Page[VolunteerRow]:
    """A page of the volunteers the actor may read (`volunteers.read`), by person number; two statements."""
    wanted = _listed(actor, chosen).order_by(Volunteer.person_id).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(Volunteer.person_id > after)
    rows = _rows(wanted)
    total = None if after is not None else count(actor, chosen)
    return cut(rows, [row.person_id for row in rows], limit, total)


def everybody(actor: Actor, chosen: VolunteerFilter) -> list[VolunteerRow]:
    """The whole list, for a file."""
    return _rows(_listed(actor, chosen).order_by(Volunteer.person_id))


def count(actor: Actor, chosen: VolunteerFilter) -> int:
    """How many the filter finds inside the actor's territories."""
    return db.session.scalar(select(func.count()).select_from(_listed(actor, chosen).subquery())) or 0


def waiting(actor: Actor, state: VolunteerState, permission: str) -> list[VolunteerRow]:
    """Who waits for this step (review, approval, training), the oldest application first; at most 100."""
    conditions = (Volunteer.state == state, in_scope(Volunteer.territory_code, actor.scopes(permission)))
    return _rows(_columns().where(*conditions).order_by(Volunteer.created_at, Volunteer.person_id).limit(100))


def waiting_counts(actor: Actor) -> dict[VolunteerState, int]:
    """How many wait for a step that the actor may take; one statement."""
    steps = {
        VolunteerState.SUBMITTED: "volunteers.review",
        VolunteerState.PLATFORM_REVIEW: "volunteers.approve",
        VolunteerState.TRAINING: "volunteers.train",
    }
    mine = or_(
        *(
            (Volunteer.state == state) & in_scope(Volunteer.territory_code, actor.scopes(permission))
            for state, permission in steps.items()
        )
    )
    rows = db.session.execute(select(Volunteer.state, func.count()).where(mine).group_by(Volunteer.state))
    return dict(rows.tuples().all())


def _columns() -> Wanted:
    return select(
        Volunteer.person_id,
        Person.member_no,
        Person.name,
        Volunteer.territory_code,
        Volunteer.state,
        Volunteer.active_since,
        Volunteer.insured_until,
        Volunteer.created_at,
        Volunteer.site_reviewed_by,
    ).join(Person, Person.id == Volunteer.person_id)


def _listed(actor: Actor, chosen: VolunteerFilter) -> Wanted:
    wanted = _columns().where(
        in_scope(Volunteer.territory_code, actor.scopes("volunteers.read")), Person.merged_into_id.is_(None)
    )
    if chosen.text.strip():
        hits = people.search(actor, chosen.text, permission="volunteers.read", limit=FOUND_BY_TEXT)
        wanted = wanted.where(Volunteer.person_id.in_([hit.id for hit in hits]))
    return wanted.where(*_conditions(chosen))


def _conditions(chosen: VolunteerFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.state:
        conditions.append(Volunteer.state == chosen.state)
    if chosen.territory:
        conditions.append(below(Volunteer.territory_code, chosen.territory))
    if chosen.skill:
        offering = select(VolunteerSkill.volunteer_id).where(VolunteerSkill.service_code == chosen.skill)
        conditions.append(Volunteer.person_id.in_(offering))
    return conditions


def _rows(wanted: Wanted) -> list[VolunteerRow]:
    rows = db.session.execute(wanted).all()
    skills = _skills([row.person_id for row in rows])
    return [
        VolunteerRow(
            row.person_id,
            row.member_no,
            row.name,
            row.territory_code,
            row.state,
            tuple(skills[row.person_id]),
            row.active_since,
            row.insured_until,
            row.created_at,
            row.site_reviewed_by,
        )
        for row in rows
    ]


# -- one volunteer -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SkillInfo:
    """A service a volunteer offers, and whether its training is passed or missing."""

    code: str
    name: str
    needs_training: bool
    trained_on: date | None

    @property
    def missing(self) -> bool:
        return self.needs_training and self.trained_on is None


@dataclass(frozen=True, slots=True)
class DaysInfo:
    """Days that differ, as the volunteer wrote them."""

    id: int
    first_day: date
    last_day: date
    from_minute: int
    to_minute: int
    available: bool
    reason: str


@dataclass(frozen=True, slots=True)
class EventInfo:
    """A step in the life of a volunteer."""

    at: datetime
    actor_name: str
    from_state: VolunteerState | None
    to_state: VolunteerState
    reason: str


@dataclass(frozen=True, slots=True)
class VolunteerDetail:
    """One volunteer with everything a page shows (no health, no ID, no case)."""

    helper: HelperInfo
    scheme_id: int
    member_no: str
    active_since: date | None
    barred_until: date | None
    state_reason: str
    guardian_agreed: bool
    site_reviewed_by: int | None
    skills: tuple[SkillInfo, ...]
    days: tuple[DaysInfo, ...]
    events: tuple[EventInfo, ...]

    @property
    def person_id(self) -> int:
        return self.helper.person_id

    @property
    def state(self) -> VolunteerState:
        return self.helper.state

    @property
    def missing(self) -> tuple[SkillInfo, ...]:
        return tuple(skill for skill in self.skills if skill.missing)


def own(person_id: int) -> VolunteerDetail | None:
    """The volunteer record of a person, for themself; None when they never asked to help."""
    found = helper(person_id)
    return _detail(found) if found else None


def volunteer(actor: Actor, person_id: int) -> VolunteerDetail:
    """The volunteer for staff (`volunteers.read`), a guardian or themself; raises `NotFound("no_such_volunteer")`."""
    found = helper(person_id)
    allowed = found and (actor.is_self(person_id) or actor.may("volunteers.read", found.territory_code))
    if found is None or not allowed:
        raise NotFound("no_such_volunteer")
    return _detail(found)


def _detail(found: HelperInfo) -> VolunteerDetail:
    row = db.session.get_one(Volunteer, found.person_id)
    return VolunteerDetail(
        helper=found,
        scheme_id=row.scheme_id,
        member_no=db.session.scalar(select(Person.member_no).where(Person.id == found.person_id)) or "",
        active_since=row.active_since,
        barred_until=row.barred_until,
        state_reason=row.state_reason,
        guardian_agreed=row.guardian_agreed,
        site_reviewed_by=row.site_reviewed_by,
        skills=_skill_infos(found.skills),
        days=_days(found.person_id),
        events=_events(found.person_id),
    )


def _skill_infos(skills: dict[str, date | None]) -> tuple[SkillInfo, ...]:
    services = service_types(active_only=False)
    return tuple(
        SkillInfo(service.code, service.name, service.needs_training, skills[service.code])
        for service in services
        if service.code in skills
    )


def _days(person_id: int) -> tuple[DaysInfo, ...]:
    table = AvailabilityException
    rows = db.session.scalars(
        select(table).where(table.volunteer_id == person_id, table.last_day >= clock.today()).order_by(table.first_day)
    )
    return tuple(
        DaysInfo(row.id, row.first_day, row.last_day, row.from_minute, row.to_minute, row.available, row.reason)
        for row in rows
    )


def _events(person_id: int) -> tuple[EventInfo, ...]:
    rows = db.session.scalars(
        select(VolunteerEvent).where(VolunteerEvent.volunteer_id == person_id).order_by(VolunteerEvent.id.desc())
    )
    return tuple(EventInfo(row.at, row.actor_name, row.from_state, row.to_state, row.reason) for row in rows)


def training_missing(person_id: int) -> frozenset[str]:
    """The codes of services offered whose training is still to pass."""
    needing = [service.code for service in service_types(active_only=False) if service.needs_training]
    return missing_training(_skills([person_id])[person_id], needing)
