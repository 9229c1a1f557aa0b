"""The threads of a process share SQLite's commits; nobody is told that something is kept before it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.orm.exc import StaleDataError

from tests.services.group_process import INSERT, application
from timebank.core.audit import AuditEvent
from timebank.core.db import WRITE, Model, db, group, one_statement, transaction, writing
from timebank.core.errors import Busy, DiskFull, Refused

TABLES = (
    "CREATE TABLE kept (name TEXT PRIMARY KEY, filling BLOB)",
    "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Flask]:
    """A small application on a SQLite file of its own, with its context pushed."""
    app = application(f"sqlite:///{tmp_path / 'bank.db'}")
    with app.app_context():
        with db.engine.begin() as connection:
            for statement in TABLES:
                connection.exec_driver_sql(statement)
            Model.metadata.create_all(connection, tables=[Model.metadata.tables["audit_event"]])
        yield app
        db.session.remove()
        db.engine.dispose()


def keep(name: str) -> None:
    db.session.execute(INSERT, {"name": name})


def kept() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(text("SELECT name FROM kept")))


@pytest.fixture
def together(bank: Flask) -> Callable[..., list[Any]]:
    """`together(f, g, h)`: each in a thread of its own, in this order, as members of one transaction.

    A first member holds the turn until all the others wait.  An error is returned, not raised.
    """

    def together(*bodies: Callable[[], Any]) -> list[Any]:
        answers: list[Any] = [None] * len(bodies)
        turns = group.writer_of(db.engine)._turns  # type: ignore[union-attr]

        def run(place: int, body: Callable[[], Any]) -> None:
            with bank.app_context():
                try:
                    answers[place] = transaction(body)()
                except Exception as error:
                    answers[place] = error

        all_wait = threading.Event()

        def hold_the_turn() -> None:
            until(lambda: all_wait.is_set() or len(turns._waiting) == len(bodies))
            all_wait.set()  # should it be tried again, the others wait no more

        def first() -> None:
            with bank.app_context():
                transaction(hold_the_turn)()

        threads = [threading.Thread(target=first)]
        threads[0].start()
        until(lambda: turns._taken)
        for place, body in enumerate(bodies):
            threads.append(threading.Thread(target=run, args=(place, body)))
            threads[-1].start()
            if place + 1 < len(bodies):  # with the last one the queue begins to move
                until(lambda n=place: len(turns._waiting) == n + 1)  # type: ignore[misc]
        for thread in threads:
            thread.join(60)
        return answers

    return together


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are not closed because a slow machine let them grow old."""
    monkeypatch.setattr(group, "LONGEST", 30.0)


@pytest.fixture
def commits(bank: Flask) -> list[str]:
    seen: list[str] = []
    event.listen(db.engine, "commit", lambda connection: seen.append("commit"))
    return seen


# -- one commit for many -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("patient")
def test_nine_that_wait_share_one_commit(together, commits):
    assert together(*[lambda n=n: keep(f"row {n}") for n in range(8)]) == [None] * 8
    assert kept() == {f"row {n}" for n in range(8)}
    assert len(commits) == 1


@pytest.mark.usefixtures("patient")
def test_a_member_that_fails_takes_only_its_own_work_with_it(together, commits):
    def fail() -> None:
        keep("never")
        raise Refused("never")

    answers = together(lambda: keep("a"), fail, lambda: keep("b"), lambda: keep("a"), lambda: keep("c"))
    assert [type(answer) for answer in answers] == [type(None), Refused, type(None), IntegrityError, type(None)]
    assert kept() == {"a", "b", "c"}
    assert len(commits) == 1


@pytest.mark.usefixtures("patient")
def test_a_full_transaction_is_committed_while_others_still_wait(together, commits, monkeypatch):
    monkeypatch.setattr(group, "MOST", 3)
    together(*[lambda n=n: keep(f"row {n}") for n in range(8)])
    assert len(commits) == 3  # the first and two, three, three


def test_an_old_transaction_is_committed_while_others_still_wait(together, commits, monkeypatch):
    monkeypatch.setattr(group, "LONGEST", 0.0)
    together(*[lambda n=n: keep(f"row {n}") for n in range(4)])
    assert len(commits) == 5


@pytest.mark.usefixtures("patient")
def test_when_the_commit_fails_nobody_is_told_it_is_done_and_only_the_spoiler_fails_in_the_end(together, bank):
    def spoil() -> None:
        db.session.execute(text("INSERT INTO child VALUES (1, 4711)"))  # found out at the commit

    held: list[AuditEvent] = []  # the session keeps what somebody else holds

    def audited() -> None:
        assert not list(db.session)  # what the first attempt added is forgotten
        held.append(AuditEvent(account_id=1, action="note", subject_type="test", subject_id="1"))
        db.session.add(held[-1])

    attempts: list[str] = []
    event.listen(db.engine, "commit", lambda connection: attempts.append("commit"))
    answers = together(lambda: keep("a"), spoil, audited)
    assert [type(answer) for answer in answers] == [type(None), IntegrityError, type(None)]
    assert len(attempts) > 3  # one for all, which failed, then each alone
    assert kept() == {"a"}
    assert db.session.scalar(text("SELECT count(*) FROM audit_event")) == 1
    assert db.session.scalar(text("SELECT count(*) FROM child")) == 0


# -- a database that gives way -----------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(bank: Flask) -> None:
    """The file may grow by 40 pages and no further."""

    def limit(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 40}")

    event.listen(db.engine, "connect", limit)
    db.engine.dispose()


def fill(name: str) -> None:
    db.session.execute(text("INSERT INTO kept VALUES (:name, zeroblob(1000000))"), {"name": name})


@pytest.mark.usefixtures("patient", "small_disk")
def test_a_full_disk_undoes_everybody_and_whoever_fits_is_done_again(together):
    answers = together(lambda: keep("a"), lambda: fill("too much"), lambda: keep("b"))
    assert [type(answer) for answer in answers] == [type(None), DiskFull, type(None)]
    assert kept() == {"a", "b"}


@pytest.mark.usefixtures("patient", "small_disk")
def test_what_is_written_after_the_disk_was_full_is_not_kept_by_halves(together):
    def go_on() -> None:
        keep("before")
        try:
            fill("too much")
        except OperationalError:
            keep("after")

    answers = together(lambda: keep("a"), go_on)
    assert answers[0] is None
    assert isinstance(answers[1], (OperationalError, PendingRollbackError))
    assert kept() == {"a"}


@pytest.mark.usefixtures("patient", "small_disk")
def test_who_overlooks_that_the_disk_was_full_is_not_told_that_it_is_done(together):
    def overlook() -> None:
        keep("before")
        with suppress(OperationalError):
            fill("too much")

    answers = together(lambda: keep("a"), overlook)
    assert answers[0] is None
    assert isinstance(answers[1], Exception)
    assert kept() == {"a"}


def test_a_transaction_that_is_gone_is_not_taken_for_committed(bank):
    connection = db.engine.connect().execution_options(**{WRITE: True})
    connection.begin()
    connection.connection.cursor().execute("ROLLBACK")
    batch = group.Batch(connection, alone=False)
    batch.settle()
    with pytest.raises(group.NotKept):
        batch.result(None)


def test_who_waits_too_long_for_a_turn_is_told_busy_and_disturbs_nobody(bank, monkeypatch):
    monkeypatch.setattr(group, "PATIENCE", 0.05)
    entered, leave = threading.Event(), threading.Event()

    @transaction
    def slow() -> None:
        keep("slow")
        entered.set()
        leave.wait(20)

    def run() -> None:
        with bank.app_context():
            slow()

    thread = threading.Thread(target=run)
    thread.start()
    entered.wait(20)
    with pytest.raises(Busy):
        transaction(lambda: keep("late"))()
    leave.set()
    thread.join(20)
    transaction(lambda: keep("later"))()
    assert kept() == {"slow", "later"}


# -- what a body may do ------------------------------------------------------------------------------------------------


def test_a_rollback_inside_a_body_undoes_what_it_did_so_far_and_it_may_go_on(bank):
    def body() -> None:
        keep("undone")
        db.session.rollback()
        assert writing()
        keep("done")

    transaction(body)()
    assert kept() == {"done"}


def test_a_savepoint_inside_a_body_undoes_only_itself(bank):
    def body() -> None:
        keep("a")
        with pytest.raises(IntegrityError), db.session.begin_nested():
            keep("a")
        transaction(lambda: keep("b"))()

    transaction(body)()
    assert kept() == {"a", "b"}


def test_a_row_that_somebody_else_changed_is_looked_at_again(bank):
    tries: list[int] = []

    def body() -> None:
        tries.append(1)
        keep(f"try {len(tries)}")
        if len(tries) < 3:
            raise StaleDataError("changed meanwhile")

    transaction(body)()
    assert kept() == {"try 3"}


def test_a_transaction_of_another_session_inside_a_body_is_an_error_and_not_a_wait_for_ever(bank):
    def body() -> None:
        with bank.app_context():
            transaction(lambda: keep("inner"))()

    with pytest.raises(RuntimeError, match="waits for itself"):
        transaction(body)()
    transaction(lambda: keep("outer"))()
    assert kept() == {"outer"}


def test_one_statement_that_is_refused_keeps_nothing_and_the_next_is_kept(bank):
    def insert_and_fail(connection: Connection) -> None:
        connection.execute(INSERT, {"name": "never"})
        raise Refused("never")

    with pytest.raises(Refused):
        one_statement(insert_and_fail)
    one_statement(lambda connection: connection.execute(INSERT, {"name": "kept"}).rowcount)
    assert kept() == {"kept"}


def test_who_is_stopped_before_the_first_is_taken_still_does_its_work(bank, monkeypatch):
    monkeypatch.setattr(group, "LONGEST", 0.0)
    for number in range(3):
        one_statement(lambda connection, n=number: connection.execute(INSERT, {"name": f"late {n}"}).rowcount)
    assert kept() == {"late 0", "late 1", "late 2"}


def test_one_statement_inside_a_transaction_is_undone_with_it(bank):
    def body() -> None:
        one_statement(lambda connection: connection.execute(INSERT, {"name": "a"}).rowcount)
        raise Refused("later")

    with pytest.raises(Refused):
        transaction(body)()
    assert kept() == set()
