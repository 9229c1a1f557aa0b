"""Visits of several helpers at once: each has its own helper, hold and credit, and all begin at the same moment.

Once somebody comes, the windows of the others are narrowed to that start, in the same transaction; when nobody comes
any more they get back the window the recipient asked for.  Suggestions, offers and plans therefore need no rule of
their own for an occasion that is half filled.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.models.requests import Offer, OfferState
from timebank.exchange.models.visits import Visit
from timebank.exchange.rules.visits import LOOKING, SETTLED, WAITING, Event, VisitState, after
from timebank.exchange.service import guarding, steps
from timebank.notices.service import tell
from timebank.people import queries as people


def _others(visit: Visit) -> list[Visit]:
    """The other visits of the occasion, by number; `steps.visit_for_change` has locked them."""
    if visit.together is None:
        return []
    same = select(Visit).where(Visit.together == visit.together, Visit.id != visit.id)
    return list(db.session.scalars(same.order_by(Visit.id)))


def waiting_with(visit: Visit) -> list[Visit]:
    """Those of the occasion, besides this one, that have not begun."""
    return [one for one in _others(visit) if one.state in WAITING]


def moves_with(visit: Visit) -> list[Visit]:
    """Those that are moved with this one.  Raises `Refused("visit_not_so_far")` where one of them has begun."""
    found = [one for one in _others(visit) if one.state in LOOKING | SETTLED]
    for one in found:
        after(one.state, Event.MOVE)
    return found


def goes_already(visit: Visit, volunteer_id: int) -> bool:
    """Does the helper go to this occasion, in another of its visits?"""
    return any(one.volunteer_id == volunteer_id and one.state in SETTLED for one in _others(visit))


def require_same_start(visit: Visit, starts_at: datetime) -> None:
    """Raises `Refused("together_start")` where the others of the occasion begin at another moment."""
    if visit.window_from is not None and starts_at != visit.earliest_start:
        raise Refused("together_start", field="starts_at", begins=visit.earliest_start)


def require_fit(visit: Visit, starts_at: datetime, *, alone: bool) -> None:
    """The hard rules about the visit's own helper then; of the others (not `alone`) the refusal says whose they are."""
    volunteer_id = visit.volunteer_id or 0
    try:
        guarding.require_fit(visit, volunteer_id, starts_at)
    except Refused as refusal:
        if alone:
            raise
        name = people.briefs([volunteer_id])[volunteer_id].name
        raise Refused("together_cannot_move", field="starts_at", helper=name) from refusal


def refuse_asked_twice(visit: Visit, volunteer_id: int) -> None:
    """Raises `Refused("already_offered_together")`: the helper is being asked for another visit of the occasion."""
    others = [one.id for one in _others(visit)]
    asked = select(Offer.id).where(
        Offer.visit_id.in_(others), Offer.volunteer_id == volunteer_id, Offer.state == OfferState.OFFERED
    )
    if others and db.session.scalar(asked.limit(1)) is not None:
        raise Refused("already_offered_together", field="volunteer_id")


def settle(actor: Actor, visit: Visit) -> None:
    """After a change of the visit: each of the occasion may begin when the others do, or in its whole window."""
    if visit.together is None:
        return
    steps.flush()
    occasion = [visit, *_others(visit)]
    for one in occasion:
        if one.state not in WAITING:
            continue
        settled = [other for other in occasion if other is not one and other.state in SETTLED]
        if settled:
            _narrow(one, settled[0].starts_at)
            _withdraw(actor, one, {other.volunteer_id for other in settled})
        else:
            _widen(one)
    steps.flush()


def _narrow(visit: Visit, start: datetime) -> None:
    if visit.window_from is None:
        visit.window_from, visit.window_until = visit.earliest_start, visit.latest_start
    visit.earliest_start = visit.latest_start = start
    if visit.state in LOOKING:
        visit.starts_at = start


def _widen(visit: Visit) -> None:
    if visit.window_from is None or visit.window_until is None:
        return
    visit.earliest_start, visit.latest_start = visit.window_from, visit.window_until
    visit.window_from = visit.window_until = None
    if visit.state in LOOKING:
        visit.starts_at = visit.earliest_start


def _withdraw(actor: Actor, visit: Visit, going: set[int | None]) -> None:
    """What was offered for another start, or to somebody who goes there already, can no longer be."""
    found = select(Offer).where(Offer.visit_id == visit.id, Offer.state == OfferState.OFFERED)
    waits = db.session.scalars(found.order_by(Offer.id)).all()
    gone = [one for one in waits if one.starts_at != visit.earliest_start or one.volunteer_id in going]
    for offer in gone:
        offer.state, offer.answered_at = OfferState.WITHDRAWN, clock.now()
        if offer.volunteer_id not in going:
            tell(offer.volunteer_id, "offer_withdrawn", path="/my/visits", begins=offer.starts_at.isoformat())
    if gone and len(gone) == len(waits) and visit.state is VisitState.OFFERED:
        steps.move(actor, visit, Event.LAPSE, "another start")
