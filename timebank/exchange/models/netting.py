"""What the time banks of a city owe each other, month by month."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import Moment

__all__ = ["NettedMonth", "NettedPair"]


class NettedMonth(Model):
    """A month of a city that was netted: each once."""

    __tablename__ = "netted_month"

    tenant: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # "2026-11"
    netted_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class NettedPair(Model):
    """Two time banks in a month: minutes of the debtor's hours used with the creditor, and the other way round."""

    __tablename__ = "netted_pair"
    __table_args__ = (
        UniqueConstraint("tenant", "month", "debtor_id", "creditor_id", name="netted_pair_once_a_month"),
        CheckConstraint("debtor_id <> creditor_id", name="two_schemes"),
        CheckConstraint("forward_minutes >= back_minutes", name="debtor_owes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[int]
    month: Mapped[str] = mapped_column(String(7), index=True)
    debtor_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    creditor_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    forward_minutes: Mapped[int]
    back_minutes: Mapped[int]
    by_purpose: Mapped[dict[str, int]] = mapped_column(JSON)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # None: both ways were the same
