"""Tables of jobs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core.db import Model
from timebank.core.types import Moment


class JobLease(Model):
    """The right to run a job, and how its last run went."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), default="")
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    last_started_at: Mapped[datetime | None] = mapped_column(Moment)
    last_finished_at: Mapped[datetime | None] = mapped_column(Moment)
    last_ok: Mapped[bool | None]
    last_summary: Mapped[str] = mapped_column(String(300), default="")
    runs: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)


class JobRun(Model):
    """One run of a job.  Kept 30 days."""

    __tablename__ = "job_run"
    __table_args__ = (Index("ix_job_run_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    holder: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(Moment, index=True)
    finished_at: Mapped[datetime] = mapped_column(Moment)
    ok: Mapped[bool]
    summary: Mapped[str] = mapped_column(String(300), default="")
