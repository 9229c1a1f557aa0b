"""A job runs in one process at a time, and how it went is written down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select

from tests.factories.town import admin, auditor
from timebank.core import clock
from timebank.core.command import CommandRecord
from timebank.core.db import db
from timebank.core.errors import NotAllowed
from timebank.core.jobs import Job
from timebank.jobs import queries, service
from timebank.jobs.clock import due_names
from timebank.jobs.models import JobLease, JobRun
from timebank.jobs.words import summary

ROOT = Path(__file__).resolve().parents[2]
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Nanjing


def offer(app: Flask, *jobs: Job) -> None:
    app.extensions["timebank_jobs"] = list(jobs)


@pytest.fixture(autouse=True)
def the_jobs_of_the_house_come_back(app: Flask) -> Any:
    jobs = app.extensions["timebank_jobs"]
    yield
    app.extensions["timebank_jobs"] = jobs


def lease(name: str) -> JobLease:
    db.session.rollback()
    return db.session.get_one(JobLease, name)


def test_a_run_is_written_down(app: Flask) -> None:
    job = Job("greet", lambda: "greeted 3", every_minutes=5)
    offer(app, job)
    assert service.run(job) is True
    line = queries.line("greet")
    assert line is not None
    assert (line.last_ok, line.last_summary, line.runs, line.failures, line.running) == (True, "greeted 3", 1, 0, False)
    assert [run.summary for run in queries.history("greet").items] == ["greeted 3"]


def test_a_job_that_fails_says_how_and_runs_again_when_it_is_due(app: Flask) -> None:
    def fail() -> str:
        raise ValueError("the file is gone")

    job = Job("fail", fail, every_minutes=5)
    offer(app, job)
    with time_machine.travel(MORNING, tick=False) as travel:
        assert service.run(job) is False
        assert queries.failing() == ["fail"]
        assert lease("fail").last_summary == "ValueError: the file is gone"
        assert due_names() == []
        travel.shift(timedelta(minutes=5))
        assert due_names() == ["fail"]


def test_a_job_is_not_run_before_it_is_due(app: Flask) -> None:
    job = Job("often", lambda: "", every_minutes=5)
    with time_machine.travel(MORNING, tick=False) as travel:
        assert service.run(job) is True
        travel.shift(timedelta(minutes=4))
        assert service.run(job) is None
        assert service.run(job, force=True) is True


def test_a_daily_job_runs_once_a_day_after_its_time(app: Flask) -> None:
    job = Job("nightly", lambda: "", daily_at="10:00")
    offer(app, job)
    seen = []
    for hours in (0, 2, 3, 24, 26):
        with time_machine.travel(MORNING + timedelta(hours=hours), tick=False):
            seen.append(service.run(job))
    assert seen == [None, True, None, None, True]


def test_a_lease_that_its_process_did_not_give_back_ends_by_itself(app: Flask) -> None:
    job = Job("stuck", lambda: "", every_minutes=1)
    with time_machine.travel(MORNING, tick=False) as travel:
        assert service.take_lease(job, "process that died")
        travel.shift(timedelta(minutes=4))
        assert service.run(job, force=True) is None
        travel.shift(timedelta(minutes=1))
        assert service.run(job) is True


def test_a_lease_is_renewed_by_its_holder_only(app: Flask) -> None:
    job = Job("long", lambda: "", every_minutes=1)
    with time_machine.travel(MORNING, tick=False) as travel:
        service.take_lease(job, "a")
        travel.shift(timedelta(minutes=4))
        assert service.renew_lease("long", "a")
        assert not service.renew_lease("long", "b")
        travel.shift(timedelta(minutes=4))
        assert service.run(job, force=True) is None


@pytest.mark.concurrency
def test_of_eight_threads_one_runs_the_job(app: Flask, at_once: Callable[..., list[Any]]) -> None:
    ran = []

    def work() -> str:
        ran.append(threading.get_ident())
        time.sleep(0.1)
        return "worked"

    job = Job("race", work, every_minutes=5)
    answers = at_once(*[lambda: service.run(job)] * 8)
    assert sorted(map(str, answers)) == ["None"] * 7 + ["True"]
    assert len(ran) == 1


@pytest.mark.concurrency
def test_of_three_processes_one_runs_the_job(app: Flask, database_url: str, tmp_path: Path) -> None:
    script = ROOT / "tests" / "services" / "jobs_process.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TIMEBANK_DATABASE_URL": database_url}
    started = [
        subprocess.Popen([sys.executable, str(script), str(tmp_path)], env=environment, cwd=ROOT, text=True)
        for _ in range(3)
    ]
    assert [process.wait(240) for process in started] == [0, 0, 0]
    assert len(list(tmp_path.glob("ran-*"))) == 1
    assert db.session.scalar(select(func.count()).select_from(JobRun)) == 1


@pytest.mark.concurrency
def test_the_clock_process_runs_what_is_due_and_stops_cleanly(app: Flask, database_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TIMEBANK_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 150
        while time.monotonic() < deadline and not _has_run("send_notices"):
            time.sleep(0.3)
        assert _has_run("send_notices")
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=90)
    assert process.returncode == 0, said
    db.session.rollback()
    assert all(row.leased_until is None for row in db.session.scalars(select(JobLease)))


def _has_run(name: str) -> bool:
    db.session.rollback()
    return bool(db.session.scalar(select(func.count()).select_from(JobRun).where(JobRun.name == name)))


def test_run_now_happens_in_the_background(app: Flask) -> None:
    offer(app, Job("greet", lambda: "greeted", daily_at="23:59"))
    thread = service.run_in_background(admin(), "greet")
    assert thread is not None
    thread.join(60)
    assert lease("greet").last_summary == "greeted"


def test_only_those_who_manage_jobs_start_one(app: Flask) -> None:
    offer(app, Job("greet", lambda: "greeted", daily_at="23:59"))
    with pytest.raises(NotAllowed):
        service.run_in_background(auditor(), "greet")


def test_old_answers_and_old_runs_are_swept(app: Flask) -> None:
    now = clock.now()
    for days in (1, 89, 91, 200):
        db.session.add(CommandRecord(key=f"k{days}", request_hash="", answer=1, created_at=now - timedelta(days=days)))
        db.session.add(
            JobRun(name="x", holder="", started_at=now - timedelta(days=days), finished_at=now, ok=True, summary="")
        )
    db.session.commit()
    assert service.sweep() == "2 kept answers and 3 runs removed"
    assert sorted(db.session.scalars(select(CommandRecord.key))) == ["k1", "k89"]


@pytest.mark.parametrize("times", [{}, {"every_minutes": 1, "daily_at": "10:00"}, {"daily_at": "9:00"}])
def test_a_job_has_one_kind_of_time(times: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="job x"):
        Job("x", lambda: "", **times)


def test_what_a_job_did_is_said_in_the_readers_language(app: Flask) -> None:
    grants = "1 grants given (240 minutes); 0 ended, 0 minutes went back to the fund."
    with app.test_request_context(), force_locale("zh"):
        assert summary("3 of 4 visits confirmed") == "4 次服务中已确认 3 次"
        assert summary(grants).startswith("发放 1 份（共 4小时）")
        assert summary("ValueError: the file is gone") == "ValueError: the file is gone"
