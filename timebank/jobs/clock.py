"""The process that runs the jobs: one APScheduler that looks every few seconds for what is due."""

from __future__ import annotations

import logging
import signal
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db
from timebank.jobs import service
from timebank.jobs.models import JobLease

log = logging.getLogger("timebank.jobs")
TICK_SECONDS = 10
WORKERS = 2


def run_forever(app: Flask, tick_seconds: float = TICK_SECONDS) -> None:
    """Runs due jobs until SIGTERM or SIGINT; a job that is running then is finished first."""
    scheduler = BlockingScheduler(executors={"default": ThreadPoolExecutor(WORKERS + 1)}, timezone=clock.CIVIL)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        log.info("stopping after the jobs that are running")
        scheduler.shutdown(wait=True)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    scheduler.add_job(
        _tick, "interval", seconds=tick_seconds, args=[app, scheduler], id=" tick", next_run_time=clock.now()
    )
    log.info("running %d jobs", len(app.extensions["timebank_jobs"]))
    scheduler.start()


def due_names() -> list[str]:
    """The names of the jobs that are free and due.  One statement; the lease decides anew."""
    now = clock.now()
    leases = {row.name: row for row in db.session.scalars(select(JobLease))}
    names = []
    for name, job in service.all_jobs().items():
        lease = leases.get(name)
        running = lease is not None and lease.leased_until is not None and lease.leased_until > now
        if not running and job.due_after(lease.last_started_at if lease else None, now) <= now:
            names.append(name)
    db.session.rollback()
    return names


def _tick(app: Flask, scheduler: BlockingScheduler) -> None:
    with app.app_context():
        names = due_names()
    for name in names:
        scheduler.add_job(
            _run, args=[app, name], id=name, replace_existing=True, max_instances=1, misfire_grace_time=None
        )


def _run(app: Flask, name: str) -> None:
    with app.app_context():
        service.run(service.job_named(name))
