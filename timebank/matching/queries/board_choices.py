"""What one chooses from while a plan is changed: a visit as it stands, others to swap with, helpers who fall out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select

from timebank.core import clock
from timebank.core.db import below, db
from timebank.core.units import clock_text
from timebank.exchange.models import Visit
from timebank.exchange.rules.visits import PLANNED
from timebank.matching.models import PlannedVisit, UnservedVisit
from timebank.matching.queries.board import rows_of, stop_of
from timebank.matching.queries.board_shapes import Stop
from timebank.matching.queries.plans import PlanLine, waiting_visits
from timebank.people.models import Person
from timebank.people.rules.name_keys import by_name

SWAPS = 200


def day_of(plan_id: int, visit_id: int) -> date | None:
    """The day of a visit of the plan, None for any other; one statement."""
    tables = (PlannedVisit, UnservedVisit)
    mine = or_(*(Visit.id.in_(select(one.visit_id).where(one.plan_id == plan_id)) for one in tables))
    begins = db.session.scalar(select(Visit.earliest_start).where(Visit.id == visit_id, mine))
    return None if begins is None else clock.civil(begins).date()


def helpers_of(line: PlanLine) -> list[tuple[int, str]]:
    """Who has a visit on the plan's days: proposed by it, or promised; by name.  Two statements."""
    proposed = select(PlannedVisit.volunteer_id).where(PlannedVisit.plan_id == line.id)
    promised = select(Visit.volunteer_id).where(
        below(Visit.territory_code, line.territory_code),
        Visit.state.in_(PLANNED),
        Visit.starts_at >= clock.at(line.first_day, 0),
        Visit.starts_at < clock.at(line.last_day, 1440),
    )
    rows = db.session.execute(
        select(Person.id, Person.name).where(or_(Person.id.in_(proposed), Person.id.in_(promised)))
    )
    return by_name((person, name) for person, name in rows)


def named(plan_id: int, visit_ids: Collection[int]) -> list[str]:
    """Visits of a plan as "09:00 Zhang", by time; one statement."""
    found = rows_of(plan_id).where(PlannedVisit.visit_id.in_(visit_ids))
    rows = db.session.execute(found.order_by(PlannedVisit.starts_at, PlannedVisit.id))
    return [f"{clock_text(row.PlannedVisit.starts_at)} {row.recipient}" for row in rows]


def row_of(plan_id: int, visit_id: int) -> Stop | None:
    """The visit as the plan has it now, or None where it is left over."""
    rows = rows_of(plan_id).where(PlannedVisit.visit_id == visit_id)
    found = db.session.execute(rows).first()
    return stop_of(found, {}) if found else None


def others(plan_id: int, visit_id: int) -> list[tuple[int, str]]:
    """The visits of the same day with other helpers, with whom this one could swap: number, "09:00 Zhang – Li"."""
    day, row = day_of(plan_id, visit_id), row_of(plan_id, visit_id)
    if day is None or row is None:
        return []
    rows = db.session.execute(
        rows_of(plan_id)
        .where(
            PlannedVisit.volunteer_id != row.volunteer_id,
            PlannedVisit.accepted_at.is_(None),
            PlannedVisit.visit_id.in_(waiting_visits()),
            Visit.earliest_start >= clock.at(day, 0),
            Visit.earliest_start < clock.at(day, 1440),
        )
        .order_by(PlannedVisit.starts_at, PlannedVisit.id)
        .limit(SWAPS)
    )
    return [
        (row.Visit.id, f"{clock_text(row.PlannedVisit.starts_at)} {row.recipient} – {row.helper_name}") for row in rows
    ]
