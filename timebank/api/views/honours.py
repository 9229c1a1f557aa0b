"""Stars and honours."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read
from timebank.api.schemas.honours import HonoursAnswer, StarBoard
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import honours as queries


@read("/volunteers/<int:person_id>/honours", HonoursAnswer, permission=SIGNED_IN)
def get_honours(person_id: int) -> queries.Honours:
    """What oneself, somebody one acts for, or a volunteer of one's territories has given."""
    return queries.readable(actor(), person_id)


@read("/honours", StarBoard, permission="volunteers.read")
def list_honours() -> dict[str, Any]:
    """Volunteers with stars in one's territories."""
    return {"items": queries.board(actor())}
