"""Keeping volunteers in step with the registry: what comes in spreadsheets, merged records, moves.

These are called inside the transaction of the registry's change, by `listeners`; the registry has asked for the
permission.
"""

from __future__ import annotations

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
from timebank.exchange.service.volunteers import write_skills, write_slots
from timebank.exchange.service.volunteers_steps import stopped, write_event
from timebank.people import queries as people

MERGED, UNMERGED, IMPORTED = "merged", "unmerged", "imported"
COPIED = ("max_distance_m", "max_minutes_per_week", "caregiver_at_home", "helps_on_holidays", "languages", "kind")
COPIED += ("insured_until", "active_since", "barred_until", "guardian_agreed", "site_reviewed_by")


class WeekSlot(Protocol):
    @property
    def weekday(self) -> int: ...
    @property
    def from_minute(self) -> int: ...
    @property
    def to_minute(self) -> int: ...


def take_over(actor: Actor, person_id: int, row: object) -> None:
    """A row of a spreadsheet: a new volunteer waits for review, a known one gets what the row says anew.

    Too young, without a birth date or without a skill: a draft, so that nothing is lost and nobody reviews it yet.
    Where no time bank covers the place nothing is written.
    """
    if "volunteer" not in {str(role) for role in getattr(row, "roles", None) or ()}:
        return
    known = db.session.get(Volunteer, person_id)
    volunteer = known or _imported(actor, person_id)
    if volunteer is None:
        return
    _write_row(volunteer, row)
    if known is None:
        _submit(actor, volunteer)


def _imported(actor: Actor, person_id: int) -> Volunteer | None:
    person = people.brief(person_id)
    try:
        scheme = schemes.scheme_for(person.territory_code) if person else None
    except Refused:
        scheme = None
    if person is None or scheme is None:
        return None
    row = Volunteer(person_id=person_id, scheme_id=scheme.id, state=VolunteerState.DRAFT)
    row.territory_code = person.territory_code
    db.session.add(row)
    db.session.flush()
    write_event(actor, row, VolunteerState.DRAFT, IMPORTED, first=True)
    return row


def _write_row(volunteer: Volunteer, row: object) -> None:
    if skills := tuple(getattr(row, "skills", None) or ()):
        write_skills(volunteer.person_id, skills)
    if slots := tuple(getattr(row, "availability", None) or ()):
        write_slots(volunteer.person_id, tidy(_slot(slot) for slot in slots))
    if (distance := getattr(row, "max_distance_m", None)) is not None:
        volunteer.max_distance_m = distance


def _slot(slot: WeekSlot) -> Slot:
    return Slot(slot.weekday, slot.from_minute, slot.to_minute)


def _submit(actor: Actor, volunteer: Volunteer) -> None:
    person = people.brief(volunteer.person_id)
    values = schemes.parameters(volunteer.scheme_id, clock.today())
    age = person.age(clock.today()) if person else None
    rule = rules.AgeRule(values.number("tb.volunteer_min_age"), False, 0)
    offers = db.session.scalar(
        select(VolunteerSkill.service_code).where(VolunteerSkill.volunteer_id == volunteer.person_id).limit(1)
    )
    if offers and rules.age_refusal(age, False, rule) is None:
        write_event(actor, volunteer, VolunteerState.SUBMITTED, IMPORTED)


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
