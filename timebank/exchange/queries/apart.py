"""Who is kept apart from whom.  Only coordinators read it, and never somebody who is one of the two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.models.apart import AskedBy, BlockedPair
from timebank.exchange.models.visits import Visit
from timebank.people import queries as people
from timebank.people.models import Person
from timebank.people.queries.briefs import numbers_of

PERMISSION = "visits.write"


@dataclass(frozen=True, slots=True)
class ApartLine:
    """A pair as the page of one of the two shows it.  `other_helps`: the other one is the helper of the pair."""

    id: int
    person_id: int
    other_id: int
    other: str
    other_helps: bool
    asked_by: AskedBy
    reason: str
    since: datetime


def apart_from(person_id: int) -> frozenset[int]:
    """The people (kept ids) who are not sent to this person, nor this person to them; one statement."""
    ids = numbers_of(person_id)
    other = case((BlockedPair.recipient_id.in_(ids), BlockedPair.helper_id), else_=BlockedPair.recipient_id)
    found = (
        select(func.coalesce(Person.merged_into_id, Person.id))
        .join(BlockedPair, other == Person.id)
        .where(
            or_(BlockedPair.recipient_id.in_(ids), BlockedPair.helper_id.in_(ids)),
            BlockedPair.ended_at.is_(None),
        )
    )
    return frozenset(db.session.scalars(found))


def of_person(actor: Actor, person_id: int) -> list[ApartLine]:
    """From whom the person is kept apart, for the coordinator ("visits.write") of where the person lives.

    Three statements.  Raises `NotFound("no_such_person")`, also outside the actor's territories.
    """
    person = people.brief(person_id)
    if person is None or not actor.may(PERMISSION, person.territory_code):
        raise NotFound("no_such_person")
    ids = people.ids_of(person.id)
    rows = db.session.scalars(
        select(BlockedPair)
        .where(
            or_(BlockedPair.helper_id.in_(ids), BlockedPair.recipient_id.in_(ids)),
            BlockedPair.ended_at.is_(None),
        )
        .order_by(BlockedPair.begun_at, BlockedPair.id)
    ).all()
    shown = [row for row in rows if not is_one_of(actor, row)]
    names = people.briefs({one for row in shown for one in (row.helper_id, row.recipient_id)})
    return [_line(row, person.id, ids, names) for row in shown]


def is_one_of(actor: Actor, row: BlockedPair) -> bool:
    """Coordinators who are one of the two (or act for one) do not learn here who asked and why."""
    return actor.is_self(people.resolve(row.helper_id)) or actor.is_self(people.resolve(row.recipient_id))


def _line(row: BlockedPair, person_id: int, ids: frozenset[int], names: dict[int, people.PersonBrief]) -> ApartLine:
    other_helps = row.recipient_id in ids
    other = row.helper_id if other_helps else row.recipient_id
    return ApartLine(
        id=row.id,
        person_id=person_id,
        other_id=names[other].id if other in names else other,
        other=names[other].name if other in names else "",
        other_helps=other_helps,
        asked_by=row.asked_by,
        reason=row.reason,
        since=row.begun_at,
    )


def pair(actor: Actor, person_id: int, pair_id: int) -> ApartLine:
    """One pair of the person's page; raises `NotFound("no_such_pair")`."""
    found = next((line for line in of_person(actor, person_id) if line.id == pair_id), None)
    if found is None:
        raise NotFound("no_such_pair")
    return found


def own_wish(visit_id: int, part: AskedBy) -> int | None:
    """The number of the wish this side of a visit has spoken ("not this person again"), if it still holds."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or visit.volunteer_id is None:
        return None
    return open_wish(visit.volunteer_id, visit.recipient_id, part)


def open_wish(helper_id: int, recipient_id: int, part: AskedBy) -> int | None:
    """The open row of one side for two people, under whatever number they were known; one statement."""
    found = (
        select(BlockedPair.id)
        .where(
            BlockedPair.helper_id.in_(numbers_of(helper_id)),
            BlockedPair.recipient_id.in_(numbers_of(recipient_id)),
            BlockedPair.asked_by == part,
            BlockedPair.ended_at.is_(None),
        )
        .order_by(BlockedPair.id)
        .limit(1)
    )
    wish: int | None = db.session.scalar(found)
    return wish
