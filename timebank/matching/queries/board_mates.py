"""Who goes to a visit of a plan together with its helper: by the plan, or promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.exchange.rules.visits import PLANNED
from timebank.matching.models import PlannedVisit
from timebank.people.models import Person


def with_whom(rows: Sequence[Any]) -> dict[tuple[UUID | None, int], tuple[str, ...]]:
    """(occasion, helper) → the names of the others; two statements, none where nobody goes together.

    `rows` are those of `board.rows_of`, of one plan.
    """
    occasions = {row.Visit.together for row in rows if row.Visit.together is not None}
    if not occasions:
        return {}
    of_plan = PlannedVisit.plan_id == rows[0].PlannedVisit.plan_id
    planned = select(Visit.together, Person.id, Person.name).join(PlannedVisit, PlannedVisit.visit_id == Visit.id)
    planned = planned.join(Person, Person.id == PlannedVisit.volunteer_id)
    planned = planned.where(of_plan, Visit.together.in_(occasions))
    promised = select(Visit.together, Person.id, Person.name).join(Person, Person.id == Visit.volunteer_id)
    promised = promised.where(
        Visit.together.in_(occasions),
        Visit.state.in_(PLANNED),
        Visit.id.not_in(select(PlannedVisit.visit_id).where(of_plan)),
    )
    going: dict[UUID | None, dict[int, str]] = defaultdict(dict)
    for found in (planned, promised):
        for together, person, name in db.session.execute(found):
            going[together][person] = name
    return {
        (together, person): tuple(name for other, name in sorted(names.items()) if other != person)
        for together, names in going.items()
        for person in names
    }
