"""Who goes together: the visits of one occasion, each with its own helper (`Visit.together`)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from timebank.core.db import db
from timebank.exchange.models.visits import Visit
from timebank.exchange.rules.visits import FINAL, SETTLED, VisitState
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class Mate:
    """Another visit of the same occasion; `person`: its helper, once there is one."""

    visit_id: int
    state: VisitState
    person: people.PersonBrief | None


@dataclass(frozen=True, slots=True)
class Company:
    """The other visits of an occasion, by number; those cancelled or run out are none of it."""

    mates: tuple[Mate, ...] = ()

    @property
    def helpers(self) -> int:
        """How many come, or are looked for, this one included."""
        return len(self.mates) + 1

    @property
    def coming(self) -> tuple[people.PersonBrief, ...]:
        """The other helpers who said yes."""
        return tuple(one.person for one in self.mates if one.person is not None and one.state in SETTLED)


ALONE = Company()


def company_of(rows: Iterable[Visit]) -> dict[int, Company]:
    """For each visit the others of its occasion; two statements, none where everybody goes alone."""
    wanted = {row.id: row.together for row in rows if row.together is not None}
    if not wanted:
        return {}
    found = select(Visit.together, Visit.id, Visit.state, Visit.volunteer_id)
    found = found.where(Visit.together.in_(set(wanted.values())), Visit.state.not_in(FINAL))
    lines = db.session.execute(found.order_by(Visit.id)).all()
    known = people.briefs({line.volunteer_id for line in lines if line.volunteer_id})
    of: dict[uuid.UUID, list[Mate]] = defaultdict(list)
    for line in lines:
        of[line.together].append(Mate(line.id, line.state, known.get(line.volunteer_id or 0)))
    return {
        visit_id: Company(tuple(mate for mate in of[together] if mate.visit_id != visit_id))
        for visit_id, together in wanted.items()
    }
