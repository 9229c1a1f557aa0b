"""Entries split by city: the same books, the same guards."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.architecture.source import ROOT
from tests.conftest import DATABASES, findings
from tests.factories import ledger
from tests.factories.ledger import CLOCK, TENANT, key
from tests.servers import APPLICATION, as_owner, owner_url
from timebank.core.db import db, roles
from timebank.ledger import queries, service
from timebank.ledger.roles import tables
from timebank.ledger.service.sealing import seal

SCRIPT = ROOT / "docs" / "partition-entry.sql"
pytestmark = pytest.mark.skipif("postgresql" not in DATABASES, reason="SQLite has no partitions")


@pytest.fixture
def split(app):
    """A payment before the table was split; the accounts of payer and receiver."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no partitions")
    payer, receiver = ledger.member(1, 600), ledger.member(2)
    ledger.pay(payer, receiver, 90)
    seal(TENANT)
    db.session.remove()
    url = owner_url(db.engine.url).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCRIPT.read_bytes())
    with as_owner(db.engine) as connection:
        roles.grant(connection, APPLICATION, tables())
    return payer, receiver


def refusal(statement: str, *, owner: bool) -> str:
    db.session.rollback()
    try:
        if owner:
            with as_owner(db.engine) as connection:
                connection.execute(text(statement))
        else:
            db.session.execute(text(statement))
    except DBAPIError as error:
        return str(error.orig)
    finally:
        db.session.rollback()
    return ""


def test_books_split_by_city_go_on(split):
    payer, receiver = split
    ledger.pay(payer, receiver, 30)
    hold = ledger.promise(payer, receiver, 60)
    service.capture(TENANT, hold, key=key(), actor=CLOCK)
    ledger.give(payer, 10)  # by the daybook, and carried
    assert seal(TENANT) == 4
    assert [line.amount for line in queries.statement(TENANT, receiver).items] == [60, 30, 90]
    with as_owner(db.engine) as connection:
        parts = connection.execute(text("SELECT tableoid::regclass::text, count(*) FROM entry GROUP BY 1")).all()
    assert {name for name, _ in parts} == {f"entry_{TENANT}"}
    assert not findings()


def test_a_part_is_guarded_like_the_whole(split):
    part = f"entry_{TENANT}"
    for statement in (f"DELETE FROM {part}", f"UPDATE {part} SET amount = amount + 1", f"TRUNCATE {part}"):
        assert "append_only" in refusal(statement, owner=True)
        assert "permission denied" in refusal(statement, owner=False)
    row = f"{TENANT}, {split[0]}, 9, '{'0' * 32}', 5, 5"
    for table in ("entry", part):
        assert "only_by_transfer" in refusal(f"INSERT INTO {table} VALUES ({row})", owner=True)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER append_only ON {part}",
        "ALTER TABLE {part} DISABLE TRIGGER entry_carry",
        "CREATE TABLE entry_1101 PARTITION OF entry FOR VALUES IN (1101)",
    ],
)
def test_a_part_without_its_guards_is_found(split, change):
    assert not findings()
    with as_owner(db.engine) as connection:
        connection.execute(text(change.format(part=f"entry_{TENANT}")))
    assert any("is not guarded" in one.detail for one in findings())
