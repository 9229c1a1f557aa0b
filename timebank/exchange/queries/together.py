"""Who goes together: the visits of one occasion, each with its own helper (`Visit.together`)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from timebank.core.db import db
from timebank.exchange.models.visits import Visit
from timebank.exchange.rules.visits import FINAL, SETTLED, VisitState
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class Mate:
    """Another visit of the same occasion, and its helper once there is one."""

    visit_id: int
    state: VisitState
    volunteer_id: int | None


@dataclass(frozen=True, slots=True)
class Company:
    """The other visits of an occasion, by number; those cancelled or run out are none of it."""

    mates: tuple[Mate, ...] = ()

    @property
    def helpers(self) -> int:
        """How many come, or are looked for, this one included."""
        return len(self.mates) + 1

    @property
    def coming(self) -> tuple[int, ...]:
        """The other helpers who said yes."""
        return tuple(one.volunteer_id for one in self.mates if one.volunteer_id and one.state in SETTLED)


ALONE = Company()


def company_of(rows: Iterable[Visit]) -> dict[int, Company]:
    """For each visit that is not alone the others of its occasion; one statement, none where everybody goes alone."""
    wanted = {row.id: row.together for row in rows if row.together is not None}
    if not wanted:
        return {}
    found = select(Visit.together, Visit.id, Visit.state, Visit.volunteer_id)
    found = found.where(Visit.together.in_(set(wanted.values())), Visit.state.not_in(FINAL)).order_by(Visit.id)
    of: dict[uuid.UUID | None, list[Mate]] = defaultdict(list)
    for together, visit_id, state, volunteer_id in db.session.execute(found):
        of[together].append(Mate(visit_id, state, volunteer_id))
    return {
        visit_id: Company(tuple(mate for mate in of[together] if mate.visit_id != visit_id))
        for visit_id, together in wanted.items()
    }


def helpers_in(company: Mapping[int, Company]) -> set[int]:
    """Everybody who helps there."""
    return {mate.volunteer_id for one in company.values() for mate in one.mates if mate.volunteer_id}


@dataclass(frozen=True, slots=True)
class MateLine:
    """Another visit of the same occasion as staff see it; `volunteer` "" where nobody said yes yet."""

    visit_id: int
    state: VisitState
    volunteer: str


def mates_of(row: Visit) -> list[MateLine]:
    """The other visits of the occasion; two statements, none for a visit with one helper."""
    company = company_of([row])
    names = {person_id: person.name for person_id, person in people.briefs(helpers_in(company)).items()}
    mates = company.get(row.id, ALONE).mates
    return [MateLine(mate.visit_id, mate.state, names.get(mate.volunteer_id or 0, "")) for mate in mates]
