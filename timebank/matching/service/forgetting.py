"""Plans are kept for a while to be looked at, then erased: what was promised stands in the exchange, not in them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from timebank.core import clock
from timebank.core.db import db, transaction
from timebank.matching.models import Emergency, Plan, PlannedVisit, UnservedVisit

KEPT = timedelta(days=90)
AT_ONCE = 50


def forget_plans() -> int:
    """Erases plans whose last day is more than 90 days ago, a few in each transaction; returns how many."""
    forgotten = 0
    while number := _forget():
        forgotten += number
    return forgotten


@transaction
def _forget() -> int:
    old = select(Plan.id).where(Plan.last_day < clock.today() - KEPT).order_by(Plan.id).limit(AT_ONCE)
    ids = list(db.session.scalars(old))
    quiet = {"synchronize_session": False}
    db.session.execute(
        update(Plan).where(Plan.based_on_id.in_(ids)).values(based_on_id=None).execution_options(**quiet)
    )
    db.session.execute(
        update(Emergency).where(Emergency.plan_id.in_(ids)).values(plan_id=None).execution_options(**quiet)
    )
    for column in (PlannedVisit.plan_id, UnservedVisit.plan_id, Plan.id):
        db.session.execute(delete(column.class_).where(column.in_(ids)).execution_options(**quiet))
    return len(ids)
