"""What became of the offers that a plan sent out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import Offer, OfferState, Visit, VisitState
from timebank.matching.models import Emergency, PlannedVisit
from timebank.matching.queries.days_rows import LEAD

NO = (OfferState.EXPIRED, OfferState.DECLINED)
LIMIT = 200


@dataclass(frozen=True, slots=True)
class Silent:
    """A visit of a plan whose helper did not answer in time, or said no; nobody else was asked since."""

    planned_id: int
    plan_id: int
    visit_id: int
    offer_id: int


def _silent() -> Select[int, int, int, int]:
    newer = aliased(PlannedVisit)
    last = ~exists().where(newer.visit_id == PlannedVisit.visit_id, newer.offer_id > PlannedVisit.offer_id)
    return (
        select(PlannedVisit.id, PlannedVisit.plan_id, PlannedVisit.visit_id, Offer.id)
        .join(Offer, Offer.id == PlannedVisit.offer_id)
        .join(Visit, Visit.id == PlannedVisit.visit_id)
        .where(Offer.state.in_(NO), Visit.state == VisitState.OPEN, Visit.latest_start >= clock.now() + LEAD, last)
    )


def silent() -> list[Silent]:
    """Those that may still begin, the earliest first, each by the plan that asked last; one statement."""
    rows = db.session.execute(_silent().order_by(Visit.earliest_start, PlannedVisit.id).limit(LIMIT))
    return [Silent(*row) for row in rows]


def goes_on(visit_id: int) -> bool:
    """Will the clock ask the next helper for this visit?"""
    return db.session.execute(_silent().where(PlannedVisit.visit_id == visit_id).limit(1)).first() is not None


def must_go_on() -> bool:
    """Does somebody who needs help now wait for a helper who said no, or whose time to answer is over?"""
    called = select(Emergency.visit_id)
    if db.session.execute(_overdue().where(Offer.visit_id.in_(called)).limit(1)).first() is not None:
        return True
    return db.session.execute(_silent().where(PlannedVisit.visit_id.in_(called)).limit(1)).first() is not None


def _overdue() -> Select[int]:
    return select(Offer.id).where(Offer.state == OfferState.OFFERED, Offer.expires_at <= clock.now())


def is_open(visit_id: int) -> bool:
    """Does the visit wait, with nobody being asked?"""
    return db.session.scalar(select(Visit.state).where(Visit.id == visit_id)) is VisitState.OPEN


def answers(visit_id: int) -> dict[int, str]:
    """Who was asked for a visit, with what became of the last offer to each; one statement."""
    found = select(Offer.volunteer_id, Offer.state).where(Offer.visit_id == visit_id).order_by(Offer.id)
    return {helper: str(state.value) for helper, state in db.session.execute(found)}


def asked_before(visit_id: int) -> frozenset[int]:
    """Who was asked for a visit, whatever they said."""
    return frozenset(db.session.scalars(select(Offer.volunteer_id).where(Offer.visit_id == visit_id)))
