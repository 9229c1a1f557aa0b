"""Who may be registered twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.people.models import DuplicatePair, DuplicateState, Merge, Person
from timebank.people.rules.duplicates import Candidate, Likeness, Register
from timebank.territory.rules import ancestors

REVIEW = "people.review"
CHUNK = 400


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two rows that may be one person, or were found to be."""

    id: int
    first_id: int
    second_id: int
    reason: Likeness
    state: DuplicateState
    territory_code: str
    decided_at: datetime | None
    merge_id: int | None = None


def candidates(people: Iterable[Candidate]) -> list[Candidate]:
    """Registered people who share a number, a phone, a birth date or name and community with any of these."""
    wanted = list(people)
    keys: list[tuple[Any, set[Any]]] = [
        (Person.id_hash, {p.id_hash for p in wanted}),
        (Person.claimed_id_hash, {p.id_hash for p in wanted}),
        (Person.phone_hash, {p.phone_hash for p in wanted}),
        (Person.birth_date, {p.birth_date for p in wanted}),
        (Person.name, {p.name for p in wanted if p.address}),
    ]
    places = {p.territory_code[:12] for p in wanted}
    found: dict[int, Candidate] = {}
    for column, values in keys:
        for part in _chunks(values - {None}):
            match = column.in_(part)
            if column is Person.name:
                match &= func.substr(Person.territory_code, 1, 12).in_(places)
            found |= {row.id: row for row in _read(match)}
    return list(found.values())


def _chunks(values: set[Any]) -> Iterable[list[Any]]:
    ordered = sorted(values)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def _read(match: ColumnElement[bool]) -> list[Candidate]:
    rows = db.session.execute(
        select(
            Person.id,
            Person.name,
            Person.birth_date,
            Person.sex,
            func.coalesce(Person.id_hash, Person.claimed_id_hash),
            Person.phone_hash,
            Person.territory_code,
            Person.address,
        ).where(match, Person.merged_into_id.is_(None))
    )
    return [Candidate(*row) for row in rows]


def likely(person: Candidate) -> list[tuple[Candidate, Likeness]]:
    """Registered people who may be this one, the strongest reason first."""
    return Register(candidates([person])).like(person)


def decided_pairs(person_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Pairs of these people that wait or were decided, lower number first."""
    wanted = set(person_ids)
    if not wanted:
        return set()
    either = or_(DuplicatePair.first_id.in_(wanted), DuplicatePair.second_id.in_(wanted))
    return {(row.first_id, row.second_id) for row in db.session.execute(_ids().where(either))}


def _ids() -> Any:
    return select(DuplicatePair.first_id, DuplicatePair.second_id)


def around(one: str, other: str) -> str:
    """The narrowest territory that contains both: whoever works for it may decide."""
    shared = [code for code in ancestors(one) if other.startswith(code)]
    return shared[-1] if shared else ""


def list_pairs(
    actor: Actor, state: DuplicateState = DuplicateState.OPEN, after: str | None = None, limit: int = PER_PAGE
) -> Page[PairLine]:
    """Pairs the actor may decide about (`people.review` for both people), newest first."""
    query = _pairs(actor).where(DuplicatePair.state == state).order_by(DuplicatePair.id.desc()).limit(limit + 1)
    if after and after.isdecimal():
        query = query.where(DuplicatePair.id < int(after))
    rows = list(db.session.scalars(query))
    return cut([_line(row) for row in rows], [row.id for row in rows], limit)


def count_pairs(actor: Actor) -> int:
    """How many pairs wait for the actor."""
    waiting = _pairs(actor).where(DuplicatePair.state == DuplicateState.OPEN)
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def pair(actor: Actor, pair_id: int) -> PairLine | None:
    """A pair with the merge that came of it, or None when the actor may not see it."""
    row = db.session.scalar(_pairs(actor).where(DuplicatePair.id == pair_id))
    if row is None:
        return None
    merge_id = db.session.scalar(
        select(Merge.id)
        .where(
            Merge.kept_id.in_((row.first_id, row.second_id)),
            Merge.merged_id.in_((row.first_id, row.second_id)),
            Merge.undone_at.is_(None),
        )
        .order_by(Merge.id.desc())
    )
    return _line(row, merge_id)


def _pairs(actor: Actor) -> Any:
    return select(DuplicatePair).where(in_scope(DuplicatePair.territory_code, actor.scopes(REVIEW)))


def _line(row: DuplicatePair, merge_id: int | None = None) -> PairLine:
    return PairLine(
        id=row.id,
        first_id=row.first_id,
        second_id=row.second_id,
        reason=Likeness(row.reason),
        state=row.state,
        territory_code=row.territory_code,
        decided_at=row.decided_at,
        merge_id=merge_id,
    )


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge that holds."""

    id: int
    merged_id: int
    merged_name: str
    merged_member_no: str
    birth_date: date | None
    merged_at: datetime


def merges_into(person_id: int) -> list[MergeLine]:
    """The rows that were merged into a person and still are, the newest first."""
    rows = db.session.execute(
        select(Merge, Person)
        .join(Person, Person.id == Merge.merged_id)
        .where(Merge.kept_id == person_id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
    )
    return [
        MergeLine(merge.id, row.id, row.name, row.member_no, row.birth_date, merge.merged_at) for merge, row in rows
    ]
