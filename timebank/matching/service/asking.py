"""Who was asked for a visit of a plan and said nothing, or no: the next best helper is asked, by the clock."""

from __future__ import annotations

from datetime import datetime

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.exchange.service import offers
from timebank.matching.models import PlannedVisit, UnservedVisit
from timebank.matching.queries.emergencies import answer_minutes
from timebank.matching.queries.offers import Silent, asked_before, is_open, must_go_on, silent
from timebank.matching.queries.pairs import choices
from timebank.matching.rules.plans import Unserved

CLOCK = Actor.system("clock")


def ask_next() -> int:
    """Asks the next helper for every visit whose offer ran out or was declined; returns how many were asked."""
    found = silent()
    db.session.rollback()
    return sum(_next(one) for one in found)


def go_on_at_once() -> int:
    """Where somebody must come now, silence ends with the minute: as the clock does for all offers, but only if such a
    visit waits.  Returns how many were asked instead."""
    waits = must_go_on()
    db.session.rollback()
    if not waits:
        return 0
    offers.expire_offers(CLOCK)
    return ask_next()


def _next(one: Silent) -> bool:
    """The first who could come, was not asked before and whom the exchange's rules let be asked."""
    asked = asked_before(one.visit_id)
    try:
        found = choices(CLOCK, one.plan_id, one.visit_id).possible
    except NotFound:
        found = []
    db.session.rollback()
    for answer in found:
        if answer.person_id in asked or answer.starts_at is None:
            continue
        try:
            ask_instead(
                CLOCK, one.planned_id, answer.person_id, answer.starts_at, key=f"next:{one.offer_id}:{answer.person_id}"
            )
            return True
        except Refused:
            db.session.rollback()
    _nobody(one)
    return False


@command
def ask_instead(
    actor: Actor, planned_id: int, volunteer_id: int, starts_at: datetime, *, key: str | None = None
) -> int:
    """Offers a visit of a plan to another helper; answers with the offer.

    Raises `Refused`: plan_asked_elsewhere, and as the exchange's offer.
    """
    row = db.session.get(PlannedVisit, planned_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no_such_visit")
    if not is_open(row.visit_id):
        raise Refused("plan_asked_elsewhere")
    length = row.ends_at - row.starts_at
    row.offer_id = offers.offer_visit(
        actor, row.visit_id, volunteer_id, starts_at, answer_minutes=answer_minutes(row.visit_id)
    )
    row.volunteer_id, row.starts_at, row.ends_at = volunteer_id, starts_at, starts_at + length
    audit.record(actor, "ask_next.plan", "plan", row.plan_id, "", visit=row.visit_id, volunteer=volunteer_id)
    return row.offer_id


@transaction
def _nobody(one: Silent) -> None:
    """Everybody who could come was asked: the visit is left over, and the board says so."""
    row = db.session.get(PlannedVisit, one.planned_id, with_for_update=True, populate_existing=True)
    if row is not None and row.offer_id == one.offer_id and is_open(one.visit_id):
        db.session.delete(row)
        db.session.flush()
        db.session.add(UnservedVisit(plan_id=one.plan_id, visit_id=one.visit_id, reason=Unserved.ALL_SAID_NO))
