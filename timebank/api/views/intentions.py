"""Goods entered without a line, and what is left to do with them."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Reason
from timebank.api.schemas.intentions import Entered, Intentions, TakenUp
from timebank.core.web import actor
from timebank.redemption import service
from timebank.redemption.commands import Intention
from timebank.redemption.queries import intentions
from timebank.redemption.queries.desks import desk_for

DESK = "/desks/<int:desk_id>/intentions"
ONE = "/intentions/<int:intention_id>"


@write(DESK, body=Entered, permission="desk.serve", status=201)
def record_intention(desk_id: int, body: Entered, key: str) -> dict[str, Any]:
    """Keeps what was entered without a line, once for its key, and hands the goods out if that may be done."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    wanted = Intention(desk.id, body.member, body.lines, body.how, body.total_minutes, body.recorded_at)
    return {"id": service.record_intention(actor(), wanted, key=key)}


@read(DESK, Intentions, permission="desk.serve")
def list_intentions(desk_id: int) -> dict[str, Any]:
    """What was entered without a line at a desk: what waits with its reason, and what became of the rest."""
    return {"items": intentions.listed(desk_for(actor(), desk_id, "desk.serve"))}


@write(f"{ONE}/retry", permission="desk.serve")
def retry_intention(intention_id: int, key: str) -> dict[str, Any]:
    """Tries again by the rules of now."""
    return {"id": service.retry_intention(actor(), intention_id, key=key)}


@write(f"{ONE}/basket", answer=TakenUp, permission="desk.serve")
def take_up_intention(intention_id: int, key: str) -> dict[str, Any]:
    """Into the clerk's basket, to be confirmed with the member."""
    return {"person_id": service.take_up_intention(actor(), intention_id, key=key)}


@write(f"{ONE}/dropping", body=Reason, permission="desk.serve")
def drop_intention(intention_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Given up, with the reason."""
    return {"id": service.drop_intention(actor(), intention_id, body.reason, key=key)}
