"""One INSERT into `transfer`: the trigger does the rest, the unique key makes it happen once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Dialect, Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import Prepared, db, failure, wait_for_standby
from timebank.ledger.errors import KeyReused, code_in, exception
from timebank.ledger.models import LedgerAccount, Transfer
from timebank.ledger.rules import ids
from timebank.ledger.rules.requests import Receipt, digest

ACCOUNTS: Any = LedgerAccount.__table__
TRANSFERS: Any = Transfer.__table__
COLUMNS = (
    *("tenant_id", "id", "kind", "debit_id", "credit_id", "amount", "ref_id", "group_id", "idem_key", "req_hash"),
    *("event_at", "expires_at", "actor_id", "actor_name", "purpose", "memo", "created_at", "second_id", "second_name"),
)


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


@dataclass(frozen=True, slots=True)
class _Statement:
    """The one INSERT as the bare driver takes it: its text, the order of its values where that counts, what turns a
    value into the driver's, and the form in which PostgreSQL keeps it ready."""

    sql: str
    order: tuple[str, ...] | None
    processors: tuple[tuple[str, Callable[[Any], Any]], ...]
    ready: Prepared | None

    def send(self, driver: Any, row: dict[str, Any]) -> bool:
        """Was the row added?  False: its key was there before."""
        if self.ready is not None and self.ready.ready(driver):
            return self.ready.returned(driver, row) > 0
        given = row | {name: process(row[name]) for name, process in self.processors}
        return bool(
            driver.execute(self.sql, given if self.order is None else [given[name] for name in self.order]).fetchall()
        )


_statements: dict[str, _Statement] = {}


def _statement(dialect: Dialect) -> _Statement:
    """Built once.  The bare driver runs it: what the SQL toolkit does around a statement costs a posting as much
    again as everything else that it costs (docs/benchmarks/ledger.md)."""
    known = _statements.get(dialect.name)
    if known is None:
        insert = (sqlite.insert if dialect.name == "sqlite" else postgresql.insert)(TRANSFERS)
        once = insert.on_conflict_do_nothing(index_elements=["tenant_id", "idem_key"]).returning(TRANSFERS.c.id)
        compiled: Any = once.compile(dialect=dialect)
        order = tuple(compiled.positiontup) if compiled.positional else None
        found = ((column.name, column.type.dialect_impl(dialect).bind_processor(dialect)) for column in TRANSFERS.c)
        processors = tuple((name, process) for name, process in found if process)
        ready = None if dialect.name == "sqlite" else _numbered(once)
        made = _Statement(str(compiled), order, processors, ready)
        known = _statements.setdefault(dialect.name, made)  # one for all threads: it knows which connections have it
    return known


def _numbered(insert: Any) -> Prepared:
    dialect: Any = postgresql.dialect
    compiled = insert.compile(dialect=dialect(paramstyle="numeric_dollar"))
    return Prepared("timebank_transfer", str(compiled), tuple(compiled.positiontup))


class Posting:
    """A step with everything that is known before the database is asked; called with a connection, it is written.

    Whatever thread calls it, and however often: there is one transfer.
    """

    __slots__ = ("row", "savepoint", "step")

    def __init__(self, step: Step, actor: Actor, *, savepoint: bool = False) -> None:
        """With `savepoint` a refusal leaves the surrounding transaction usable (PostgreSQL would abort it)."""
        self.step = step
        self.row = _row(step, actor)
        self.savepoint = savepoint

    def __call__(self, connection: Connection) -> Receipt:
        """Adds the transfer, or finds the one the key has already made.

        Raises the classes of `errors`; `KeyReused` when the key belongs to another request.
        """
        try:
            if self.savepoint and connection.dialect.name != "sqlite":
                with connection.begin_nested():
                    return self._write(connection)
            return self._write(connection)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _refusal(connection, self.step, failure(connection, error)) from error

    def _write(self, connection: Connection) -> Receipt:
        row, step = self.row, self.step
        if not _statement(connection.dialect).send(connection.connection.driver_connection, row):
            return _replay(connection, step, row["req_hash"])
        return Receipt(
            row["id"], step.tenant, step.kind, step.debit, step.credit, step.amount, row["created_at"], step.group
        )


def _row(step: Step, actor: Actor) -> dict[str, Any]:
    """The values of COLUMNS."""
    now = clock.now()
    second = step.second
    values = (
        *(step.tenant, ids.uuid7(now), step.kind, step.debit, step.credit, step.amount, step.ref, step.group, step.key),
        *(digest(step.kind, step.debit, step.credit, step.amount, step.ref, step.purpose), step.event_at or now),
        *(step.expires_at, actor.account_id, actor.name[:80], step.purpose, step.memo[:300], now),
        *((second.account_id, second.name[:80]) if second else (None, "")),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _replay(connection: Connection, step: Step, req_hash: bytes) -> Receipt:
    row = by_key(connection, step.tenant, step.key)
    if row is None or bytes(row.req_hash) != req_hash:
        raise KeyReused("key_reused")
    wait_for_standby(connection)
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
