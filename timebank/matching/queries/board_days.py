"""How many visits each day of a plan has, for the way from one day to the next."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import and_, case, func, literal, select

from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.matching.models import PlannedVisit, UnservedVisit
from timebank.matching.queries.board_shapes import DayCount
from timebank.matching.queries.plans import PlanLine


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
    row = db.session.execute(select(*sums).join_from(Visit, both, both.c.visit_id == Visit.id)).one()
    numbers = [int(value or 0) for value in row]
    return [
        DayCount(day, served, visits) for day, served, visits in zip(days, numbers[::2], numbers[1::2], strict=True)
    ]


def first_shown(line: PlanLine, days: list[DayCount]) -> date:
    """The day a board opens with: the first that has visits."""
    return next((one.day for one in days if one.visits), line.first_day)
