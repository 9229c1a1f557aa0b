"""What stands in the database beside the tables: triggers, on both engines.

The same definitions are attached to the tables (so `create_all` makes them), run by the migration, and compared with
what is really there by `selfcheck`.  Write ledger tables never with Alembic's batch mode: it drops triggers silently.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData, Table, event

from timebank.ledger.ddl import postgresql, sqlite
from timebank.ledger.ddl.definition import Definition

TABLES = (
    "ledger_account",
    "transfer",
    "entry",
    "daybook",
    "ledger_closing",
    "seal",
    "seal_leaf",
    "ledger_limit_change",
)


def definitions(dialect: str) -> tuple[Definition, ...]:
    """Functions and triggers in the order of making, for "sqlite" or "postgresql"."""
    return sqlite.DEFINITIONS if dialect == "sqlite" else postgresql.DEFINITIONS


def statements(dialect: str) -> list[str]:
    """The SQL that makes everything, for a migration."""
    return [definition.sql for definition in definitions(dialect)]


def drop_statements(dialect: str) -> list[str]:
    """The SQL that removes everything again, in the opposite order."""
    drops = [definition.drop(dialect) for definition in reversed(definitions(dialect))]
    return [drop for drop in drops if drop]


def install(connection: Connection) -> None:
    """Makes every function and trigger on this connection."""
    for statement in statements(connection.dialect.name):
        _run(connection, statement)


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def attach(metadata: MetaData) -> None:
    """Makes the triggers of a table whenever `create_all` makes the table."""
    for name in TABLES:
        event.listen(metadata.tables[name], "after_create", _created)


def _created(table: Table, connection: Connection, **_rest: Any) -> None:
    for definition in definitions(connection.dialect.name):
        if definition.table == table.name:
            _run(connection, definition.sql)
