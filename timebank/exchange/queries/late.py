"""What of a month is not settled yet when the books of that month are to be closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from timebank.core.db import db
from timebank.exchange.models.visits import HourEntry, Visit
from timebank.exchange.rules.visits import VisitState


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Visits of a city that began before a moment, by what they wait for; `names`: hours that only carry a name.

    `not_reported`: planned, and nobody wrote down that they began or ended (they may stand on a paper sheet).
    """

    unconfirmed: int
    disputed: int
    under_review: int
    not_reported: int
    names: int


def unsettled(tenant: int, before: datetime) -> Unsettled:
    """Counts for a city; two statements."""

    def number(*states: VisitState) -> ColumnElement[Any]:
        return func.count().filter(Visit.state.in_(states))

    began = func.coalesce(Visit.check_in_at, Visit.starts_at)
    row = db.session.execute(
        select(
            number(VisitState.AWAITING_CONFIRMATION),
            number(VisitState.DISPUTED),
            number(VisitState.SECOND_REVIEW),
            number(VisitState.SCHEDULED, VisitState.IN_PROGRESS),
        ).where(Visit.territory_code.startswith(str(tenant)), began < before)
    ).one()
    names = db.session.scalar(
        select(func.count())
        .select_from(HourEntry)
        .where(
            HourEntry.territory_code.startswith(str(tenant)),
            HourEntry.state == "waiting",
            HourEntry.starts_at < before,
        )
    )
    return Unsettled(*(int(each) for each in (*row, names or 0)))
