"""Hours passed on to relatives, and hours given from the community pot."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of
from timebank.exchange.rules.giving import GiftState, Proof

__all__ = ["GiftState", "HourGift", "PotGift", "Proof"]


class HourGift(Model):
    """Minutes for a spouse or direct relative.  They are on hold until somebody has seen the proof of the relation."""

    __tablename__ = "hour_gift"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("giver_id <> receiver_id", name="two_people"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_accounts"),
        Index("ix_hour_gift_territory_state", "territory_code", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))  # the giver's, whose rules hold
    territory_code: Mapped[str] = mapped_column(TERRITORY)  # the giver's
    relation: Mapped[str] = mapped_column(String(16))  # what the receiver is to the giver
    minutes: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[GiftState] = mapped_column(code_of(GiftState), default=GiftState.REQUESTED)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    asked_by: Mapped[int | None]  # account
    hold_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    hold_until: Mapped[datetime] = mapped_column(Moment)
    proof: Mapped[Proof | None] = mapped_column(code_of(Proof))
    proof_note: Mapped[str] = mapped_column(String(200), default="")  # number or place of the paper
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None]  # account that saw the proof or refused
    reason: Mapped[str] = mapped_column(String(200), default="")
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class PotGift(Model):
    """Minutes that a coordinator gave somebody from the community pot, and why."""

    __tablename__ = "pot_gift"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    is_key_elder: Mapped[bool]
    passed_over: Mapped[int] = mapped_column(default=0)  # key elders without hours who were not served first
    given_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    given_by: Mapped[int | None]
    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
