"""Health files and categories."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from timebank.access import queries as access
from timebank.assistance.models import AssistanceCase, CategoryStatus, HealthFile
from timebank.assistance.queries.file import Read, reads_of
from timebank.assistance.rules.cases import CaseState
from timebank.assistance.rules.self_care import CareItem, Level
from timebank.assistance.rules.status import Category
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.people import queries as people
from timebank.people.queries import PersonBrief


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """A category a person holds or held; `now` while it does."""

    id: int
    category: Category
    starts_on: date
    ends_on: date | None
    decision: str
    now: bool


@dataclass(frozen=True, slots=True)
class HealthInfo:
    """A health file in clear."""

    person: PersonBrief
    known: bool
    conditions: tuple[str, ...]
    medication: tuple[str, ...]
    failed: tuple[CareItem, ...]
    level: Level
    care_every_days: int | None
    checked_on: date | None
    updated_at: datetime | None
    updated_by: str
    reads: tuple[Read, ...]


def health(actor: Actor, person_id: int) -> HealthInfo:
    """The file; the caller has written down the look before (`service.health.open_health`).  Raises `NotFound`."""
    person = patient(actor, person_id, "people.health")
    row = db.session.get(HealthFile, person.id)
    failed = tuple(CareItem(code) for code in (row.failed_items if row else "").split(",") if code)
    return HealthInfo(
        person=person,
        known=row is not None,
        conditions=tuple((row.conditions if row else "").splitlines()),
        medication=tuple((row.medication if row else "").splitlines()),
        failed=failed,
        level=Level(row.level) if row else Level.ABLE,
        care_every_days=row.care_every_days if row else None,
        checked_on=row.checked_on if row else None,
        updated_at=row.updated_at if row else None,
        updated_by=access.names_of_accounts([row.updated_by]).get(row.updated_by or 0, "") if row else "",
        reads=reads_of(person.id, "health"),
    )


def patient(actor: Actor, person_id: int, permission: str) -> PersonBrief:
    """The person, if the actor holds the permission where they live.  Raises `NotFound`."""
    person = people.brief(people.resolve(person_id))
    if person is None or not actor.may(permission, person.territory_code):
        raise NotFound("person_not_found")
    return person


def statuses(person_id: int) -> list[StatusInfo]:
    """Every category a person holds or held, the newest first; the caller has asked for the right."""
    today = clock.today()
    rows = db.session.scalars(
        select(CategoryStatus)
        .where(CategoryStatus.person_id.in_(people.ids_of(person_id)))
        .order_by(CategoryStatus.starts_on.desc(), CategoryStatus.id.desc())
    )
    return [
        StatusInfo(
            row.id,
            row.category,
            row.starts_on,
            row.ends_on,
            row.decision,
            row.starts_on <= today and (row.ends_on is None or row.ends_on >= today),
        )
        for row in rows
    ]


def categories_on(person_ids: Collection[int], day: date) -> dict[int, frozenset[str]]:
    """The category codes each of these persons holds on the day; one statement for all."""
    held: dict[int, set[str]] = {}
    rows = db.session.execute(
        select(CategoryStatus.person_id, CategoryStatus.category).where(
            CategoryStatus.person_id.in_(person_ids),
            CategoryStatus.starts_on <= day,
            or_(CategoryStatus.ends_on.is_(None), CategoryStatus.ends_on >= day),
        )
    )
    for person_id, category in rows:
        held.setdefault(person_id, set()).add(category.value)
    return {person_id: frozenset(codes) for person_id, codes in held.items()}


def works_on_case_of(actor: Actor, person_id: int) -> bool:
    """Is the actor case worker of an open case of this person?"""
    return bool(
        db.session.scalar(
            select(AssistanceCase.id)
            .where(
                AssistanceCase.person_id.in_(people.ids_of(person_id)),
                AssistanceCase.case_worker_id == actor.account_id,
                AssistanceCase.state != CaseState.CLOSED,
            )
            .limit(1)
        )
    )


def open_case_ids(actor: Actor, person_id: int) -> list[int]:
    """The person's cases the actor may see, newest first."""
    rows = db.session.execute(
        select(AssistanceCase.id, AssistanceCase.territory_code)
        .where(AssistanceCase.person_id.in_(people.ids_of(person_id)))
        .order_by(AssistanceCase.id.desc())
    )
    return [case_id for case_id, territory in rows if actor.may("cases.read", territory)]
