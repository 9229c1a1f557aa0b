"""Cases and what happened to them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.assistance.rules.cases import CaseKind, CaseState, CloseReason, LegalBasis, Urgency
from timebank.core import clock
from timebank.core.audit import append_only
from timebank.core.db import Model
from timebank.core.types import TERRITORY, EncryptedText, Moment, code_of


class AssistanceCase(Model):
    """Help for one person over a time, with a case worker who answers for it (domain.md C2)."""

    __tablename__ = "assistance_case"
    __table_args__ = (
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opened"),
        CheckConstraint("reopened BETWEEN 0 AND 1", name="reopened_once"),
        CheckConstraint("(state = 'closed') = (close_reason IS NOT NULL)", name="closed_has_reason"),
        Index("ix_assistance_case_territory_state", "territory_code", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, ForeignKey("territory.code"))
    kind: Mapped[CaseKind] = mapped_column(code_of(CaseKind))
    urgency: Mapped[Urgency] = mapped_column(code_of(Urgency), default=Urgency.ORDINARY)
    state: Mapped[CaseState] = mapped_column(code_of(CaseState), default=CaseState.OPENED)
    case_worker_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    legal_basis: Mapped[LegalBasis] = mapped_column(code_of(LegalBasis))
    summary: Mapped[str] = mapped_column(EncryptedText, default="")
    opened_on: Mapped[date] = mapped_column(default=clock.today)
    closed_on: Mapped[date | None]
    close_reason: Mapped[CloseReason | None] = mapped_column(code_of(CloseReason))
    reopened: Mapped[int] = mapped_column(default=0)
    planned_by: Mapped[int | None]  # account that put the plan forward
    approved_by: Mapped[int | None]
    approved_on: Mapped[date | None]
    next_visit_on: Mapped[date | None] = mapped_column(index=True)  # of the latest visit, kept here for the lists
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    created_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CaseEvent(Model):
    """A change of a case: who, when, from, to, why.  Added, never changed (L1 art. 66)."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("assistance_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    from_state: Mapped[CaseState | None] = mapped_column(code_of(CaseState))
    to_state: Mapped[CaseState] = mapped_column(code_of(CaseState))
    note: Mapped[str | None] = mapped_column(EncryptedText)


append_only(CaseEvent.__table__)
