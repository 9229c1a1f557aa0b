"""Health files and category status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from timebank.assistance.models import CategoryStatus, HealthFile
from timebank.assistance.rules import self_care
from timebank.assistance.rules.self_care import CareItem
from timebank.assistance.rules.status import Category, Held, refuse_status
from timebank.assistance.service import handling
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.people import queries as people
from timebank.people.queries import PersonBrief
from timebank.people.service.care import set_self_care


@dataclass(frozen=True, slots=True)
class HealthUpdate:
    """What was learnt about a person's health.  `failed_items`: what the person cannot do alone."""

    person_id: int
    conditions: str
    medication: str
    failed_items: tuple[CareItem, ...]
    checked_on: date
    care_every_days: int | None = None


@dataclass(frozen=True, slots=True)
class NewStatus:
    """A category a person holds from a day until (and with) a day."""

    person_id: int
    category: Category
    starts_on: date
    ends_on: date | None = None
    decision: str = ""


@command
def save_health(actor: Actor, update: HealthUpdate, *, key: str | None = None) -> str:
    """Keeps the health file and gives the self-care level to the registry; returns the level (domain.md F15).

    Raises `NotFound`, `NotAllowed("people.health")`, `Refused` ("own_case", "relative_of_client", "checked_in_future").
    """
    person = _patient(actor, update.person_id)
    if update.checked_on > clock.today():
        raise Refused("checked_in_future", field="checked_on")
    level = self_care.level(update.failed_items)
    file = db.session.get(HealthFile, person.id) or HealthFile(person_id=person.id)
    file.conditions, file.medication = update.conditions.strip(), update.medication.strip()
    file.failed_items = ",".join(item.value for item in update.failed_items)
    file.level = level.value
    file.care_every_days, file.checked_on = update.care_every_days, update.checked_on
    file.updated_at, file.updated_by = clock.now(), actor.account_id
    db.session.add(file)
    set_self_care(actor, person.id, level.value)
    audit.record(actor, "health_file.saved", "person", person.id, person.territory_code)
    return level.value


@transaction
def open_health(actor: Actor, person_id: int, purpose: str) -> None:
    """Writes down that the actor looks into a health file, and why; call before showing it (domain.md C8.18)."""
    person = _patient(actor, person_id)
    if not purpose.strip():
        raise Refused("case_purpose_missing", field="purpose")
    audit.saw(actor, person.id, ["health"], purpose.strip())


def _patient(actor: Actor, person_id: int) -> PersonBrief:
    person = people.brief(people.resolve(person_id))
    if person is None or not actor.may("people.read", person.territory_code):
        raise NotFound("person_not_found")
    actor.require("people.health", person.territory_code)
    handling.keep_relatives_out(actor, person.id)
    return person


@command
def add_status(actor: Actor, new: NewStatus, *, key: str | None = None) -> int:
    """A person is in a category from a day on; returns the row's id.

    Raises `NotFound`, `NotAllowed`, `Refused` ("status_overlaps", "status_ends_before_start").  Rule: domain.md B6.
    """
    person = people.brief(people.resolve(new.person_id))
    if person is None or not actor.may("cases.read", person.territory_code):
        raise NotFound("person_not_found")
    actor.require("cases.write", person.territory_code)
    handling.keep_relatives_out(actor, person.id)
    held = [
        Held(row.category, row.starts_on, row.ends_on)
        for row in db.session.scalars(
            select(CategoryStatus).where(CategoryStatus.person_id.in_(people.ids_of(person.id)))
        )
    ]
    refused = refuse_status(Held(new.category, new.starts_on, new.ends_on), held)
    if refused:
        raise Refused(refused, field="starts_on" if refused == "status_overlaps" else "ends_on")
    row = CategoryStatus(
        person_id=person.id,
        territory_code=person.territory_code,
        category=new.category,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        decision=new.decision,
        recorded_by=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "category.added", "person", person.id, person.territory_code, category=new.category.value)
    return row.id


@command
def end_status(actor: Actor, status_id: int, ends_on: date, *, key: str | None = None) -> int:
    """The category ends with a day; returns the person's id.  Raises `Refused("status_ends_before_start")`."""
    row = db.session.get(CategoryStatus, status_id)
    if row is None or not actor.may("cases.read", row.territory_code):
        raise NotFound("status_not_found")
    actor.require("cases.write", row.territory_code)
    handling.keep_relatives_out(actor, row.person_id)
    if ends_on < row.starts_on:
        raise Refused("status_ends_before_start", field="ends_on")
    row.ends_on = ends_on
    audit.record(actor, "category.ended", "person", row.person_id, row.territory_code, category=row.category.value)
    return row.person_id
