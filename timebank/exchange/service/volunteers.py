"""Becoming a volunteer, and what a volunteer says about their own help: skills, distance, free hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.volunteers import AvailabilityException, AvailabilitySlot, Volunteer, VolunteerSkill
from timebank.exchange.queries import schemes
from timebank.exchange.rules import availability
from timebank.exchange.rules import volunteers as rules
from timebank.exchange.rules.volunteers import Step, VolunteerKind, VolunteerState
from timebank.exchange.service.volunteers_steps import (
    Training,
    approve,
    bar,
    known_services,
    leave,
    lift,
    load,
    move,
    record_training,
    reject,
    review,
    set_insurance,
    suspend,
    write_event,
)
from timebank.people import queries as people
from timebank.people import service as registry
from timebank.people.queries import PersonBrief
from timebank.people.rules.codes import PersonRole

__all__ = [
    "Days",
    "Offer",
    "Training",
    "add_days",
    "apply",
    "approve",
    "bar",
    "change_offer",
    "leave",
    "lift",
    "note_export",
    "record_training",
    "reject",
    "remove_days",
    "review",
    "set_availability",
    "set_insurance",
    "suspend",
]

NEAREST, FARTHEST = 100, 50_000  # metres
WEEK = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody offers.  Distances in metres, minutes a week; slots are (weekday 0-6, from, to) in minutes."""

    person_id: int
    skills: tuple[str, ...]
    slots: tuple[tuple[int, int, int], ...] = ()
    max_distance_m: int = 1000
    max_minutes_per_week: int = 600
    caregiver_at_home: bool = False
    helps_on_holidays: bool = False
    languages: tuple[str, ...] | None = None  # None: as in the registry
    guardian_agreed: bool = False
    kind: VolunteerKind = VolunteerKind.INDIVIDUAL


@command
def apply(actor: Actor, offer: Offer, *, key: str | None = None) -> int:
    """Somebody wants to help: themself, a guardian or agent, or staff for them (`people.write`).  One person, one
    volunteer.

    Refuses: already_volunteer, still_barred, birth_date_missing, too_young, volunteer_guardian_needed, person_deceased,
    skills_missing, no_such_service, slot_*, distance_range, week_range, no_scheme_here.
    """
    person = _person(offer.person_id)
    actor.require_for(person.id, "people.write", person.territory_code)
    scheme = schemes.scheme_for(person.territory_code)
    row = db.session.get(Volunteer, person.id)
    _refuse_again(row)
    agreed = _guardian_agreed(actor, person, offer)
    _refuse_age(person, scheme.id, agreed)
    checked = _checked(offer)
    first = row is None
    row = row or _new(person, scheme.id)
    row.scheme_id, row.guardian_agreed, row.site_reviewed_by = scheme.id, agreed, None
    row.territory_code = person.territory_code
    db.session.flush()
    if first:
        write_event(actor, row, VolunteerState.DRAFT, "", first=True)
    _write(row, checked)
    registry.give_role(actor, person.id, PersonRole.VOLUNTEER)
    move(actor, row, Step.SUBMIT)
    return row.person_id


def _new(person: PersonBrief, scheme_id: int) -> Volunteer:
    """The person's row, unless another window made it at this very moment."""
    row = Volunteer(person_id=person.id, scheme_id=scheme_id, state=VolunteerState.DRAFT)
    row.territory_code = person.territory_code
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused("already_volunteer") from None
    return row


def _person(person_id: int) -> PersonBrief:
    person = people.brief(person_id)
    if person is None:
        raise NotFound("person")
    if person.deceased_on is not None:
        raise Refused("person_deceased")
    return person


def _refuse_again(row: Volunteer | None) -> None:
    if row is None:
        return
    if refusal := rules.bar_refusal(row.state, row.barred_until, clock.today()):
        raise Refused(refusal, until=row.barred_until)
    if rules.after(row.state, Step.SUBMIT) is None:
        raise Refused("already_volunteer")


def _guardian_agreed(actor: Actor, person: PersonBrief, offer: Offer) -> bool:
    """A minor cannot agree for the guardian; who acts for the minor is the guardian; staff hold the signed form."""
    if actor.person_id == person.id:
        return False
    return actor.is_self(person.id) or offer.guardian_agreed


def _refuse_age(person: PersonBrief, scheme_id: int, agreed: bool) -> None:
    values = schemes.parameters(scheme_id, clock.today())
    rule = rules.AgeRule(
        adult_age=values.number("tb.volunteer_min_age"),
        minors_allowed=bool(values["tb.minor_allowed_with_guardian"]),
        minor_age=values.number("tb.minor_min_age"),
    )
    refusal = rules.age_refusal(person.age(clock.today()), agreed, rule)
    if refusal:
        raise Refused(refusal, field="guardian_agreed", age=rule.adult_age, minor_age=rule.minor_age)


def _checked(offer: Offer) -> Offer:
    known_services(offer.skills)
    _slots(offer.slots)
    if not NEAREST <= offer.max_distance_m <= FARTHEST:
        raise Refused("distance_range", field="max_distance_m", least=NEAREST, most=FARTHEST)
    if not 0 < offer.max_minutes_per_week <= WEEK:
        raise Refused("week_range", field="max_minutes_per_week")
    return offer


def _slots(given: Iterable[tuple[int, int, int]]) -> list[availability.Slot]:
    slots = [availability.Slot(*slot) for slot in given]
    if refusal := availability.slot_refusal(slots):
        raise Refused(refusal, field="slots")
    return availability.tidy(slots)


def _write(row: Volunteer, offer: Offer) -> None:
    row.kind = offer.kind
    row.max_distance_m = offer.max_distance_m
    row.max_minutes_per_week = offer.max_minutes_per_week
    row.caregiver_at_home = offer.caregiver_at_home
    row.helps_on_holidays = offer.helps_on_holidays
    write_skills(row.person_id, offer.skills)
    write_slots(row.person_id, _slots(offer.slots))
    if offer.languages is not None:
        row.languages = list(offer.languages)


def write_skills(person_id: int, skills: tuple[str, ...]) -> None:
    """What is kept keeps its training."""
    rows = db.session.scalars(select(VolunteerSkill).where(VolunteerSkill.volunteer_id == person_id))
    known = {row.service_code: row for row in rows}
    for code in known.keys() - set(skills):
        db.session.delete(known[code])
    new = [code for code in dict.fromkeys(skills) if code not in known]
    db.session.add_all(VolunteerSkill(volunteer_id=person_id, service_code=code) for code in new)
    db.session.flush()


def write_slots(person_id: int, slots: Iterable[availability.Slot]) -> None:
    """Replaces the weekly pattern."""
    db.session.execute(delete(AvailabilitySlot).where(AvailabilitySlot.volunteer_id == person_id))
    add_slots(person_id, slots)


def add_slots(person_id: int, slots: Iterable[availability.Slot]) -> None:
    """Adds tidy slots to an empty pattern."""
    db.session.add_all(
        AvailabilitySlot(
            volunteer_id=person_id, weekday=slot.weekday, from_minute=slot.from_minute, to_minute=slot.to_minute
        )
        for slot in slots
    )
    db.session.flush()


def _own_row(actor: Actor, person_id: int) -> Volunteer:
    row = load(person_id)
    actor.require_for(person_id, "volunteers.review", row.territory_code)
    return row


@transaction
def note_export(actor: Actor, rows: int) -> None:
    """Writes down that a list of volunteers was taken out as a file."""
    audit.record(actor, "export.volunteers", "volunteer", "list", rows=rows)


@command
def change_offer(actor: Actor, offer: Offer, *, key: str | None = None) -> int:
    """The volunteer (or the coordinator, `volunteers.review`) changes what is offered; the state stays.

    A service added that needs training waits for it.  Refuses as `apply` does for the same fields.
    """
    row = _own_row(actor, offer.person_id)
    _write(row, _checked(offer))
    detail = {"skills": list(offer.skills), "max_distance_m": offer.max_distance_m}
    audit.record(actor, "change.volunteer", "volunteer", row.person_id, row.territory_code, **detail)
    return row.person_id


@command
def set_availability(
    actor: Actor,
    person_id: int,
    slots: tuple[tuple[int, int, int], ...],
    helps_on_holidays: bool,
    *,
    key: str | None = None,
) -> int:
    """The weekly pattern anew; slots are (weekday 0-6, from, to) in minutes.  Refuses: slot_*."""
    row = _own_row(actor, person_id)
    tidy = _slots(slots)
    write_slots(person_id, tidy)
    row.helps_on_holidays = helps_on_holidays
    detail = {"slots": len(tidy), "minutes_a_week": availability.weekly_minutes(tidy)}
    audit.record(actor, "change.availability", "volunteer", person_id, row.territory_code, **detail)
    return person_id


@dataclass(frozen=True, slots=True)
class Days:
    """Days (both included) that differ from the pattern: away, or free besides; minutes from midnight."""

    person_id: int
    first_day: date
    last_day: date
    available: bool = False
    from_minute: int = 0
    to_minute: int = 1440
    reason: str = ""


@command
def add_days(actor: Actor, days: Days, *, key: str | None = None) -> int:
    """Writes down days away, or extra hours.  Refuses: days_backwards, days_over, days_too_long, slot_*."""
    row = _own_row(actor, days.person_id)
    if days.last_day < days.first_day:
        raise Refused("days_backwards", field="last_day")
    if days.last_day < clock.today():
        raise Refused("days_over", field="last_day")
    if (days.last_day - days.first_day).days > 366:
        raise Refused("days_too_long", field="last_day")
    if refusal := availability.slot_refusal([availability.Slot(0, days.from_minute, days.to_minute)]):
        raise Refused(refusal, field="to_minute")
    new = AvailabilityException(
        volunteer_id=row.person_id,
        first_day=days.first_day,
        last_day=days.last_day,
        from_minute=days.from_minute,
        to_minute=days.to_minute,
        available=days.available,
        reason=days.reason.strip()[:100],
    )
    db.session.add(new)
    db.session.flush()
    detail = {"first_day": str(days.first_day), "last_day": str(days.last_day), "available": days.available}
    audit.record(actor, "add.days", "volunteer", row.person_id, row.territory_code, **detail)
    return new.id


@command
def remove_days(actor: Actor, person_id: int, days_id: int, *, key: str | None = None) -> int:
    """Takes days back; those already gone do nothing."""
    row = _own_row(actor, person_id)
    found = db.session.get(AvailabilityException, days_id)
    if found is not None and found.volunteer_id == person_id:
        db.session.delete(found)
        audit.record(actor, "remove.days", "volunteer", person_id, row.territory_code, days_id=days_id)
    return person_id
