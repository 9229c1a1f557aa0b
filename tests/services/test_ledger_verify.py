"""Whatever somebody bends after taking the guards away, `verify` finds and names it."""

from __future__ import annotations

import pytest
from sqlalchemy import NullPool, create_engine

from tests.factories import ledger
from tests.factories.ledger import CLOCK, TENANT, key
from tests.servers import owner_url
from timebank.core.db import db
from timebank.ledger import ddl, service
from timebank.ledger.queries import contents
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import verify
from timebank.ledger.service.sealing import seal

T = TENANT


@pytest.fixture
def books(app):
    """Some life in the books, sealed; returns the two accounts."""
    elder, volunteer = ledger.member(1, 600), ledger.member(2, 30)
    for minutes in (90, 60, 30):
        ledger.pay(elder, volunteer, minutes, purpose="visit")
    service.capture(T, ledger.promise(elder, volunteer, 60), amount=45, key=key(), actor=CLOCK)
    undone = ledger.pay(elder, volunteer, 15)
    service.reverse(T, undone.id, key=key(), reason="wrong", actor=CLOCK)
    ledger.promise(elder, volunteer, 20)
    service.change_limits(CLOCK, service.LimitChange(T, volunteer, -60, 90_000, "open", "new member"), key=key())
    db.session.commit()
    return elder, volunteer


def codes() -> set[str]:
    db.session.commit()
    with snapshot() as connection:
        verdict = verify(connection)
    return {finding.code for finding in verdict.findings if finding.code != "ddl"}


def tamper(*statements: str) -> None:
    """Takes every guard away and changes something, as the owner of the database could."""
    dialect = db.engine.dialect.name
    engine = db.engine if dialect == "sqlite" else create_engine(owner_url(db.engine.url), poolclass=NullPool)
    with engine.connect() as connection:
        if dialect == "sqlite":  # outside the transaction that SQLAlchemy begins with the first statement
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            connection.connection.cursor().execute("PRAGMA ignore_check_constraints = ON")
        for definition in ddl.definitions(dialect):
            if definition.kind == "trigger":
                connection.exec_driver_sql(definition.drop(dialect))
        if dialect == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
            for table, names in CHECKED.items():
                for name in names:
                    connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        connection.exec_driver_sql("DROP INDEX uq_transfer_ref")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()
        connection.invalidate()


CHECKED = {
    "ledger_account": ("ck_ledger_account_insufficient", "ck_ledger_account_over_ceiling"),
    "transfer": ("ck_transfer_amount_positive", "ck_transfer_two_accounts"),
}
FIRST_VISIT = "(SELECT min(created_at) FROM transfer WHERE purpose = 'visit' AND kind = 'post')"

PLANTED = {
    "a balance raised": ("UPDATE ledger_account SET posted = posted + 60 WHERE owner_id = 2", {"balance", "zero_sum"}),
    "hours moved between two balances": (
        "UPDATE ledger_account SET posted = posted + CASE owner_id WHEN 1 THEN 60 ELSE -60 END WHERE kind = 'member'",
        {"balance"},
    ),
    "a hold forgotten": ("UPDATE ledger_account SET held = 0", {"held"}),
    "an entry raised": (
        "UPDATE entry SET amount = amount + 60 WHERE amount = 90",
        {"balance", "running_balance", "sides"},
    ),
    "both entries of a visit raised": ("UPDATE entry SET amount = amount * 2 WHERE amount IN (90, -90)", {"sides"}),
    "a running balance altered": ("UPDATE entry SET balance = balance + 1 WHERE seq = 2", {"running_balance"}),
    "an entry deleted": ("DELETE FROM entry WHERE seq = 3", {"balance", "running_balance", "sides"}),
    "the last entries deleted": (
        "DELETE FROM entry WHERE transfer_id IN (SELECT id FROM transfer WHERE kind = 'reverse')",
        {"balance", "sides"},
    ),
    "a transfer deleted": ("DELETE FROM transfer WHERE amount = 90", {"stray_entry"}),
    "a transfer raised": ("UPDATE transfer SET amount = 900 WHERE amount = 90", {"sides", "altered"}),
    "a purpose altered": ("UPDATE transfer SET purpose = 'gift' WHERE amount = 90", {"altered"}),
    "a day altered": (f"UPDATE transfer SET created_at = {FIRST_VISIT} WHERE amount = 60", {"altered"}),
    "a hold taken twice": (
        "UPDATE transfer SET ref_id = (SELECT ref_id FROM transfer WHERE kind = 'capture') WHERE kind = 'reverse'",
        {"resolved_twice", "reference", "altered"},
    ),
    "a floor lowered": ("UPDATE ledger_account SET floor = -6000 WHERE owner_id = 2", {"limit_history"}),
    "an account frozen": ("UPDATE ledger_account SET state = 'frozen' WHERE owner_id = 1", {"state"}),
    "a payment out of nothing": (
        "UPDATE ledger_account SET floor = NULL, posted = posted - 6000 WHERE kind = 'member' AND owner_id = 1",
        {"balance", "no_floor"},
    ),
    "a unit changed": ("UPDATE ledger_account SET unit = 'sku:gold' WHERE owner_id = 2", {"units", "zero_sum"}),
    "a balance below its floor": (
        "UPDATE ledger_account SET floor = 5000 WHERE owner_id = 1 AND kind = 'member'",
        {"limits"},
    ),
}


def test_books_with_some_life_in_them_are_sound(books):
    seal(T)
    with snapshot() as connection:
        verdict = verify(connection)
    assert verdict.sound, verdict.findings
    assert (verdict.accounts, verdict.transfers, verdict.entries, verdict.seals) == (3, 10, 16, 1)


def test_the_books_are_read_part_by_part_and_the_progress_is_told_after_each(books, monkeypatch):
    monkeypatch.setattr(contents, "AT_ONCE", 4)
    told: list[int] = []
    with snapshot() as connection:
        assert verify(connection, told.append).sound
    assert told == [4, 4, 2]


@pytest.mark.parametrize("what", PLANTED)
def test_verify_finds(books, what):
    statement, expected = PLANTED[what]
    tamper(statement)
    assert expected <= codes()


def test_a_missing_guard_is_a_finding(books):
    tamper("SELECT 1")
    with snapshot() as connection:
        found = {finding.subject for finding in verify(connection).findings}
    assert "transfer_apply" in found


def test_a_seal_makes_even_a_changed_memo_visible(books):
    assert seal(T) > 0
    assert seal(T) == 0
    tamper("UPDATE transfer SET memo = 'something else' WHERE amount = 90")
    assert codes() == {"seal"}


def test_a_seal_that_was_taken_away_is_missed(books):
    seal(T)
    ledger.give(books[0], 5)
    seal(T)
    tamper("DELETE FROM seal WHERE n = 1")
    assert "seal" in codes()
