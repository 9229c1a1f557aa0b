"""When a request is over: its visits are, and no more will be made (domain.md C3.2 `closed`)."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.requests import RequestState
from timebank.exchange.models.visits import Visit
from timebank.exchange.rules.recurrence import finished
from timebank.exchange.rules.visits import FINAL, VisitState
from timebank.exchange.service import series, steps


def close_when_done(actor: Actor, request_id: int | None) -> None:
    """Closes a request whose visits are all over; one of which no visit took place has run out or was cancelled.

    A request that goes on without a last day stays open.  Hours logged by hand belong to no request (None).
    """
    if request_id is None:
        return
    db.session.flush()
    request = steps.request_for_change(request_id)
    if request.state is not RequestState.PUBLISHED or request.made_until is None:
        return
    if not finished(series.pattern_of(request), request.made_until):
        return
    states = set(db.session.scalars(select(Visit.state).where(Visit.request_id == request_id).distinct()))
    if states - FINAL - {VisitState.CREDITED}:
        return
    request.state = _end(states)
    audit.record(actor, f"{request.state.value}.request", "request", request.id, request.territory_code)


def _end(states: set[VisitState]) -> RequestState:
    if states == {VisitState.EXPIRED}:
        return RequestState.EXPIRED
    return RequestState.CANCELLED if states == {VisitState.CANCELLED} else RequestState.CLOSED
