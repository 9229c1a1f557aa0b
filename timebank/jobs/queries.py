"""How jobs went and when they run next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db, forgets
from timebank.core.jobs import Job
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.jobs.models import JobLease, JobRun
from timebank.jobs.service import all_jobs


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job on the page of jobs."""

    name: str
    text: Any
    every_minutes: int | None
    daily_at: str | None
    running: bool
    last_started_at: datetime | None
    last_finished_at: datetime | None
    last_ok: bool | None
    last_summary: str
    next_at: datetime
    runs: int
    failures: int

    @property
    def late(self) -> bool:
        """Due for more than a quarter of an hour: the process that runs jobs is probably not there."""
        return not self.running and (clock.now() - self.next_at).total_seconds() > 900


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of a job."""

    id: int
    started_at: datetime
    finished_at: datetime
    ok: bool
    summary: str
    holder: str

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.finished_at - self.started_at).total_seconds()


def lines() -> list[JobLine]:
    """Every job with its last run and its next one, by name.  One statement."""
    leases = {row.name: row for row in db.session.scalars(select(JobLease))}
    return [_line(job, leases.get(name)) for name, job in sorted(all_jobs().items())]


def line(name: str) -> JobLine | None:
    """One job."""
    job = all_jobs().get(name)
    return _line(job, db.session.get(JobLease, name)) if job else None


def _line(job: Job, lease: JobLease | None) -> JobLine:
    found = lease or JobLease(last_summary="", runs=0, failures=0)
    running = found.leased_until is not None and found.leased_until > clock.now()
    return JobLine(
        name=job.name,
        text=job.text,
        every_minutes=job.every_minutes,
        daily_at=job.daily_at,
        running=running,
        last_started_at=found.last_started_at,
        last_finished_at=found.last_finished_at,
        last_ok=found.last_ok,
        last_summary=found.last_summary,
        next_at=job.due_after(found.last_started_at, clock.now()),
        runs=found.runs,
        failures=found.failures,
    )


def history(name: str, after: str = "", limit: int = PER_PAGE) -> Page[RunLine]:
    """The runs of a job, the newest first."""
    wanted = select(JobRun).where(JobRun.name == name).order_by(JobRun.id.desc()).limit(limit + 1)
    if after.isdecimal():
        wanted = wanted.where(JobRun.id < int(after))
    rows = [
        RunLine(row.id, row.started_at, row.finished_at, row.ok, row.summary, row.holder)
        for row in db.session.scalars(wanted)
    ]
    return cut(rows, [row.id for row in rows], limit)


def failing() -> list[str]:
    """The names of the jobs whose last run failed.  One statement."""
    names = db.session.scalars(select(JobLease.name).where(JobLease.last_ok.is_(False)).order_by(JobLease.name))
    return [name for name in names if name in all_jobs()]


def server_forgets() -> bool:
    """Would a power cut of the database server lose or destroy what was acknowledged?"""
    return forgets()
