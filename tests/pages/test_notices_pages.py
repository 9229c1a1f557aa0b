"""One's own messages, the outbox, and the page of jobs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from tests.conftest import DATABASES, Counter
from tests.factories.town import account_of, admin, auditor, broker, member, person, town
from tests.pages.client import CheckingClient
from tests.servers import APPLICATION, as_owner
from timebank.core.db import db
from timebank.jobs import service as jobs
from timebank.jobs.models import JobLease
from timebank.jobs.today import tasks as job_tasks
from timebank.notices.models import Notice
from timebank.notices.service import tell
from timebank.notices.today import tasks

SignIn = Callable[[CheckingClient, int], CheckingClient]


@pytest.fixture
def zhang(app: Flask) -> int:
    town()
    return person()


def test_one_reads_ones_messages(client: CheckingClient, sign_in: SignIn, zhang: int, statements: Counter) -> None:
    tell(zhang, "grant_given", path="/my/account", granted_minutes=240, month="2026-03")
    tell(zhang, "donation_thanks", donated_minutes=60)
    me = member(zhang)
    sign_in(client, account_of(me))
    with statements(12):
        page = client.get("/my/notices").text
    assert "4 h" in page
    assert "2 new messages" in page
    assert [task.count for task in tasks(me)] == [2]
    first = db.session.scalar(select(Notice.id).where(Notice.path != ""))
    assert client.post(f"/my/notices/{first}/open").location == "/my/account"
    assert "1 new message" in client.get("/my/notices").text
    client.post("/my/notices/read", data={"key": "k"})
    assert "No new messages" in client.get("/my/notices").text


def test_many_messages_go_on_by_key(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    for _ in range(30):
        tell(zhang, "donation_thanks", donated_minutes=60)
    sign_in(client, account_of(member(zhang)))
    following = re.search(r'rel="next" href="([^"]+)"', client.get("/my/notices").text)
    assert following
    assert client.get(following[1]).text.count("<article") == 5


def test_the_outbox_shows_what_failed_and_sends_it_again(client: CheckingClient, sign_in: SignIn, zhang: int) -> None:
    tell(zhang, "donation_thanks", donated_minutes=60)
    db.session.execute(update(Notice).values(state="failed", attempts=6, error="no route"))
    db.session.commit()
    worker = broker()
    assert [task.count for task in tasks(worker)] == [1]
    sign_in(client, account_of(worker))
    assert "no route" in client.get("/notices?state=failed").text
    notice = db.session.scalar(select(Notice.id))
    assert client.post(f"/notices/{notice}/again", data={"key": "k"}).status_code == 303
    assert "No messages here" in client.get("/notices?state=failed").text
    assert "waiting" in client.get(f"/notices?person={zhang}").text


def test_the_page_of_jobs_says_how_each_went(
    client: CheckingClient, sign_in: SignIn, zhang: int, statements: Counter
) -> None:
    jobs.run(jobs.job_named("send_notices"), force=True)
    sign_in(client, account_of(auditor()))
    with statements(10):
        page = client.get("/jobs").text
    assert "0 sent, 0 not sent" in page
    assert "Run now" not in page
    assert "0 sent, 0 not sent" in client.get("/jobs/send_notices").text


def test_a_job_is_started_by_a_button_and_runs_in_the_background(
    client: CheckingClient, sign_in: SignIn, zhang: int
) -> None:
    sign_in(client, account_of(admin()))
    assert "Run now" in client.get("/jobs").text
    assert client.post("/jobs/sweep/run", data={"key": "k"}).location == "/jobs/sweep"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and "kept answers" not in client.get("/jobs/sweep").text:
        time.sleep(0.1)
    assert "kept answers" in client.get("/jobs/sweep").text


def test_the_jobs_page_warns_of_a_server_that_would_forget(
    app: Flask, client: CheckingClient, zh_client: CheckingClient, sign_in: SignIn, zhang: int
) -> None:
    forgets = db.engine.dialect.name == "postgresql"  # the tests' server does without fsync
    for one in (client, zh_client):
        assert ("fsync" in sign_in(one, account_of(admin())).get("/jobs").text) == forgets
    told = app.test_cli_runner().invoke(args=["ledger", "selfcheck"]).stderr
    assert ("runs with fsync=off" in told) == forgets


@pytest.mark.parametrize("database_url", [engine for engine in DATABASES if engine == "postgresql"], indirect=True)
def test_the_jobs_page_warns_of_a_database_role_that_may_change_the_books(
    client: CheckingClient, zh_client: CheckingClient, sign_in: SignIn, zhang: int
) -> None:
    for one in (client, zh_client):
        sign_in(one, account_of(admin()))
    assert "flask db grant" not in client.get("/jobs").text
    with as_owner(db.engine) as connection:
        connection.execute(text(f"GRANT UPDATE ON transfer TO {APPLICATION}"))
    assert "Give it a database role of its own: flask db grant NAME" in client.get("/jobs").text
    assert "flask db grant" in zh_client.get("/jobs").text


def test_a_failed_job_stands_on_the_first_page(app: Flask, zhang: int) -> None:
    db.session.add(JobLease(name="sweep", last_ok=False, runs=1, failures=1))
    db.session.commit()
    with app.test_request_context():
        assert [task.url for task in job_tasks(admin())] == ["/jobs/sweep"]
        assert job_tasks(broker()) == []
