"""On PostgreSQL the application runs under a role that may only add to the books; waits and deadlocks are survived."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.conftest import DATABASES
from tests.factories import ledger
from tests.servers import APPLICATION, OWNER, as_owner, owner_url
from timebank.core.db import db, engines, roles, transaction, transactions
from timebank.core.errors import Busy
from timebank.ledger.roles import tables, warnings

SCRATCH = "CREATE TABLE scratch (id integer PRIMARY KEY, n integer NOT NULL)"


WITH_ROLES = [engine for engine in DATABASES if engine == "postgresql"]  # SQLite has no roles


@pytest.fixture(params=WITH_ROLES)
def database_url(request: pytest.FixtureRequest, databases: Callable[[str], Any]) -> Iterator[str]:
    with databases(request.param).fresh() as url:
        yield url


@pytest.fixture
def postgres(app: Flask) -> Flask:
    return app


def refused(statement: str) -> str:
    """What the application's role is told; "" when it may."""
    try:
        db.session.execute(text(statement))
    except DBAPIError as error:
        return str(error.orig)
    finally:
        db.session.rollback()
    return ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_account SET posted = 1",
        "UPDATE ledger_account SET state = 'frozen'",
        "DELETE FROM ledger_account",
        "DELETE FROM transfer",
        "UPDATE entry SET balance = 1",
        "UPDATE seal SET leaves = 1",
        "TRUNCATE transfer CASCADE",
        "UPDATE audit_event SET action = 'x'",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE TABLE mine (id integer)",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE transfer DISABLE TRIGGER USER",
        "ALTER TABLE ledger_account DROP CONSTRAINT ck_ledger_account_insufficient",
        "DROP TRIGGER transfer_apply ON transfer",
        "ALTER FUNCTION ledger_apply() SECURITY INVOKER",
        "SET session_replication_role = replica",
        "LOCK TABLE ledger_account IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_the_application_may_not(postgres, statement):
    run_as_owner("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    words = refused(statement)
    assert "permission denied" in words or "must be owner" in words


def test_a_trigger_of_its_own_is_no_way_into_the_books(postgres):
    with as_owner(db.engine) as connection:  # a copy of a database does not bring its rights along
        connection.execute(text(f"GRANT TEMPORARY ON DATABASE {db.engine.url.database} TO PUBLIC"))
    assert not refused("CREATE TEMPORARY TABLE mine (id integer)")
    assert "may make temporary tables" in warnings(db.session.connection())[0]
    db.session.rollback()
    with as_owner(db.engine) as connection:
        roles.grant(connection, APPLICATION, tables())
    assert warnings(db.session.connection()) == []
    db.session.rollback()
    assert "permission denied" in refused("CREATE TEMPORARY TABLE mine (id integer)")


def test_it_may_do_its_work(postgres):
    payer, receiver = ledger.member(1, 100), ledger.member(2)
    ledger.pay(payer, receiver, 60)
    ledger.promise(payer, receiver, 10)
    assert refused("UPDATE person SET version = version") == ""


def run_as_owner(*statements: str) -> None:
    with as_owner(db.engine) as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_grant_takes_away_what_is_too_much_and_may_be_repeated(postgres):
    run_as_owner(
        f"GRANT UPDATE ON transfer TO {APPLICATION}", f"GRANT UPDATE (posted) ON ledger_account TO {APPLICATION}"
    )
    assert roles.too_powerful(db.session.connection(), tables()) == ["ledger_account", "transfer"]
    db.session.rollback()
    for _ in range(2):
        with as_owner(db.engine) as connection:
            roles.grant(connection, APPLICATION, tables())
    assert roles.too_powerful(db.session.connection(), tables()) == []
    assert roles.too_weak(db.session.connection(), tables()) == []


def test_a_table_that_comes_later_can_be_added_to_and_gets_the_rest_by_the_next_grant(postgres):
    run_as_owner(SCRATCH)
    assert refused("INSERT INTO scratch VALUES (1, 0)") == ""
    assert "permission denied" in refused("UPDATE scratch SET n = 1")
    with as_owner(db.engine) as connection:
        roles.grant(connection, APPLICATION, tables())
    assert refused("UPDATE scratch SET n = 1") == ""


def test_the_command_grants_as_the_owner(postgres):
    run_as_owner(f"REVOKE ALL ON person FROM {APPLICATION}")
    postgres.config["TIMEBANK_OWNER_URL"] = owner_url(db.engine.url)
    runner = postgres.test_cli_runner()
    assert runner.invoke(args=["db", "grant", APPLICATION]).exit_code == 0
    assert refused("UPDATE person SET version = version") == ""
    assert "owner's own role" in runner.invoke(args=["db", "grant", OWNER]).output


def test_the_self_check_warns_of_a_role_that_owns_the_books(postgres):
    assert warnings(db.session.connection()) == []
    with as_owner(db.engine) as connection:
        (warning,) = warnings(connection)
    assert "transfer" in warning
    assert "flask db grant" in warning


# -- waiting -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_rows(postgres: Flask) -> Flask:
    run_as_owner(SCRATCH, "INSERT INTO scratch VALUES (1, 0), (2, 0)", f"GRANT ALL ON scratch TO {APPLICATION}")
    return postgres


def add_one(row: int) -> None:
    db.session.execute(text("UPDATE scratch SET n = n + 1 WHERE id = :id"), {"id": row})


def sums() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(text("SELECT n FROM scratch ORDER BY id")))


def test_a_deadlock_is_survived_by_both(two_rows, at_once):
    meet = threading.Barrier(2)
    tries: list[int] = []

    @transaction
    def both(first: int, second: int) -> None:
        tries.append(first)
        add_one(first)
        if len(tries) <= 2:
            meet.wait(20)
        add_one(second)

    assert at_once(lambda: both(1, 2), lambda: both(2, 1)) == [None, None]
    assert len(tries) > 2  # PostgreSQL ended one of them
    assert sums() == [2, 2]


@pytest.fixture
def impatient(postgres: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engines.SETTINGS, "lock_timeout", "200ms")
    db.session.remove()
    db.engine.dispose()


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_is_not_given_is_asked_for_again(two_rows, at_once):
    held, tries = threading.Event(), []

    @transaction
    def hold() -> None:
        add_one(1)
        held.set()
        until_tried_twice(tries)

    @transaction
    def wait() -> None:
        held.wait(20)
        tries.append(1)
        add_one(1)

    assert at_once(hold, wait) == [None, None]
    assert sums() == [2, 0]


def until_tried_twice(tries: list[Any]) -> None:
    for _ in range(2000):
        if len(tries) > 1:
            return
        threading.Event().wait(0.01)


@pytest.mark.usefixtures("impatient")
def test_who_never_gets_the_lock_is_told_busy(two_rows, at_once, monkeypatch):
    monkeypatch.setattr(transactions, "ENOUGH", 0.5)
    held, over = threading.Event(), threading.Event()

    @transaction
    def hold() -> None:
        add_one(1)
        held.set()
        over.wait(60)

    @transaction
    def wait() -> None:
        held.wait(20)
        add_one(1)

    def waits() -> None:
        try:
            wait()
        finally:
            over.set()

    answers = at_once(hold, waits)
    assert isinstance(answers[1], Busy)
    assert sums() == [1, 0]
