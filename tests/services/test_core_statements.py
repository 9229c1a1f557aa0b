"""Statements sent by themselves: SQLite's share a turn, PostgreSQL's a connection at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import NullPool, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.factories import ledger
from tests.services.group_process import INSERT, application
from tests.services.test_core_group_commit import kept, until
from timebank.core.db import db, group, init_app, one_statement, transaction
from timebank.core.db.engines import statement_connections
from timebank.core.errors import DiskFull, Refused


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A small application on a SQLite file of its own; a slow machine makes no batch too old."""
    monkeypatch.setattr(group, "LONGEST", 30.0)
    app = application(f"sqlite:///{tmp_path / 'bank.db'}")
    with app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE kept (name TEXT PRIMARY KEY, filling BLOB)")
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def commits(bank: Flask) -> list[str]:
    seen: list[str] = []
    event.listen(db.engine, "commit", lambda connection: seen.append("commit"))
    return seen


def send_together(bank: Flask, *works: Callable[[Connection], Any]) -> list[Any]:
    """Each work in a thread of its own, all in one transaction: the first holds the turn until the others have come."""
    waiting = group.writer_of(db.engine)._errands._waiting  # type: ignore[union-attr]
    answers: list[Any] = [None] * len(works)
    begun = threading.Event()

    def hold_the_turn(_connection: Connection) -> None:
        if not begun.is_set():  # should it be tried again, nobody waits
            begun.set()
            until(lambda: len(waiting) == len(works))

    def run(place: int, work: Callable[[Connection], Any]) -> None:
        with bank.app_context():
            try:
                answers[place] = one_statement(work) or "done"
            except Exception as error:
                answers[place] = error

    leader = threading.Thread(target=lambda: in_context(bank, lambda: one_statement(hold_the_turn)))
    leader.start()
    assert begun.wait(20)
    threads = [threading.Thread(target=run, args=facts) for facts in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in (leader, *threads):
        thread.join(30)
    return answers


def in_context(bank: Flask, work: Callable[[], Any]) -> None:
    with bank.app_context():
        work()


def insert(name: str) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(INSERT, {"name": name}).rowcount


def test_statements_that_wait_share_one_commit(bank, commits):
    before = len(commits)
    assert send_together(bank, insert("a"), insert("b"), insert("c")) == [1, 1, 1]
    assert len(commits) - before == 1
    assert kept() == {"a", "b", "c"}


def test_a_statement_that_is_refused_hears_it_itself_and_the_others_are_kept(bank):
    one_statement(insert("taken"))
    answers = send_together(bank, insert("a"), insert("taken"), insert("b"))
    assert [type(answer) for answer in answers] == [int, IntegrityError, int]
    assert kept() == {"taken", "a", "b"}


def test_who_wrote_before_it_was_refused_leaves_nothing_and_the_others_try_again(bank):
    def write_and_refuse(connection: Connection) -> None:
        connection.execute(INSERT, {"name": "never"})
        raise Refused("never")

    answers = send_together(bank, insert("a"), write_and_refuse, insert("b"))
    assert [type(answer) for answer in answers] == [int, Refused, int]
    assert kept() == {"a", "b"}


def test_a_full_disk_is_told_as_such_and_nothing_is_kept(bank):
    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # of this connection, which is given up
        connection.exec_driver_sql("INSERT INTO kept VALUES ('large', zeroblob(1000000))")

    for way in (one_statement, lambda work: transaction(lambda: work(db.session.connection()))()):
        with pytest.raises(DiskFull):
            way(fill)
    one_statement(insert("afterwards"))
    assert kept() == {"afterwards"}


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


def paid(amount: int = 1) -> Any:
    return ledger.pay(*PAIR, amount)


PAIR: list[int] = []


@pytest.fixture
def members(app: Flask) -> None:
    PAIR[:] = [ledger.member(1, 100), ledger.member(2)]
    db.session.remove()


def backend() -> int:
    return int(
        statement_connections(db.engine).run(lambda one: one.exec_driver_sql("SELECT pg_backend_pid()").scalar())
    )


def end(*backends: int) -> None:
    with db.engine.connect() as connection:
        for one in backends:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": one})


@pytest.mark.usefixtures("members")
def test_a_posting_by_itself_opens_no_session_and_takes_one_round_trip(statements):
    paid()
    db.session.remove()
    with statements(0):  # the bare driver sends it
        paid()
    assert not db.session.registry.has()


@pytest.mark.usefixtures("members")
def test_a_connection_is_kept_at_hand_and_one_that_was_cut_is_not(app):
    if db.engine.dialect.name == "sqlite":
        return
    paid()
    first = backend()
    assert backend() == first
    end(first)
    with pytest.raises(DBAPIError):
        paid()
    assert paid()
    assert backend() != first


@pytest.mark.usefixtures("members")
def test_words_are_kept_as_they_were_written_and_a_nul_is_refused(app):
    if db.engine.dialect.name == "sqlite":
        return
    memo = "照护 \N{WOMAN} \\ ' % $1 :x {}"
    receipt = ledger.pay(*PAIR, 1, memo=memo)
    found = text("SELECT memo FROM transfer WHERE id = :id")
    assert db.session.execute(found, {"id": receipt.id}).scalar() == memo
    with pytest.raises(DBAPIError):
        ledger.pay(*PAIR, 1, memo="\x00")


@pytest.mark.usefixtures("members")
def test_connections_for_statements_are_made_with_the_options_of_the_application(app):
    if db.engine.dialect.name == "sqlite":
        return
    other = Flask("other")
    other.config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    other.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "connect_args": {"application_name": "told"},
        "poolclass": NullPool,
    }
    init_app(other)
    with other.app_context():
        ask = "SELECT current_setting('application_name')"
        parked = statement_connections(db.engine)
        assert parked.run(lambda connection: connection.exec_driver_sql(ask).scalar()) == "told"
        assert not parked.idle
        db.engine.dispose()


def test_a_database_without_room_is_told_as_such(app):
    if db.engine.dialect.name == "sqlite":
        return
    full = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file'; END $$"
    with pytest.raises(DiskFull):
        transaction(lambda: db.session.execute(text(full)))()
