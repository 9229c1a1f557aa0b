"""Alarms: a planned visit that nobody has begun, who was asked to look, and what had happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of
from timebank.exchange.rules.alarms import AlarmLevel, AlarmStepKind

__all__ = ["AlarmLevel", "AlarmStep", "AlarmStepKind", "VisitAlarm"]


class VisitAlarm(Model):
    """One missed start of one visit.  A visit that gets another time may be missed again: that is another alarm."""

    __tablename__ = "visit_alarm"
    __table_args__ = (
        UniqueConstraint("visit_id", "missed_at", name="uq_visit_alarm_once"),
        CheckConstraint("(closed_at IS NULL) = (closed_how = '')", name="closed_with_a_reason"),
        Index("ix_visit_alarm_territory", "territory_code", "closed_at", "missed_at"),
        Index(
            "ix_visit_alarm_open",
            "escalate_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    missed_at: Mapped[datetime] = mapped_column(Moment)  # when the visit was planned to begin
    territory_code: Mapped[str] = mapped_column(TERRITORY)  # of the visit
    level: Mapped[AlarmLevel] = mapped_column(code_of(AlarmLevel, 16))
    responder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    raised_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    escalate_at: Mapped[datetime | None] = mapped_column(Moment)  # None: nobody is above, or the visit has begun
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[int | None]
    closed_how: Mapped[str] = mapped_column(String(24), default="")  # a Happened, or a Moot
    closed_words: Mapped[str] = mapped_column(String(250), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class AlarmStep(Model):
    """What happened to an alarm: who was asked when, and who ended it."""

    __tablename__ = "visit_alarm_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("visit_alarm.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    kind: Mapped[AlarmStepKind] = mapped_column(code_of(AlarmStepKind, 16))
    level: Mapped[AlarmLevel] = mapped_column(code_of(AlarmLevel, 16))
    place_code: Mapped[str] = mapped_column(TERRITORY, default="")  # for which the responder answers
    responder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(80), default="")
