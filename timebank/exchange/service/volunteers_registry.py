"""Keeping volunteers in step with the registry: what comes in spreadsheets, merged records, moves.

These are called inside the transaction of the registry's change, by `listeners`; the registry has asked for the
permission.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.models.volunteers import (
    AvailabilityException,
    AvailabilitySlot,
    ElderGrant,
    KeyElder,
    Volunteer,
    VolunteerEvent,
    VolunteerSkill,
)
from timebank.exchange.queries import schemes
from timebank.exchange.rules import volunteers as rules
from timebank.exchange.rules.availability import Slot, tidy
from timebank.exchange.rules.volunteers import Step, VolunteerState
from timebank.exchange.service.volunteers import add_slots, write_skills, write_slots
from timebank.exchange.service.volunteers_steps import stopped, write_event
from timebank.people import queries as people
from timebank.people.rules.ages import age_on
from timebank.people.rules.codes import PersonRole
from timebank.people.rules.import_row import ImportedRow

GROUNDS = "timebank_import_grounds"
MERGED, UNMERGED, IMPORTED = "merged", "unmerged", "imported"
COPIED: tuple[str, ...] = ("max_distance_m", "max_minutes_per_week", "caregiver_at_home", "helps_on_holidays")
COPIED += ("languages", "kind", "insured_until", "active_since", "barred_until", "guardian_agreed", "site_reviewed_by")


class WeekSlot(Protocol):
    """A free stretch of the week as the registry reads it."""

    @property
    def weekday(self) -> int: ...
    @property
    def from_minute(self) -> int: ...
    @property
    def to_minute(self) -> int: ...


def take_over(actor: Actor, person_id: int, row: ImportedRow) -> bool:
    """A row of a spreadsheet about a volunteer; True when it changed something.

    A new volunteer waits for review.  Too young, without a birth date or without a skill: a draft, so that nothing is
    lost and nobody reviews it yet.  Of a known one who waits, the file replaces what was said; what somebody already
    reviewed said themself is only added to, so that an old file cannot undo it.  Where no time bank covers the place
    nothing is written.
    """
    if PersonRole.VOLUNTEER not in row.roles:
        return False
    known = db.session.get(Volunteer, person_id)
    if known is None:
        return _imported(actor, person_id, row)
    return _update(known, row)


def _imported(actor: Actor, person_id: int, row: ImportedRow) -> bool:
    ground = _ground(row.territory_code)
    if ground is None:
        return False
    fit = row.skills and _old_enough(person_id, row, ground.adult_age)
    volunteer = Volunteer(
        person_id=person_id,
        scheme_id=ground.scheme_id,
        territory_code=row.territory_code,
        state=VolunteerState.DRAFT,
        max_distance_m=1000 if row.max_distance_m is None else row.max_distance_m,
    )
    db.session.add(volunteer)
    db.session.flush()
    db.session.add_all(VolunteerSkill(volunteer_id=person_id, service_code=code) for code in dict.fromkeys(row.skills))
    add_slots(person_id, tidy(_slot(slot) for slot in row.availability))
    write_event(actor, volunteer, VolunteerState.SUBMITTED if fit else VolunteerState.DRAFT, IMPORTED, first=True)
    return True


@dataclass(frozen=True, slots=True)
class Ground:
    """What a place's time bank says about new volunteers."""

    scheme_id: int
    adult_age: int


def _ground(territory_code: str) -> Ground | None:
    """The time bank of a place; asked once in a transaction, for a spreadsheet has thousands of rows of few places."""
    running = db.session().get_transaction()
    known = db.session.info.get(GROUNDS)
    if known is None or known[0] is not running:
        known = db.session.info[GROUNDS] = (running, {})
    places: dict[str, Ground | None] = known[1]
    if territory_code not in places:
        places[territory_code] = _look_up(territory_code)
    return places[territory_code]


def _look_up(territory_code: str) -> Ground | None:
    try:
        scheme = schemes.scheme_for(territory_code)
    except Refused:
        return None
    values = schemes.parameters(scheme.id, clock.today())
    return Ground(scheme.id, values.number("tb.volunteer_min_age"))


def _old_enough(person_id: int, row: ImportedRow, adult_age: int) -> bool:
    born = row.birth_date
    if born is None:
        person = people.brief(person_id)
        born = person.birth_date if person else None
    return born is not None and age_on(born, clock.today()) >= adult_age


def _update(volunteer: Volunteer, row: ImportedRow) -> bool:
    waiting = volunteer.state in (VolunteerState.DRAFT, VolunteerState.SUBMITTED)
    skills = [skill.service_code for skill in _skills(volunteer.person_id)]
    wanted = tuple(dict.fromkeys(row.skills if waiting and row.skills else (*skills, *row.skills)))
    changed = set(wanted) != set(skills)
    if changed:
        write_skills(volunteer.person_id, wanted)
    changed |= _update_slots(volunteer.person_id, tidy(_slot(slot) for slot in row.availability), waiting)
    distance = row.max_distance_m if waiting else None
    if distance is not None and distance != volunteer.max_distance_m:
        volunteer.max_distance_m = distance
        changed = True
    return changed


def _update_slots(person_id: int, wanted: list[Slot], replace: bool) -> bool:
    rows = db.session.scalars(select(AvailabilitySlot).where(AvailabilitySlot.volunteer_id == person_id))
    known = tidy(_slot(row) for row in rows)
    if not wanted or wanted == known or (known and not replace):
        return False
    write_slots(person_id, wanted)
    return True


def _slot(slot: WeekSlot) -> Slot:
    return Slot(slot.weekday, slot.from_minute, slot.to_minute)


def merge(actor: Actor, kept_id: int, merged_id: int) -> None:
    """The kept person carries on as the volunteer; skills and free hours of both are kept."""
    old = db.session.get(Volunteer, merged_id)
    if old is None:
        return
    kept = db.session.get(Volunteer, kept_id)
    if kept is None:
        kept = Volunteer(person_id=kept_id, scheme_id=old.scheme_id, territory_code=old.territory_code, state=old.state)
        for name in COPIED:
            setattr(kept, name, getattr(old, name))
        db.session.add(kept)
        db.session.flush()
        write_event(actor, kept, old.state, MERGED, first=True)
    kept.active_since = kept.active_since or old.active_since
    _copy_skills(merged_id, kept_id)
    _copy_slots(merged_id, kept_id)
    if old.state is not VolunteerState.EXITED:
        write_event(actor, old, VolunteerState.EXITED, MERGED)


def _copy_skills(from_id: int, to_id: int) -> None:
    known = {row.service_code: row for row in _skills(to_id)}
    for row in _skills(from_id):
        mine = known.get(row.service_code)
        if mine is None:
            mine = VolunteerSkill(volunteer_id=to_id, service_code=row.service_code)
            db.session.add(mine)
        if mine.trained_on is None:
            mine.trained_on, mine.trained_by = row.trained_on, row.trained_by
    db.session.flush()


def _skills(person_id: int) -> list[VolunteerSkill]:
    return list(db.session.scalars(select(VolunteerSkill).where(VolunteerSkill.volunteer_id == person_id)))


def _copy_slots(from_id: int, to_id: int) -> None:
    wanted = select(AvailabilitySlot).where(AvailabilitySlot.volunteer_id.in_((from_id, to_id)))
    write_slots(to_id, tidy(_slot(row) for row in db.session.scalars(wanted)))
    away = db.session.scalars(select(AvailabilityException).where(AvailabilityException.volunteer_id == from_id))
    for row in list(away):
        db.session.add(
            AvailabilityException(
                volunteer_id=to_id,
                first_day=row.first_day,
                last_day=row.last_day,
                from_minute=row.from_minute,
                to_minute=row.to_minute,
                available=row.available,
                reason=row.reason,
            )
        )
    db.session.flush()


def unmerge(actor: Actor, kept_id: int, merged_id: int) -> None:
    """Both are as before: the merged one is what they were; who became a volunteer only by the merge stops."""
    old, kept = db.session.get(Volunteer, merged_id), db.session.get(Volunteer, kept_id)
    last = _last_event(merged_id)
    if old is not None and last is not None and last.reason == MERGED and last.from_state is not None:
        write_event(actor, old, last.from_state, UNMERGED)
    first = db.session.scalar(
        select(VolunteerEvent).where(VolunteerEvent.volunteer_id == kept_id).order_by(VolunteerEvent.id).limit(1)
    )
    only_by_merge = first is not None and first.from_state is None and first.reason == MERGED
    if kept is not None and only_by_merge and kept.state is not VolunteerState.EXITED:
        write_event(actor, kept, VolunteerState.EXITED, UNMERGED)


def _last_event(person_id: int) -> VolunteerEvent | None:
    return db.session.scalar(
        select(VolunteerEvent)
        .where(VolunteerEvent.volunteer_id == person_id)
        .order_by(VolunteerEvent.id.desc())
        .limit(1)
    )


def move_house(person_id: int, territory_code: str) -> None:
    """The place of the volunteer, of their open grants and of their place on the list of key elders."""
    volunteer = db.session.get(Volunteer, person_id)
    if volunteer is not None:
        volunteer.territory_code = territory_code
        _change_scheme(volunteer)
    listed = select(KeyElder).where(KeyElder.person_id == person_id, KeyElder.removed_on.is_(None))
    granted = select(ElderGrant).where(ElderGrant.person_id == person_id, ElderGrant.ended_at.is_(None))
    for row in (*db.session.scalars(listed), *db.session.scalars(granted)):
        row.territory_code = territory_code


def _change_scheme(volunteer: Volunteer) -> None:
    try:
        volunteer.scheme_id = schemes.scheme_for(volunteer.territory_code).id
    except Refused:  # moved to where no time bank is: the old one keeps them
        return


def stop(actor: Actor, person_id: int, reason: str) -> None:
    """Leaves, if there is something to leave."""
    volunteer = db.session.get(Volunteer, person_id)
    if volunteer is None or rules.after(volunteer.state, Step.LEAVE) is None:
        return
    write_event(actor, volunteer, VolunteerState.EXITED, reason)
    stopped(actor, person_id, reason)
