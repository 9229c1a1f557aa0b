"""Taking a job's lease, running it, and writing down how it went."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from flask import Flask, current_app
from sqlalchemy import delete, select, update

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import CommandRecord, command
from timebank.core.db import db, transaction
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.core.jobs import Job
from timebank.jobs.models import JobLease, JobRun

log = logging.getLogger("timebank.jobs")
LEASE = timedelta(minutes=5)
RENEW_SECONDS = 60.0
KEEP_COMMANDS = timedelta(days=90)
KEEP_RUNS = timedelta(days=30)


def all_jobs() -> dict[str, Job]:
    """Every job of every domain, by name."""
    return {job.name: job for job in current_app.extensions["timebank_jobs"]}


def job_named(name: str) -> Job:
    """A job.  Raises `NotFound("job_unknown")`."""
    job = all_jobs().get(name)
    if job is None:
        raise NotFound("job_unknown")
    return job


def holder_name() -> str:
    """Who takes a lease: machine, process and a random part."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@transaction
def take_lease(job: Job, holder: str, *, force: bool = False) -> datetime | None:
    """The moment of the start when the job is free and due (`force`: free), else None.  One transaction."""
    now = clock.now()
    row = db.session.get(JobLease, job.name, with_for_update=True, populate_existing=True)
    if row is None:
        row = JobLease(name=job.name, runs=0, failures=0)
        db.session.add(row)
    elif row.leased_until is not None and row.leased_until > now:
        return None
    if not force and job.due_after(row.last_started_at, now) > now:
        return None
    row.holder, row.leased_until, row.last_started_at = holder, now + LEASE, now
    db.session.flush()
    return now


@transaction
def renew_lease(name: str, holder: str) -> bool:
    """Holds a lease longer; False when somebody else has it by now."""
    changed = db.session.execute(
        update(JobLease)
        .where(JobLease.name == name, JobLease.holder == holder, JobLease.leased_until.is_not(None))
        .values(leased_until=clock.now() + LEASE)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def run(job: Job, *, force: bool = False) -> bool | None:
    """Runs a job if its lease can be had: True it went well, False it failed, None somebody else has it or not due."""
    holder = holder_name()
    started = take_lease(job, holder, force=force)
    if started is None:
        return None
    with _Renewing(current_app._get_current_object(), job.name, holder):  # type: ignore[attr-defined]
        ok, summary = _attempt(job)
    _finish(job.name, holder, started, ok, summary)
    return ok


def _attempt(job: Job) -> tuple[bool, str]:
    """A job may fail in any way; the others must go on, and the page must say what happened."""
    try:
        return True, job.function() or ""
    except Exception as error:
        db.session.rollback()
        log.exception("job %s failed", job.name)
        return False, f"{type(error).__name__}: {error}"


@transaction
def _finish(name: str, holder: str, started: datetime, ok: bool, summary: str) -> None:
    now = clock.now()
    text = " ".join(summary.split())[:300]
    db.session.add(JobRun(name=name, holder=holder, started_at=started, finished_at=now, ok=ok, summary=text))
    row = db.session.get_one(JobLease, name, with_for_update=True, populate_existing=True)
    row.runs += 1
    row.failures += not ok
    row.last_finished_at, row.last_ok, row.last_summary = now, ok, text
    if row.holder == holder:
        row.leased_until = None


class _Renewing:
    """Renews a lease each minute while a long job runs."""

    def __init__(self, app: Flask, name: str, holder: str) -> None:
        self._app = app
        self._name = name
        self._holder = holder
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease-{name}", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join(RENEW_SECONDS)

    def _renew(self) -> None:
        while not self._done.wait(RENEW_SECONDS):
            with self._app.app_context():
                if not renew_lease(self._name, self._holder):
                    log.warning("job %s: another process has taken the lease", self._name)
                    return


def run_in_background(actor: Actor, name: str, *, key: str | None = None) -> threading.Thread | None:
    """Starts a job now in a thread of its own; its page shows how it went.  None when this key has started it before.

    Raises `NotAllowed` without `jobs.manage`, `NotFound`, `Refused("job_running")`.
    """
    if not actor.has("jobs.manage"):
        raise NotAllowed("jobs.manage")
    job = job_named(name)
    ticket = uuid.uuid4().hex
    if _start_once(actor, name, key, ticket) != ticket:
        return None
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]

    def work() -> None:
        with app.app_context():
            run(job, force=True)

    thread = threading.Thread(target=work, name=f"job-{name}", daemon=True)
    thread.start()
    return thread


def _start_once(actor: Actor, name: str, key: str | None, ticket: str) -> str:
    """The ticket of whoever was first with this key."""

    @command
    def start_job(actor: Actor, name: str, *, key: str | None = None) -> str:
        if _is_running(name):
            raise Refused("job_running")
        audit.record(actor, "run.job", "job", name)
        return ticket

    return start_job(actor, name, key=key)


def _is_running(name: str) -> bool:
    until = db.session.scalar(select(JobLease.leased_until).where(JobLease.name == name))
    return until is not None and until > clock.now()


def sweep() -> str:
    """Removes answers kept for retries after 90 days and the history of jobs after 30 (the job `sweep`)."""
    now = clock.now()
    commands = runs = 0
    while removed := _sweep_commands(now - KEEP_COMMANDS):
        commands += removed
    runs = _sweep_runs(now - KEEP_RUNS)
    return f"{commands} kept answers and {runs} runs removed"


@transaction
def _sweep_commands(before: datetime) -> int:
    old = select(CommandRecord.key).where(CommandRecord.created_at < before).limit(500)
    changed = db.session.execute(delete(CommandRecord).where(CommandRecord.key.in_(old)))
    return int(changed.rowcount)  # type: ignore[attr-defined]


@transaction
def _sweep_runs(before: datetime) -> int:
    changed = db.session.execute(delete(JobRun).where(JobRun.started_at < before))
    return int(changed.rowcount)  # type: ignore[attr-defined]
