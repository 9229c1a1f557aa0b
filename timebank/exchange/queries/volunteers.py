"""Volunteers as pages show them: lists, queues, one with everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models.visits import Visit
from timebank.exchange.models.volunteers import (
    AvailabilityException,
    Volunteer,
    VolunteerEvent,
    VolunteerSkill,
)
from timebank.exchange.queries.schemes import service_types
from timebank.exchange.queries.volunteers_helpers import HelperInfo, Wanted, helper, helpers_for, skills_of
from timebank.exchange.rules.giving import Overflow
from timebank.exchange.rules.volunteers import VolunteerState, missing_training
from timebank.people import queries as people
from timebank.people.models import Person

__all__ = ["HelperInfo", "helper", "helpers_for"]

FOUND_BY_TEXT = 200

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


WAITS = {  # who takes the next step
    VolunteerState.SUBMITTED: "volunteers.review",
    VolunteerState.PLATFORM_REVIEW: "volunteers.approve",
    VolunteerState.TRAINING: "volunteers.train",
}


def waiting(actor: Actor, state: VolunteerState, permission: str) -> list[VolunteerRow]:
    """Who waits for this step (review, approval, training), the oldest application first; at most 100."""
    conditions = (Volunteer.state == state, in_scope(Volunteer.territory_code, actor.scopes(permission)))
    return _rows(_columns().where(*conditions).order_by(Volunteer.created_at, Volunteer.person_id).limit(100))


def waiting_counts(actor: Actor) -> dict[VolunteerState, int]:
    """How many wait for a step that the actor may take; one statement."""
    mine = or_(
        *(
            (Volunteer.state == state) & in_scope(Volunteer.territory_code, actor.scopes(permission))
            for state, permission in WAITS.items()
        )
    )
    rows = db.session.execute(select(Volunteer.state, func.count()).where(mine).group_by(Volunteer.state))
    return {row[0]: row[1] for row in rows}


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
    skills = skills_of([row.person_id for row in rows])
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
    overflow_choice: Overflow | None
    site_reviewed_by: int | None
    skills: tuple[SkillInfo, ...]
    days: tuple[DaysInfo, ...]
    events: tuple[EventInfo, ...]
    absences: int  # visits of the last 365 days to which they did not come

    @property
    def person_id(self) -> int:
        return self.helper.person_id

    @property
    def state(self) -> VolunteerState:
        return self.helper.state

    @property
    def missing(self) -> tuple[SkillInfo, ...]:
        return tuple(skill for skill in self.skills if skill.missing)


@dataclass(frozen=True, slots=True)
class Card:
    """A volunteer in two words, for the page of the person."""

    person_id: int
    territory_code: str
    state: VolunteerState


def card(person_id: int) -> Card | None:
    """Is this person a volunteer, and how do things stand?  One statement."""
    row = db.session.get(Volunteer, person_id)
    return Card(row.person_id, row.territory_code, row.state) if row else None


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
    columns = select(Volunteer, Person.member_no, _absences(found.person_id))
    columns = columns.join(Person, Person.id == Volunteer.person_id)
    row, member_no, absences = db.session.execute(columns.where(Volunteer.person_id == found.person_id)).one()
    return VolunteerDetail(
        helper=found,
        scheme_id=row.scheme_id,
        member_no=member_no,
        active_since=row.active_since,
        barred_until=row.barred_until,
        state_reason=row.state_reason,
        guardian_agreed=row.guardian_agreed,
        overflow_choice=row.overflow_choice,
        site_reviewed_by=row.site_reviewed_by,
        skills=_skill_infos(found.skills),
        days=_days(found.person_id),
        events=_events(found.person_id),
        absences=absences,
    )


def _absences(person_id: int) -> ScalarSelect[int]:
    """How many visits of the last 365 days they did not come to, under all their numbers; part of a statement."""
    numbers = select(Person.id).where(or_(Person.id == person_id, Person.merged_into_id == person_id))
    missed = (Visit.no_show_by == "volunteer", Visit.starts_at >= clock.now() - timedelta(days=365))
    wanted = select(func.count()).select_from(Visit).where(Visit.volunteer_id.in_(numbers), *missed)
    return wanted.scalar_subquery()


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
    return missing_training(skills_of([person_id])[person_id], needing)
