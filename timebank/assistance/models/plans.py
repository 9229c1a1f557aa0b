"""Home visits, needs heard and the lines of a plan."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.assistance.rules.plans import LineKind, LineState, NeedKind
from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import EncryptedText, Moment, code_of


class VisitKind(enum.StrEnum):
    SCREENING = "screening"
    VERIFICATION = "verification"
    FOLLOW_UP = "follow_up"
    CARE = "care"


class HomeVisit(Model):
    """Staff were at a client's home (or met them elsewhere): what was seen, and what comes next."""

    __tablename__ = "home_visit"
    __table_args__ = (CheckConstraint("ended_at > started_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"), index=True)
    kind: Mapped[VisitKind] = mapped_column(code_of(VisitKind))
    visitors: Mapped[list[str]] = mapped_column(JSON, default=list)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime] = mapped_column(Moment)
    findings: Mapped[str] = mapped_column(EncryptedText)
    next_action: Mapped[str] = mapped_column(EncryptedText, default="")
    next_due_on: Mapped[date | None]
    signed_by: Mapped[str] = mapped_column(EncryptedText, default="")  # name of whoever signed at the door
    signature: Mapped[str | None] = mapped_column(EncryptedText)  # strokes as SVG path data
    recorded_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class CaseNeed(Model):
    """Something the person lacks, in their own words."""

    __tablename__ = "case_need"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"), index=True)
    kind: Mapped[NeedKind] = mapped_column(code_of(NeedKind))
    words: Mapped[str] = mapped_column(EncryptedText)
    heard_on: Mapped[date] = mapped_column(default=clock.today)
    met_on: Mapped[date | None]
    recorded_by: Mapped[int | None]


class PlanLine(Model):
    """A promise: cash, goods or a service, from whom, until when.  Money in fen, time in minutes."""

    __tablename__ = "plan_line"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'cash' AND amount_fen > 0 AND quantity IS NULL AND minutes IS NULL)"
            " OR (kind = 'in_kind' AND quantity > 0 AND amount_fen IS NULL AND minutes IS NULL)"
            " OR (kind = 'service' AND minutes > 0 AND amount_fen IS NULL AND quantity IS NULL)",
            name="one_measure",
        ),
        CheckConstraint("(state = 'delivered') = (delivered_on IS NOT NULL)", name="delivered_has_day"),
        Index("ix_plan_line_due", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("case_need.id"))
    kind: Mapped[LineKind] = mapped_column(code_of(LineKind))
    programme: Mapped[str] = mapped_column(EncryptedText)  # may name an illness, so encrypted
    provider: Mapped[str] = mapped_column(String(80))
    amount_fen: Mapped[int | None]
    quantity: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(16), default="")  # bags, bottles
    minutes: Mapped[int | None]
    monthly: Mapped[bool] = mapped_column(default=False)  # every month from the day of delivery on (N11)
    due_on: Mapped[date]
    state: Mapped[LineState] = mapped_column(code_of(LineState), default=LineState.PLANNED)
    delivered_on: Mapped[date | None]
    delivered_by: Mapped[int | None]
    note: Mapped[str] = mapped_column(EncryptedText, default="")  # receipt number, why cancelled
    created_by: Mapped[int | None]
