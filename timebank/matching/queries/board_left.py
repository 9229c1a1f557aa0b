"""Which visits of a plan are left over still: the others found somebody, or were cancelled, since it was made."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select

from timebank.core.db import db
from timebank.exchange.models import Visit, VisitState
from timebank.matching.models import UnservedVisit
from timebank.matching.queries.plans import PlanLine


def looks_still(without: Collection[int]) -> ColumnElement[bool]:
    """Part of a statement: the visit looks for a helper, or stands with one of those who cannot come (`without`)."""
    stands = and_(Visit.state == VisitState.SCHEDULED, Visit.volunteer_id.in_(without))
    return or_(Visit.state == VisitState.OPEN, stands)


def settled_since(line: PlanLine, visit_id: int) -> bool:
    """Is the visit one that the plan left over, and looks for nobody any more?  One statement."""
    mine = select(UnservedVisit.visit_id).where(UnservedVisit.plan_id == line.id)
    found = select(Visit.id).where(Visit.id == visit_id, Visit.id.in_(mine), ~looks_still(line.without))
    return db.session.scalar(found) is not None
