"""Is the ledger in the database the one that ships?  Asked when the application starts, and by `verify`.

A migration in Alembic's batch mode drops triggers without a word, and a hand at a prompt may do so on purpose.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, Table, text

from timebank.core.db import Model
from timebank.ledger import models  # noqa: F401 - fills the metadata
from timebank.ledger.ddl import TABLES, definitions
from timebank.ledger.ddl.definition import Definition
from timebank.ledger.ddl.expected import constraints, plain, spaced, unique_indexes

_BODY = re.compile(r"\$\$(.*)\$\$", re.DOTALL)
UNLOGGED = """SELECT relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
AND c.relname = ANY(:tables) AND relpersistence <> 'p'"""
RULES = """SELECT rulename, relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(:tables)"""
# A trigger on statements does not hold for the parts of a table; somebody may also switch one off in a part only.
PARTS = """SELECT c.relname FROM pg_inherits i
JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
WHERE p.relnamespace = current_schema()::regnamespace AND p.relkind = 'p' AND p.relname = ANY(:tables)
AND (c.relpersistence <> 'p' OR EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled <> 'O')
  OR NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgqual IS NULL
    AND t.tgfoid = to_regproc('ledger_append_only') AND t.tgtype & 57 = 56)) ORDER BY c.relname"""
# Who changes rows through a parent of their table passes its triggers on statements by.
PARENTS = """SELECT c.relname AS child, p.relname AS parent FROM pg_inherits i
JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(:tables) ORDER BY c.relname, p.relname"""
NOT_NULL = """SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(:tables) AND a.attnum > 0 AND a.attnotnull"""


def problems(connection: Connection) -> list[str]:
    """What differs from the shipped definitions, in words; an empty list means: posting is safe.

    Looks at every trigger, trigger function, constraint and NOT NULL of the ledger's tables, on PostgreSQL also at how
    they are kept and for rules that would turn a statement into another, and on SQLite at
    `synchronous=FULL` (with NORMAL a power cut loses acknowledged transfers) and the write-ahead log.
    """
    if connection.dialect.name == "sqlite":
        return [*_sqlite_pragmas(connection), *_sqlite(connection)]
    return [
        *_postgresql_functions(connection),
        *_postgresql_triggers(connection),
        *_postgresql_tables(connection),
        *_postgresql_storage(connection),
    ]


def _shipped(dialect: str, kind: str) -> dict[str, Definition]:
    return {one.name: one for one in definitions(dialect) if one.kind == kind}


def _tables() -> list[Table]:
    return [Model.metadata.tables[name] for name in TABLES]


def _differences(kind: str, expected: dict[str, str], found: dict[str, str], *, strangers: bool = True) -> list[str]:
    missing = [f"{kind} {name} is missing" for name in sorted(expected.keys() - found.keys())]
    changed = [
        f"{kind} {name} is not the shipped one"
        for name in sorted(expected.keys() & found.keys())
        if expected[name] != found[name]
    ]
    extra = [f"{kind} {name} is unknown" for name in sorted(found.keys() - expected.keys())] if strangers else []
    return [*missing, *changed, *extra]


# -- SQLite ------------------------------------------------------------------------------------------------------------


def _sqlite_pragmas(connection: Connection) -> list[str]:
    found = []
    if (connection.exec_driver_sql("PRAGMA synchronous").scalar() or 0) < 2:
        found.append("SQLite runs without synchronous=FULL: a power cut would lose acknowledged transfers")
    if (mode := connection.exec_driver_sql("PRAGMA journal_mode").scalar()) != "wal":
        found.append(f"SQLite runs with journal_mode={mode} and not WAL: readers would hold up every posting")
    if not connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
        found.append("SQLite runs without foreign_keys=ON")
    return found


def _sqlite(connection: Connection) -> list[str]:
    rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    ours = [row for row in rows if row.tbl_name in TABLES]
    triggers = {row.name: spaced(row.sql) for row in ours if row.type == "trigger"}
    expected = {name: spaced(one.sql) for name, one in _shipped("sqlite", "trigger").items()}
    tables = {row.name: plain(row.sql) for row in ours if row.type == "table"}
    indexes = {row.name: plain(row.sql) for row in ours if row.type == "index"}
    found = _differences("trigger", expected, triggers)
    for table in _tables():
        found += _sqlite_table(table, tables.get(table.name), indexes)
        given = connection.execute(
            text('SELECT name FROM pragma_table_info(:table) WHERE "notnull"'), {"table": table.name}
        )
        found += _nullable(table, set(given.scalars()))
    return found


def _nullable(table: Table, given: set[str]) -> list[str]:
    """Columns that may be empty and should not: a CHECK and a unique key both let NULL pass."""
    wanted = {column.name for column in table.columns if not column.nullable}
    return [f"column {table.name}.{name} may be NULL" for name in sorted(wanted - given)]


def _sqlite_table(table: Table, sql: str | None, indexes: dict[str, str]) -> list[str]:
    if sql is None:
        return [f"table {table.name} is missing"]
    found = [
        f"constraint {name} is missing or is not the shipped one"
        for name, body in constraints(table, "sqlite")
        if f"constraint{name}{body}," not in f"{sql},"  # up to its end: "floor" must not pass for "floor - 6000"
    ]
    return found + [
        f"index {name} is missing or is not the shipped one"
        for name, body in unique_indexes(table)
        if not indexes.get(name, "").startswith("createuniqueindex") or not indexes[name].endswith(body)
    ]


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


def _postgresql_functions(connection: Connection) -> list[str]:
    shipped = _shipped("postgresql", "function")
    rows = connection.execute(
        text(
            "SELECT proname, prosrc, prosecdef, coalesce(array_to_string(proconfig, ','), '') AS config FROM pg_proc"
            " WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'ledger\\_%'"
        )
    ).all()
    found = {row.proname: f"{row.prosecdef and 'search_path' in row.config} {row.prosrc}" for row in rows}
    expected = {name: f"{'SECURITY DEFINER' in one.sql} {_body_of(one.sql)}" for name, one in shipped.items()}
    return _differences("function", expected, found, strangers=False)


def _body_of(sql: str) -> str:
    body = _BODY.search(sql)
    return body[1] if body else ""


def _postgresql_triggers(connection: Connection) -> list[str]:
    rows = connection.execute(
        text(
            "SELECT t.tgname, t.tgenabled, pg_get_triggerdef(t.oid) AS sql, n.nspname FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND c.relname = ANY(:tables)"
        ),
        {"tables": list(TABLES)},
    ).all()
    found = {row.tgname: _named(row.sql, row.nspname) for row in rows if row.tgenabled == "O"}
    expected = {name: plain(one.sql) for name, one in _shipped("postgresql", "trigger").items()}
    return _differences("trigger", expected, found)


def _named(sql: str, schema: str) -> str:
    return plain(sql).replace(f"on{schema}.", "on").replace(f"executefunction{schema}.", "executefunction")


def _postgresql_tables(connection: Connection) -> list[str]:
    rows = connection.execute(
        text(
            "SELECT conname, pg_get_constraintdef(oid) AS sql, convalidated FROM pg_constraint"
            " WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f', 'p', 'u')"
        )
    ).all()
    found = {row.conname: plain(row.sql) for row in rows if row.convalidated}
    expected = {name: body for table in _tables() for name, body in constraints(table, "postgresql")}
    indexes = connection.execute(
        text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()")
    ).all()
    definition = {row.indexname: plain(row.indexdef) for row in indexes}
    lost = [
        f"index {name} is missing or is not the shipped one"
        for table in _tables()
        for name, body in unique_indexes(table)
        if not definition.get(name, "").startswith("createuniqueindex") or not definition[name].endswith(body)
    ]
    return _differences("constraint", expected, found, strangers=False) + lost


def _postgresql_storage(connection: Connection) -> list[str]:
    """Tables that a crash empties (UNLOGGED), parents, rules that rewrite statements, columns that may be NULL."""
    tables = {"tables": list(TABLES)}
    kept = connection.execute(text(UNLOGGED), tables)
    parts = connection.execute(text(PARTS), tables)
    parents = connection.execute(text(PARENTS), tables)
    rules = connection.execute(text(RULES), tables)
    columns = connection.execute(text(NOT_NULL), tables).all()
    given = {table.name: {row.attname for row in columns if row.relname == table.name} for table in _tables()}
    return [
        *(f"table {name} is not logged: a crash would empty it" for name in kept.scalars()),
        *(f"partition {name} is not guarded as docs/partition-entry.sql does it" for name in parts.scalars()),
        *(f"table {row.child} has a parent, {row.parent}: what is changed there is not guarded" for row in parents),
        *(f"rule {row.rulename} on {row.relname} is unknown" for row in rules),
        *(found for table in _tables() for found in _nullable(table, given[table.name])),
    ]
