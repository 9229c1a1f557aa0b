"""What a desk wrote down while it had no line."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of


class IntentionState(enum.StrEnum):
    OPEN = "open"  # nothing is booked: the member is needed, or something is in the way
    DONE = "done"  # became a receipt
    TAKEN_UP = "taken_up"  # put into the clerk's basket, to be confirmed with the member
    DROPPED = "dropped"  # given up, with a reason


class IntendedHow(enum.StrEnum):
    LATER = "later"  # the member confirms when the line is back
    SIGNATURE = "signature"  # signed on paper while it was away


class DeskIntention(Model):
    """Goods that a clerk entered for a member without a line; checked again like any other when they arrive."""

    __tablename__ = "desk_intention"
    __table_args__ = (
        UniqueConstraint("clerk_id", "client_key", name="desk_intention_once"),
        CheckConstraint("(state = 'done') = (redemption_id IS NOT NULL)", name="done_with_receipt"),
        Index("ix_desk_intention_desk", "desk_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_key: Mapped[str] = mapped_column(String(100))  # made by the tablet
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    territory_code: Mapped[str] = mapped_column(TERRITORY)  # of the desk
    clerk_id: Mapped[int]
    clerk_name: Mapped[str] = mapped_column(String(80), default="")
    member: Mapped[str] = mapped_column(String(200))  # scanned or typed: a card or a member number
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    pieces: Mapped[dict[str, Any]] = mapped_column(JSON)  # item id (text) to pieces
    total_minutes: Mapped[int | None]  # what the tablet showed
    how: Mapped[IntendedHow] = mapped_column(code_of(IntendedHow))
    recorded_at: Mapped[datetime] = mapped_column(Moment)  # by the tablet's clock
    received_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    state: Mapped[IntentionState] = mapped_column(code_of(IntentionState), default=IntentionState.OPEN)
    reason_zh: Mapped[str] = mapped_column(String(400), default="")  # why it is not done
    reason_en: Mapped[str] = mapped_column(String(400), default="")
    redemption_id: Mapped[int | None] = mapped_column(ForeignKey("redemption.id"))
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
