"""The one way to write: all or nothing, once per key, alone while it writes."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

from tests.conftest import DATABASES
from tests.servers import as_owner
from timebank.core import audit, parameters
from timebank.core.audit import AuditEvent
from timebank.core.authority import Actor
from timebank.core.command import CommandRecord, command
from timebank.core.db import db, transaction
from timebank.core.errors import Conflict, NotFound, Refused
from timebank.core.parameters import Parameter

ACTOR = Actor(account_id=7, name="test")


@command
def note(actor: Actor, words: str, *, key: str | None = None) -> int:
    """Adds a row and says how many there are."""
    audit.record(actor, "note", "test", words)
    db.session.flush()
    if words == "wrong":
        raise Refused("wrong")
    return db.session.scalar(select(func.count(AuditEvent.id))) or 0


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(AuditEvent.id))) or 0


def test_a_retry_with_the_same_key_gives_the_same_answer_and_writes_nothing(app: Flask) -> None:
    assert note(ACTOR, "a", key="k1") == 1
    note(ACTOR, "b", key="k2")
    assert note(ACTOR, "a", key="k1") == 1
    assert count() == 2


def test_the_same_key_with_other_content_is_a_conflict(app: Flask) -> None:
    note(ACTOR, "a", key="k1")
    with pytest.raises(Conflict) as refusal:
        note(ACTOR, "b", key="k1")
    assert refusal.value.code == "key_reused"
    assert count() == 1


def test_two_people_may_use_the_same_key(app: Flask) -> None:
    note(ACTOR, "a", key="k1")
    note(Actor(account_id=8), "b", key="k1")
    assert count() == 2


def test_a_refusal_leaves_no_trace_and_its_key_can_be_used_again(app: Flask) -> None:
    with pytest.raises(Refused):
        note(ACTOR, "wrong", key="k1")
    assert count() == 0
    assert db.session.scalar(select(func.count(CommandRecord.key))) == 0


def test_an_inner_command_is_undone_with_the_outer_one(app: Flask) -> None:
    @transaction
    def outer() -> None:
        note(ACTOR, "a", key="k1")
        raise Refused("later")

    with pytest.raises(Refused):
        outer()
    assert count() == 0


@pytest.mark.concurrency
def test_eight_at_once_with_one_key_write_once(app: Flask) -> None:
    answers: list[object] = []
    start = threading.Barrier(8)

    def send() -> None:
        with app.app_context():
            start.wait()
            try:
                answers.append(note(ACTOR, "a", key="storm"))
            except Exception as error:
                answers.append(error)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1] * 8
    assert count() == 1


def test_a_missing_table_is_named_and_not_taken_for_a_crowd_whatever_it_is_called(app: Flask) -> None:
    tries = []

    @transaction
    def read() -> None:
        tries.append(1)
        db.session.execute(text("SELECT * FROM busy_and_locked"))

    with pytest.raises(DatabaseError, match="busy_and_locked"):
        read()
    assert len(tries) == 1


# PostgreSQL locks rows, not the file: tests/services/test_core_roles.py
@pytest.mark.parametrize("database_url", [engine for engine in DATABASES if engine == "sqlite"], indirect=True)
def test_a_locked_file_is_tried_again(app: Flask) -> None:
    file = db.engine.url.database or ""
    tries = []

    @transaction
    def write() -> int:
        tries.append(1)
        if len(tries) == 1:
            _meet_the_lock(file)
        return note(ACTOR, "a")

    assert write() == 1
    assert len(tries) == 2


def _meet_the_lock(file: str) -> None:
    """What SQLite itself says to a second writer while a transaction is open."""
    second = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        second.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise OperationalError("BEGIN IMMEDIATE", {}, error) from error
    finally:
        second.close()


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_the_database_itself_refuses_to_change_the_audit(app: Flask, statement: str) -> None:
    note(ACTOR, "a")
    with pytest.raises(DatabaseError, match="append-only"), as_owner(db.engine) as connection:
        connection.execute(text(statement))
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        db.session.execute(text(statement))
    assert count() == 1


def _set(key: str, scope: str, day: date, value: object) -> None:
    db.session.add(Parameter(key=key, scope=scope, valid_from=day, value=value))
    db.session.commit()


def test_the_narrowest_scope_and_the_latest_day_win(app: Flask) -> None:
    _set("tb.x", "", date(2020, 1, 1), 1)
    _set("tb.x", "city:3201", date(2020, 1, 1), 2)
    _set("tb.x", "city:3201", date(2026, 1, 1), 3)
    _set("tb.x", "", date(2026, 6, 1), 4)
    assert parameters.values(["city:3201"], date(2025, 12, 31))["tb.x"] == 2
    assert parameters.values(["city:3201"], date(2026, 12, 31))["tb.x"] == 3
    assert parameters.values([], date(2026, 12, 31))["tb.x"] == 4


def test_a_rule_without_a_value_is_named(app: Flask) -> None:
    with pytest.raises(NotFound) as refusal:
        parameters.values([], date(2026, 1, 1)).number("tb.none")
    assert refusal.value.facts == {"key": "tb.none"}
