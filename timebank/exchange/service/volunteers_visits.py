"""When a volunteer stops: nobody waits at the door for somebody who no longer comes."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.requests import Offer, OfferState, ServiceRequest
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.service import offers, steps


def set_free(actor: Actor, person_id: int, reason: str) -> int:
    """Opens the planned visits of somebody who stopped, takes back what was offered; returns the visits set free.

    Joins the transaction of the step.  Visits under way and done stay as they are.
    """
    _end_series(actor, person_id)
    _withdraw(actor, person_id)
    planned = select(Visit.id).where(Visit.volunteer_id == person_id, Visit.state == VisitState.SCHEDULED)
    ids = list(db.session.scalars(planned.order_by(Visit.id)))
    for visit_id in ids:
        offers.free_helper(actor, visit_id, reason.strip() or "-")
    return len(ids)


def _end_series(actor: Actor, person_id: int) -> None:
    regular = select(ServiceRequest.id).where(ServiceRequest.regular_helper_id == person_id)
    for request_id in list(db.session.scalars(regular)):
        offers.end_regular_helper(actor, request_id)


def _withdraw(actor: Actor, person_id: int) -> None:
    open_offers = select(Offer.id, Offer.visit_id).where(
        Offer.volunteer_id == person_id, Offer.state == OfferState.OFFERED
    )
    for offer_id, visit_id in db.session.execute(open_offers).all():
        visit = steps.visit_for_change(visit_id)
        offer = offers.offer_for_change(offer_id)
        offer.state, offer.answered_at = OfferState.WITHDRAWN, clock.now()
        offers.lapse(actor, visit, "withdrawn")
