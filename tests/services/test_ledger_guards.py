"""A person with an SQL prompt: the database itself refuses to bend the books."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.factories import ledger
from tests.factories.ledger import CLOCK, TENANT, key
from tests.servers import as_owner
from timebank.core.db import db
from timebank.ledger import ddl, queries, selfcheck, service
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import verify
from timebank.ledger.service.sealing import seal

T = TENANT


@pytest.fixture
def accounts(app):
    """Two accounts, a payment, an open hold, a seal and a changed limit."""
    elder, volunteer = ledger.member(1, 600), ledger.member(2)
    ledger.pay(elder, volunteer, 90)
    ledger.promise(elder, volunteer, 60)
    seal(T)
    service.change_limits(CLOCK, service.LimitChange(T, volunteer, -60, None, "open", "new member"), key=key())
    return elder, volunteer


def refused(statement: str) -> str:
    """Runs it as the owner at a prompt could; the words of the database, or "" when it went through."""
    db.session.commit()
    try:
        with as_owner(db.engine) as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        return str(error.orig)
    return ""


TABLES = ("transfer", "entry", "seal", "seal_leaf", "ledger_limit_change")


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_never_changed_or_deleted(accounts, table):
    assert "append_only" in refused(f"UPDATE {table} SET tenant_id = tenant_id")
    assert "append_only" in refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_never_emptied(accounts, table):
    if db.engine.dialect.name == "postgresql":
        assert "append_only" in refused(f"TRUNCATE {table} CASCADE")
        assert "append_only" in refused("TRUNCATE ledger_account CASCADE")


@pytest.mark.parametrize(
    "change",
    [
        "posted = posted + 1",
        "held = 0",
        "seq = seq + 1",
        "seq = seq + 1, posted = posted + 60",
        "floor = -6000",
        "floor = NULL",
        "ceiling = 10",
        "state = 'closed'",
        "owner_id = owner_id + 1",
        "kind = 'fund'",
        "unit = 'sku:gold'",
    ],
)
def test_an_account_changes_only_through_a_transfer(accounts, change):
    assert "only_by_transfer" in refused(f"UPDATE ledger_account SET {change}")
    assert queries.balance(T, accounts[0]).available == 450


def test_an_account_is_not_deleted_and_not_born_rich(accounts):
    assert "append_only" in refused("DELETE FROM ledger_account")
    born = (
        "INSERT INTO ledger_account (tenant_id, id, unit, kind, owner_id, posted, held, floor, seq, state, created_at)"
        " VALUES (3201, 5, 'min', 'member', 99, 600, 0, 0, 0, 'open', '2026-01-01 00:00:00')"
    )
    assert "only_by_transfer" in refused(born)


def test_an_entry_is_not_written_by_hand(accounts):
    forged = (
        "INSERT INTO entry (tenant_id, account_id, seq, transfer_id, amount, balance)"
        " SELECT tenant_id, account_id, seq + 1, transfer_id, 60, balance + 60 FROM entry WHERE amount = 90"
    )
    assert "only_by_transfer" in refused(forged)


SQLITE_TRICKS = [
    "INSERT OR REPLACE INTO entry SELECT tenant_id, account_id, seq, transfer_id, amount + 1, balance + 1 FROM entry",
    "UPDATE OR IGNORE entry SET amount = amount + 1",
    "INSERT OR REPLACE INTO seal SELECT tenant_id, n, root, root, leaves, sealed_at, signature FROM seal",
    "INSERT OR REPLACE INTO seal_leaf SELECT tenant_id, transfer_id, n, idx, x'00' FROM seal_leaf",
    "INSERT OR REPLACE INTO ledger_limit_change SELECT * FROM ledger_limit_change",
]


@pytest.mark.parametrize("statement", SQLITE_TRICKS)
def test_replacing_rows_is_refused_where_it_would_fire_no_delete_trigger(accounts, statement):
    if db.engine.dialect.name == "sqlite":
        assert "ledger:" in refused(statement)


def test_replacing_a_transfer_or_account_does_nothing(accounts):
    if db.engine.dialect.name != "sqlite":
        return
    assert refused("INSERT OR REPLACE INTO transfer SELECT * FROM transfer") == ""
    assert refused("INSERT OR REPLACE INTO ledger_account SELECT * FROM ledger_account") == ""
    with snapshot() as connection:
        assert verify(connection).sound


OVERDRAFT = (
    "INSERT {how} INTO transfer (tenant_id, id, kind, debit_id, credit_id, amount, idem_key, req_hash, event_at,"
    " actor_name, purpose, memo, created_at) SELECT tenant_id, '0192f0c0000070008000000000000001', 'post', debit_id,"
    " credit_id, 100000, 'mine', req_hash, event_at, '', 'gift', '', created_at FROM transfer WHERE amount = 90"
)


def test_a_transfer_by_hand_obeys_the_floor(accounts):
    hows = ("", "OR IGNORE", "OR REPLACE") if db.engine.dialect.name == "sqlite" else ("",)
    for how in hows:
        statement = OVERDRAFT.format(how=how)
        if not how and db.engine.dialect.name == "postgresql":
            statement = statement.replace("'0192f0c0000070008000000000000001'", "gen_random_uuid()")
        assert "insufficient_time" in refused(statement)
    assert queries.balance(T, accounts[0]).available == 450


# -- the guard of the guards -------------------------------------------------------------------------------------------


def problems() -> list[str]:
    db.session.commit()
    with snapshot() as connection:
        return selfcheck.problems(connection)


def do(statement: str) -> None:
    with as_owner(db.engine) as connection:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def test_a_fresh_database_is_guarded_as_shipped(app):
    assert problems() == []


def test_every_missing_trigger_is_named(app):
    dialect = db.engine.dialect.name
    for definition in ddl.definitions(dialect):
        if definition.kind != "trigger":
            continue
        do(definition.drop(dialect))
        assert problems() == [f"trigger {definition.name} is missing"]
        do(definition.sql)
    assert problems() == []


def test_a_trigger_that_lets_everything_through_is_noticed(app):
    if db.engine.dialect.name == "sqlite":
        do("DROP TRIGGER entry_no_update")
        do("CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END")
        assert problems() == ["trigger entry_no_update is not the shipped one"]
        return
    do(
        "CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NULL; END $$"
    )
    do("ALTER TABLE entry DISABLE TRIGGER entry_append_only")
    assert problems() == [
        "function ledger_append_only is not the shipped one",
        "trigger entry_append_only is missing",
    ]


def test_a_foreign_trigger_is_noticed(app):
    if db.engine.dialect.name == "sqlite":
        do("CREATE TRIGGER gift AFTER INSERT ON transfer BEGIN SELECT 1; END")
    else:
        do("CREATE FUNCTION gift() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
        do("CREATE TRIGGER gift AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION gift()")
    assert problems() == ["trigger gift is unknown"]


def test_a_lost_constraint_is_noticed(app):
    if db.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(db.engine.url.database))) as connection, connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(
                "UPDATE sqlite_master SET sql = replace(sql, 'held >= floor', 'held >= floor - 6000')"
                " WHERE name = 'ledger_account'"
            )
        assert any("ck_ledger_account_insufficient" in words for words in problems())
        return
    do("ALTER TABLE ledger_account DROP CONSTRAINT ck_ledger_account_insufficient")
    assert problems() == ["constraint ck_ledger_account_insufficient is missing"]
    do("ALTER TABLE ledger_account ADD CONSTRAINT ck_ledger_account_insufficient CHECK (true)")
    assert problems() == ["constraint ck_ledger_account_insufficient is not the shipped one"]


def test_a_lost_unique_index_is_noticed(app):
    do("DROP INDEX uq_transfer_ref")
    assert problems() == ["index uq_transfer_ref is missing or is not the shipped one"]


def test_a_parent_through_which_rows_could_be_changed_is_noticed(app):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no parents of tables")
    do("CREATE TABLE above (LIKE entry)")
    do("ALTER TABLE entry INHERIT above")
    assert problems() == ["table entry has a parent, above: what is changed there is not guarded"]


def test_a_database_that_forgets_at_a_power_cut_is_noticed(app):
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA synchronous = NORMAL")
            assert any("synchronous=FULL" in words for words in selfcheck.problems(connection))
