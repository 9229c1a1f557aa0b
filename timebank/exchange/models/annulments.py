"""Cases about hours that may not be true, the visits they are about, and every step with who and when."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import LONG, TERRITORY, Moment, code_of
from timebank.exchange.rules.annulments import CaseState, Source
from timebank.exchange.rules.volunteers import VolunteerState

__all__ = ["AnnulledVisit", "AnnulmentCase", "AnnulmentStep", "CaseState"]


class AnnulmentCase(Model):
    """A suspicion against credited visits of one volunteer, with the hearing, the decision and the appeal."""

    __tablename__ = "annulment_case"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> opened_by", name="two_decide"),
        CheckConstraint(
            "re_examined_by IS NULL OR (re_examined_by <> opened_by AND re_examined_by <> decided_by)",
            name="three_re_examine",
        ),
        CheckConstraint("held_minutes >= 0", name="held_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.person_id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)
    state: Mapped[CaseState] = mapped_column(code_of(CaseState), default=CaseState.SUSPECTED, index=True)
    source: Mapped[Source] = mapped_column(code_of(Source))
    reason: Mapped[str] = mapped_column(String(300))
    opened_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    opened_by: Mapped[int | None]
    opened_name: Mapped[str] = mapped_column(String(80), default="")
    hold_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    hold_until: Mapped[datetime | None] = mapped_column(Moment)
    held_minutes: Mapped[int] = mapped_column(default=0)
    hold_no: Mapped[int] = mapped_column(default=0)  # holds so far: the next one has its own key in the books
    answer_until: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(LONG, default="")
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None]
    decided_name: Mapped[str] = mapped_column(String(80), default="")
    finding: Mapped[str] = mapped_column(String(300), default="")
    state_before: Mapped[VolunteerState | None] = mapped_column(
        code_of(VolunteerState)
    )  # of the volunteer, before a bar
    barred_until: Mapped[date | None]
    appeal_until: Mapped[datetime | None] = mapped_column(Moment)
    appeal: Mapped[str] = mapped_column(LONG, default="")
    appealed_at: Mapped[datetime | None] = mapped_column(Moment)
    re_examined_at: Mapped[datetime | None] = mapped_column(Moment)
    re_examined_by: Mapped[int | None]
    re_finding: Mapped[str] = mapped_column(String(300), default="")


class AnnulledVisit(Model):
    """A visit of a case and the minutes it had brought.  `taken_back_at`: reversed in the books (None: not yet)."""

    __tablename__ = "annulled_visit"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes_not_negative"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("annulment_case.id"), primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True, index=True)
    minutes: Mapped[int]
    taken_back_at: Mapped[datetime | None] = mapped_column(Moment)
    restored_at: Mapped[datetime | None] = mapped_column(Moment)


class AnnulmentStep(Model):
    """A change of a case: who, when, what."""

    __tablename__ = "annulment_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("annulment_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    to_state: Mapped[CaseState] = mapped_column(code_of(CaseState))
    note: Mapped[str] = mapped_column(String(300), default="")
