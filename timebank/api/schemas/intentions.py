"""What a desk entered without a line.  Amounts are minutes and pieces."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, Id
from timebank.redemption.models import IntentionState


class Entered(Body):
    """A card or member number and (item, pieces); `total_minutes`: what was shown when it was entered.

    `how`: "signature" (signed on paper then) hands the goods out at once; "later" waits for the member's PIN.
    """

    member: str = Field(min_length=1, max_length=200)
    lines: tuple[tuple[Id, int], ...] = Field(min_length=1, max_length=50)
    how: Literal["later", "signature"] = "later"
    total_minutes: int | None = Field(default=None, ge=0, le=2**31 - 1)
    recorded_at: datetime | None = None


class IntentionLine(Answer):
    """An entry and what became of it: `reason` says why it is not done; a receipt may still wait for a second clerk."""

    id: int
    member: str
    person_id: int | None
    person_name: str
    goods: list[tuple[str, int]]
    total_minutes: int | None
    how: str
    recorded_at: datetime
    clerk_name: str
    state: IntentionState
    reason: str
    redemption_id: int | None
    receipt_no: str
    receipt_state: str


class Intentions(Answer):
    """What waits first, then the newest."""

    items: list[IntentionLine]


class TakenUp(Answer):
    """The member in whose basket the goods are now."""

    person_id: int
