"""What of a plan one may choose on its board: its days with how many visits each has, and its streets."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import and_, case, func, literal, or_, select

from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.exchange.rules.visits import FINAL
from timebank.matching.models import PlannedVisit, UnservedVisit
from timebank.matching.queries.board_left import looks_still
from timebank.matching.queries.board_shapes import DayCount
from timebank.matching.queries.plans import PlanLine
from timebank.territory import queries as territory


def days_of(line: PlanLine) -> list[DayCount]:
    """The days of a plan of several days with their visits as they stand now; one statement, none for one day."""
    days = [line.first_day + timedelta(days=number) for number in range((line.last_day - line.first_day).days + 1)]
    if len(days) == 1:
        return []
    planned = select(PlannedVisit.visit_id, literal(1).label("served")).where(PlannedVisit.plan_id == line.id)
    left = select(UnservedVisit.visit_id, literal(0).label("served")).where(UnservedVisit.plan_id == line.id)
    both = planned.union_all(left).subquery()
    sums = []
    for day in days:
        begins = and_(Visit.earliest_start >= clock.at(day, 0), Visit.earliest_start < clock.at(day, 1440))
        sums += [func.sum(case((begins, both.c.served), else_=0)), func.sum(case((begins, 1), else_=0))]
    found = select(*sums).join_from(Visit, both, both.c.visit_id == Visit.id)
    stands = and_(both.c.served == 1, Visit.state.not_in(FINAL))
    row = db.session.execute(found.where(or_(stands, looks_still(line.without)))).one()
    numbers = [int(value or 0) for value in row]
    return [
        DayCount(day, served, visits) for day, served, visits in zip(days, numbers[::2], numbers[1::2], strict=True)
    ]


def first_shown(line: PlanLine, days: list[DayCount]) -> date:
    """The day a board opens with: the first that has visits."""
    return next((one.day for one in days if one.visits), line.first_day)


def parts_of(line: PlanLine) -> dict[str, str]:
    """The streets of the plan's visits by code, the communities where the plan is of a street; two statements."""
    part = func.substr(Visit.territory_code, 1, 9 if len(line.territory_code) < 9 else 12)
    planned, left = (
        select(part).join(table, table.visit_id == Visit.id).where(table.plan_id == line.id)
        for table in (PlannedVisit, UnservedVisit)
    )
    codes = set(db.session.scalars(planned.union(left)))
    return dict(sorted(territory.names(codes).items()))
