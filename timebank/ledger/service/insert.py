"""One INSERT into `transfer`: the trigger does the rest, the unique key makes it happen once."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.ledger.errors import KeyReused, code_in, exception
from timebank.ledger.models import LedgerAccount, Transfer
from timebank.ledger.rules import ids
from timebank.ledger.rules.requests import Receipt, digest

ACCOUNTS: Any = LedgerAccount.__table__
TRANSFERS: Any = Transfer.__table__


@dataclass(frozen=True, slots=True)
class Step:
    """A row of `transfer` before it is one."""

    tenant: int
    kind: str
    debit: int
    credit: int
    amount: int
    key: str
    purpose: str
    memo: str = ""
    ref: uuid.UUID | None = None
    group: uuid.UUID | None = None
    event_at: datetime | None = None
    expires_at: datetime | None = None
    second: Actor | None = None


def insert_for(connection: Connection, table: Any) -> Any:
    """INSERT of the connection's dialect (both know ON CONFLICT … RETURNING)."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


@functools.cache
def _statement(dialect: str) -> Any:
    """The one INSERT, built once: building it anew for each posting costs as much as the database does."""
    statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(TRANSFERS)
    return statement.on_conflict_do_nothing(index_elements=["tenant_id", "idem_key"]).returning(TRANSFERS.c.id)


def write(connection: Connection, step: Step, actor: Actor, *, savepoint: bool) -> Receipt:
    """Adds the transfer, or finds the one the key has already made.

    With `savepoint` a refusal leaves the surrounding transaction usable (PostgreSQL would abort it).  Raises the
    classes of `errors`; `KeyReused` when the key belongs to another request.
    """
    try:
        if savepoint and connection.dialect.name != "sqlite":
            with connection.begin_nested():
                return _insert(connection, step, actor)
        return _insert(connection, step, actor)
    except DBAPIError as error:
        raise _refusal(connection, step, error) from error


def _insert(connection: Connection, step: Step, actor: Actor) -> Receipt:
    row = _row(step, actor)
    if connection.execute(_statement(connection.dialect.name), row).first() is None:
        return _replay(connection, step, row["req_hash"])
    return Receipt(
        row["id"], step.tenant, step.kind, step.debit, step.credit, step.amount, row["created_at"], step.group
    )


def _row(step: Step, actor: Actor) -> dict[str, Any]:
    now = clock.now()
    return {
        "tenant_id": step.tenant,
        "id": ids.uuid7(now),
        "kind": step.kind,
        "debit_id": step.debit,
        "credit_id": step.credit,
        "amount": step.amount,
        "ref_id": step.ref,
        "group_id": step.group,
        "idem_key": step.key,
        "req_hash": digest(step.kind, step.debit, step.credit, step.amount, step.ref, step.purpose),
        "event_at": step.event_at or now,
        "expires_at": step.expires_at,
        "actor_id": actor.account_id,
        "actor_name": actor.name[:80],
        "purpose": step.purpose,
        "memo": step.memo[:300],
        "created_at": now,
        "second_id": step.second.account_id if step.second else None,
        "second_name": step.second.name[:80] if step.second else "",
    }


def _replay(connection: Connection, step: Step, req_hash: bytes) -> Receipt:
    row = by_key(connection, step.tenant, step.key)
    if row is None or bytes(row.req_hash) != req_hash:
        raise KeyReused("key_reused")
    return receipt(row, replayed=True)


def by_key(connection: Connection, tenant: int, key: str) -> Row[Any] | None:
    """The transfer that a key has made."""
    return connection.execute(
        select(TRANSFERS).where(TRANSFERS.c.tenant_id == tenant, TRANSFERS.c.idem_key == key)
    ).first()


def by_id(connection: Connection, tenant: int, transfer_id: uuid.UUID) -> Row[Any] | None:
    """The transfer of that id."""
    return connection.execute(
        select(TRANSFERS).where(TRANSFERS.c.tenant_id == tenant, TRANSFERS.c.id == transfer_id)
    ).first()


def receipt(row: Row[Any], *, replayed: bool) -> Receipt:
    """The receipt of a row of `transfer`."""
    return Receipt(
        row.id,
        row.tenant_id,
        row.kind,
        row.debit_id,
        row.credit_id,
        row.amount,
        row.created_at,
        row.group_id,
        replayed,
    )


def _refusal(connection: Connection, step: Step, error: DBAPIError) -> Exception:
    found = code_in(error)
    if found is None:
        return error
    code, available = found
    if code != "insufficient_time":
        return exception(code)
    if available is None:
        available = _available(connection, step)
    return exception(code, available_minutes=available, needed_minutes=step.amount)


def _available(connection: Connection, step: Step) -> int:
    """What the debit account could give (the transaction is still alive: SQLite, or the CHECK spoke first)."""
    if connection.dialect.name != "sqlite":
        return 0
    columns = ACCOUNTS.c
    row = connection.execute(
        select(columns.posted, columns.held, columns.floor).where(
            columns.tenant_id == step.tenant, columns.id == step.debit
        )
    ).one()
    return int(row.posted - row.held - (row.floor or 0))


def lock(tenant: int, account_ids: Iterable[int], connection: Connection | None = None) -> None:
    """Locks the accounts in the order of their numbers (SQLite: the transaction holds the only write lock)."""
    connection = connection or db.session.connection()
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SELECT ledger_lock(%s, %s)", (tenant, list(account_ids)))
