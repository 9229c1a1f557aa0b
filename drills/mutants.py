"""The shipped DDL with one piece changed at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

from timebank.core.db import Model
from timebank.ledger.ddl import TABLES, definitions
from timebank.ledger.ddl.definition import Definition
from timebank.ledger.ddl.expected import on

FLIPS = (
    (" <= ", " < "),
    (" < ", " <= "),
    (" >= ", " > "),
    (" > ", " >= "),
    (" <> ", " = "),
    (" + ", " - "),
    (" - ", " + "),
)
WORDS = (
    ("FOR NO KEY UPDATE", ""),
    (" ORDER BY id", " ORDER BY id DESC"),
    ("(turn = 1) = (NEW.debit_id < NEW.credit_id)", "turn = 1"),
    ("SECURITY DEFINER", "SECURITY INVOKER"),
    ("LOCK TABLE transfer IN SHARE ROW EXCLUSIVE MODE;", ""),
    ("state = ANY (allowed)", "true"),
    ("AND NOT batched", ""),
    ("'{open,frozen}'", "'{open}'"),
    ("'{open,frozen,closed}'", "'{open}'"),
)
RAISED = re.compile(r"SELECT RAISE\((?:ABORT|IGNORE).*?;|RAISE EXCEPTION USING.*?;", re.DOTALL)
WRITES = re.compile(r"(?:^|(?<=\n)) *(?:INSERT INTO|UPDATE|DELETE FROM) .*?;", re.DOTALL)
WHEN = re.compile(r"WHEN (?:NOT )?(?:EXISTS )?\(.*?\n?BEGIN|WHEN \(.*?\) EXECUTE", re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    """What is changed, in words; how: `drop` and `make` are statements for the database, in this order."""

    name: str
    drop: tuple[str, ...] = ()
    make: tuple[str, ...] = ()
    table: str = ""  # SQLite: the table that is made anew, and how its CREATE TABLE is changed
    change: Callable[[str], str] = str


def mutants(dialect: str) -> list[Mutant]:
    """Each trigger, constraint and unique index left out, each comparison, sign, refusal and write in a trigger."""
    pieces = [*_dropped(dialect), *_edited(dialect, edits), *_constraints(dialect), *_indexes()]
    return pieces if dialect == "sqlite" else [*pieces, *_switched_off()]


def overlooked(dialect: str) -> list[Mutant]:
    """What is easily overlooked: brackets, NOT NULL, tables that a crash empties, rules that swallow rows."""
    pieces = [*_edited(dialect, brackets), *_columns(dialect)]
    return pieces if dialect == "sqlite" else [*pieces, *_storage()]


def _triggers(dialect: str) -> list[Definition]:
    return [one for one in definitions(dialect) if one.kind == "trigger"]


def _dropped(dialect: str) -> Iterator[Mutant]:
    for one in _triggers(dialect):
        yield Mutant(f"without trigger {one.name}", (one.drop(dialect) or "",))


def _edited(dialect: str, change: Callable[[str], Iterator[tuple[str, str]]]) -> Iterator[Mutant]:
    for one in definitions(dialect):
        if one.kind == "path":
            continue
        drop = (one.drop(dialect) or "",) if one.kind == "trigger" else ()
        again = tuple(path.sql for path in definitions(dialect) if path.kind == "path" and one.kind == "function")
        for words, sql in change(one.sql):
            yield Mutant(f"{one.name}: {words}", drop, (sql, *again))


def edits(sql: str) -> Iterator[tuple[str, str]]:
    """(words, SQL) with one change each: a comparison or sign turned, a refusal, a write or a condition left out."""
    start = sql.index("\n") if "\n" in sql else 0
    for old, new in (*FLIPS, *WORDS):
        for place in (found.start() for found in re.finditer(re.escape(old), sql)):
            if place > start or (old, new) in WORDS:
                yield (
                    f"{old.strip()} → {new.strip() or 'nothing'} at {place}",
                    sql[:place] + new + sql[place + len(old) :],
                )
    empty = "NULL;" if "plpgsql" in sql else "SELECT 1;"
    for found in (*RAISED.finditer(sql), *WRITES.finditer(sql)):
        yield f"without {_short(found[0])}", sql[: found.start()] + f" {empty}" + sql[found.end() :]
    for found in WHEN.finditer(sql):
        yield f"without {_short(found[0])}", sql[: found.start()] + found[0].split()[-1] + sql[found.end() :]


def brackets(sql: str) -> Iterator[tuple[str, str]]:
    """`a AND (b OR c)` without its brackets means something else, and looks nearly the same."""
    for found in re.finditer(r"(?:AND|NOT) \(", sql):
        place, depth = found.end(), 1
        while depth and place < len(sql):
            depth += {"(": 1, ")": -1}.get(sql[place], 0)
            place += 1
        inner = sql[found.end() : place - 1]
        if " OR " in inner and "SELECT" not in inner.split(" OR ")[0] and "plpgsql" not in sql:
            words = f"without the brackets of {_short(inner)}"
            yield words, sql[: found.end() - 1] + inner + sql[place:]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) < 90 else f"{words[:60]} … {words[-25:]}"


def _tables() -> list[Table]:
    return [Model.metadata.tables[name] for name in TABLES]


def _constraints(dialect: str) -> Iterator[Mutant]:
    for table in _tables():
        for one in sorted(table.constraints, key=lambda one: str(one.name)):
            kinds = {CheckConstraint: "CHECK", ForeignKeyConstraint: "FOREIGN KEY", UniqueConstraint: "UNIQUE"}
            kind = kinds.get(type(one)) or ("PRIMARY KEY" if isinstance(one, PrimaryKeyConstraint) else "")
            if not kind or not on(one, dialect):
                continue
            if dialect == "sqlite" and kind == "PRIMARY KEY":  # there the keys need their parents' key
                continue
            words = f"without {kind} {one.name}"
            if dialect == "sqlite":
                yield Mutant(words, table=table.name, change=partial(without, name=str(one.name)))
            else:
                yield Mutant(words, (f"ALTER TABLE {table.name} DROP CONSTRAINT {one.name} CASCADE",))


def _indexes() -> Iterator[Mutant]:
    for table in _tables():
        for index in table.indexes:
            if index.unique:
                yield Mutant(f"without UNIQUE INDEX {index.name}", (f"DROP INDEX {index.name}",))


def _columns(dialect: str) -> Iterator[Mutant]:
    """A CHECK lets NULL pass, and so does a unique key: NOT NULL is a guard like the others."""
    for table in _tables():
        for column in table.columns:
            if column.nullable or column.primary_key:
                continue
            words = f"{table.name}.{column.name} may be NULL"
            if dialect == "sqlite":
                yield Mutant(words, table=table.name, change=partial(_nullable, name=column.name))
            else:
                yield Mutant(words, (f"ALTER TABLE {table.name} ALTER COLUMN {column.name} DROP NOT NULL",))


def _nullable(sql: str, name: str) -> str:
    changed, times = re.subn(rf"(\n\s*{name} [^\n]*?) NOT NULL", r"\1", sql, count=1)
    assert times, f"{name} is not in the table"
    return changed


def _switched_off() -> Iterator[Mutant]:
    for one in _triggers("postgresql"):
        yield Mutant(f"{one.name} switched off", (f"ALTER TABLE {one.table} DISABLE TRIGGER {one.name}",))
        yield Mutant(f"{one.name} for replicas only", (f"ALTER TABLE {one.table} ENABLE REPLICA TRIGGER {one.name}",))
    yield Mutant("functions look anywhere", ("ALTER FUNCTION ledger_apply() RESET search_path",))


def _storage() -> Iterator[Mutant]:
    for name in TABLES:
        yield Mutant(f"{name} is not logged", (f"ALTER TABLE {name} SET UNLOGGED",))
        parent = f"CREATE TABLE above_{name} (LIKE {name})", f"ALTER TABLE {name} INHERIT above_{name}"
        yield Mutant(f"{name} has a parent", parent)
    yield Mutant("entries go nowhere", ("CREATE RULE quiet AS ON INSERT TO entry DO INSTEAD NOTHING",))


def without(sql: str, name: str) -> str:
    """A CREATE TABLE of SQLite without the constraint of this name."""
    found = re.search(rf",\s*CONSTRAINT {re.escape(name)} ", sql)
    assert found, f"{name} is not in the table"
    place, depth = found.end(), 0
    while depth > 0 or sql[place] not in ",)":
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        place += 1
    return sql[: found.start()] + sql[place:]
