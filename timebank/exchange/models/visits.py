"""Visits: from open to credited, and what happened on the way."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import LONG, TERRITORY, Moment, code_of


class VisitState(enum.StrEnum):
    """domain.md C3.2 and C3.3 in one line of life."""

    OPEN = "open"  # hold placed, no helper yet
    OFFERED = "offered"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    SECOND_REVIEW = "second_review"  # entered by hand: another person looks
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    DISPUTED = "disputed"
    CREDITED = "credited"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    EXPIRED = "expired"
    VOIDED = "voided"


class Visit(Model):
    """One occasion of help.  Hours logged afterwards are a visit too (`source` manual, no request)."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("volunteer_id IS NULL OR volunteer_id <> recipient_id", name="helper_is_not_recipient"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("check_out_at IS NULL OR check_out_at >= check_in_at", name="out_after_in"),
        CheckConstraint("minutes_actual IS NULL OR minutes_actual >= 0", name="actual_not_negative"),
        CheckConstraint("minutes_credited IS NULL OR minutes_credited >= 0", name="credited_not_negative"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        Index("ix_visit_volunteer_starts", "volunteer_id", "starts_at"),
        Index("ix_visit_recipient_starts", "recipient_id", "starts_at"),
        Index("ix_visit_territory_state", "territory_code", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.person_id"))
    territory_code: Mapped[str] = mapped_column(TERRITORY)
    service_code: Mapped[str] = mapped_column(ForeignKey("service_type.code"))
    state: Mapped[VisitState] = mapped_column(code_of(VisitState), default=VisitState.OPEN)
    source: Mapped[str] = mapped_column(String(16), default="request")  # request, manual, sheet
    funding: Mapped[str] = mapped_column(String(16), default="own")
    earliest_start: Mapped[datetime] = mapped_column(Moment)
    latest_start: Mapped[datetime] = mapped_column(Moment)
    minutes_planned: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(Moment)  # planned; = earliest_start until a helper accepts
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    hold_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # ledger transfer of kind hold
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # ledger transfer that credited the helper
    code: Mapped[str] = mapped_column(String(8), default="")  # on the recipient's paper card, for checking in
    check_in_at: Mapped[datetime | None] = mapped_column(Moment)
    check_out_at: Mapped[datetime | None] = mapped_column(Moment)
    check_in_how: Mapped[str] = mapped_column(String(16), default="")  # button, code, phone, manual
    break_minutes: Mapped[int] = mapped_column(default=0)
    minutes_actual: Mapped[int | None]
    minutes_credited: Mapped[int | None]
    credit_explained: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # rule, rounding, caps (F1, F2)
    recorded_by: Mapped[int | None]  # account that logged by hand
    reviewed_by: Mapped[int | None]
    confirmed_how: Mapped[str] = mapped_column(String(16), default="")  # pin, signature, call, portal, auto
    confirmed_by: Mapped[int | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    signature: Mapped[str | None] = mapped_column(LONG)  # strokes of a signature pad, as SVG path data
    rating: Mapped[int | None]
    rating_note: Mapped[str] = mapped_column(String(300), default="")
    dispute_reason: Mapped[str] = mapped_column(String(300), default="")
    disputed_by: Mapped[int | None]
    note: Mapped[str] = mapped_column(LONG, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class VisitEvent(Model):
    """A change of a visit: who, when, from, to, why."""

    __tablename__ = "visit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    from_state: Mapped[VisitState | None] = mapped_column(code_of(VisitState))
    to_state: Mapped[VisitState] = mapped_column(code_of(VisitState))
    reason: Mapped[str] = mapped_column(String(300), default="")
