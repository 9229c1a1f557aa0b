"""Holds that end too early for their visits: of visits that were moved later before holds followed them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.visits import WAITING, VisitState
from timebank.ledger import queries as books

TO_BE_PAID = (*WAITING, VisitState.IN_PROGRESS, VisitState.AWAITING_CONFIRMATION, VisitState.SECOND_REVIEW)


@dataclass(frozen=True, slots=True)
class ShortHold:
    """A visit with minutes on hold until `ends`; by the rule it should be until `should_end`."""

    visit_id: int
    starts_at: datetime
    minutes: int
    ends: datetime
    should_end: datetime


def short_holds() -> list[ShortHold]:
    """Holds of unpaid visits that end too early by today's rule and by that of the day they were placed, by visit.

    The amount cannot differ: a hold, its amount and its end are only ever written together with the ledger's.
    """
    columns = (Visit.id, Visit.scheme_id, Visit.latest_start, Visit.held_minutes, Visit.hold_id, Visit.hold_until)
    wanted = select(*columns).where(Visit.hold_id.is_not(None), Visit.state.in_(TO_BE_PAID)).order_by(Visit.id)
    found = []
    for row in db.session.execute(wanted):
        should_end = row.latest_start + _kept(row.scheme_id, clock.today())
        if row.hold_until >= should_end or should_end <= clock.now():
            continue
        if row.hold_until < row.latest_start + _kept(row.scheme_id, _placed_on(row.scheme_id, row.hold_id)):
            found.append(ShortHold(row.id, row.latest_start, row.held_minutes, row.hold_until, should_end))
    return found


def _kept(scheme_id: int, on: date) -> timedelta:
    return timedelta(days=schemes.parameters(scheme_id, on).number("tb.hold_days_after_visit"))


def _placed_on(scheme_id: int, hold_id: uuid.UUID) -> date:
    return clock.civil(books.transfer(schemes.scheme(scheme_id).tenant, hold_id).created_at).date()
