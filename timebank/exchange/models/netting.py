"""What the time banks of a city owe each other, month by month."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import Moment, code_of
from timebank.exchange.rules.netting_payments import PaymentState, StepKind, Way

__all__ = ["NettedMonth", "NettedPair", "NettingPayment", "NettingStep"]


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


class NettingPayment(Model):
    """The difference of a month, paid by the time bank that owes it: at most one payment of a pair stands."""

    __tablename__ = "netting_payment"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        Index(
            "uq_netting_payment_live",
            "pair_id",
            unique=True,
            sqlite_where=text("state NOT IN ('declined', 'undone')"),
            postgresql_where=text("state NOT IN ('declined', 'undone')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("netted_pair.id"), index=True)
    way: Mapped[Way] = mapped_column(code_of(Way))
    minutes: Mapped[int]
    reference: Mapped[str] = mapped_column(String(64), default="")  # of the paper, where paid outside
    state: Mapped[PaymentState] = mapped_column(code_of(PaymentState), default=PaymentState.WAITING)
    transfers: Mapped[list[str]] = mapped_column(JSON, default=list)  # as text, in the order posted


class NettingStep(Model):
    """What somebody did with a payment; the service only adds."""

    __tablename__ = "netting_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("netting_payment.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(code_of(StepKind))
    account_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    reason: Mapped[str] = mapped_column(String(200), default="")
