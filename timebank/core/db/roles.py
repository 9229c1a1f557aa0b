"""The role that the application runs under in PostgreSQL: it may do its work and nothing else.

The owner of the tables makes and changes them; the application only reads and writes rows, and in tables to which
rows are only ever added it may do no more than that.  SQLite has no roles.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import Connection, Engine

from timebank.core.db.base import Model, db
from timebank.core.db.engines import prepare_engine

ADD_ONLY = "add_only"  # in Table.info: rows are added, never changed
READ_ONLY = ("alembic_version",)
ADDING = "SELECT, INSERT"
# Not the parts of a table: whoever may use the table needs no right on them, and must not get past its guards.
TABLES = """SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
AND relkind IN ('r', 'p') AND NOT relispartition"""
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def owner_engine() -> Engine:
    """Connects as the owner of the tables: TIMEBANK_OWNER_URL where it is set, else as the application does."""
    url = current_app.config.get("TIMEBANK_OWNER_URL")
    if not url:
        return db.engine
    engine = create_engine(url, poolclass=NullPool)
    prepare_engine(engine)
    return engine


def add_only() -> set[str]:
    """Names of the tables to which rows are only ever added."""
    return {table.name for table in Model.metadata.tables.values() if table.info.get(ADD_ONLY)}


def grant(connection: Connection, role: str, adding: Iterable[str]) -> None:
    """Gives `role` its rights on what is there now and what comes later; makes the role where there is none.

    Run by the owner, as often as one likes: it takes away what is too much.  A table that comes later can be read and
    added to at once, the rest comes with the next run.
    """
    quote = connection.dialect.identifier_preparer.quote
    name, adding = quote(role), set(adding)
    schema = quote(connection.scalar(text("SELECT current_schema()")) or "public")
    if not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role}):
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
    database = quote(connection.scalar(text("SELECT current_database()")) or "")
    # A trigger on a table of one's own would be a way round the guards that let through what comes from a trigger.
    connection.exec_driver_sql(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {name}")
    for statement in _frame(name, schema):
        connection.exec_driver_sql(statement)
    for table in connection.scalars(text(TABLES)):
        rights = "SELECT" if table in READ_ONLY else ADDING if table in adding else EVERYTHING
        connection.exec_driver_sql(f"GRANT {rights} ON {schema}.{quote(table)} TO {name}")


def _frame(name: str, schema: str) -> list[str]:
    later = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema}"
    return [
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
        f"{later} REVOKE ALL ON TABLES FROM {name}",
        f"{later} GRANT {ADDING} ON TABLES TO {name}",
        f"{later} GRANT USAGE, SELECT ON SEQUENCES TO {name}",
    ]


def too_powerful(connection: Connection, tables: Iterable[str]) -> list[str]:
    """Those of the tables that the connected role owns, or whose rows it may change or delete.  SQLite: none."""
    if connection.dialect.name != "postgresql":
        return []
    rows = connection.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
            " AND relname = ANY(:tables) AND (pg_has_role(relowner, 'MEMBER')"
            " OR has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(oid, 'UPDATE'))"
            " ORDER BY relname"
        ),
        {"tables": list(tables)},
    )
    return list(rows)


def may_make_temporary(connection: Connection) -> bool:
    """May the connected role make temporary tables, and so a trigger of its own?  SQLite: no."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.scalar(text("SELECT has_database_privilege(current_database(), 'TEMPORARY')")))


def too_weak(connection: Connection, adding: Iterable[str]) -> list[str]:
    """Those of our tables in which the connected role lacks a right that the application needs.  SQLite: none."""
    if connection.dialect.name != "postgresql":
        return []
    rows = connection.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
            " AND relname = ANY(:tables) AND NOT (has_table_privilege(oid, 'SELECT')"
            " AND has_table_privilege(oid, 'INSERT') AND (relname = ANY(:adding)"
            " OR (has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')))) ORDER BY relname"
        ),
        {"tables": list(Model.metadata.tables), "adding": list(adding)},
    )
    return list(rows)
