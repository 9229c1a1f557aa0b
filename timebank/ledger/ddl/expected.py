"""What the tables must look like, from the models, in a form with which both databases' own words can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import CheckConstraint, Constraint, ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

_CAST = re.compile(r"::(?:character varying|text|bigint|integer)(?:\(\d+\))?(?:\[\])?")
_BLANK = re.compile(r"[\s()\"]+")


def plain(sql: str) -> str:
    """SQL without casts, brackets, blanks and capitals: PostgreSQL and SQLite add them as they like."""
    text = _BLANK.sub("", _CAST.sub("", sql.strip().rstrip(";"))).lower()
    return text.replace("=anyarray[", "in").replace("]", "")


def spaced(sql: str) -> str:
    """SQL with single blanks: the database keeps the words of a trigger as they were given, brackets and all."""
    return " ".join(sql.strip().rstrip(";").split())


def on(constraint: Constraint, dialect: str) -> bool:
    """Does this database have the constraint?"""
    return constraint.info.get("only") in (None, dialect)


def constraints(table: Table, dialect: str) -> Iterator[tuple[str, str]]:
    """(name, plain definition) of every constraint that a table has on this database."""
    for constraint in table.constraints:
        body = _body(constraint) if on(constraint, dialect) else ""
        if body:
            yield str(constraint.name), plain(body)


def _body(constraint: object) -> str:
    if isinstance(constraint, CheckConstraint):
        return f"CHECK ({constraint.sqltext})"
    if isinstance(constraint, ForeignKeyConstraint):
        target = ", ".join(element.column.name for element in constraint.elements)
        table = constraint.referred_table.name
        return f"FOREIGN KEY ({', '.join(constraint.column_keys)}) REFERENCES {table} ({target})"
    if isinstance(constraint, PrimaryKeyConstraint):
        return f"PRIMARY KEY ({', '.join(constraint.columns.keys())})"
    if isinstance(constraint, UniqueConstraint):
        return f"UNIQUE ({', '.join(constraint.columns.keys())})"
    return ""


def unique_indexes(table: Table) -> Iterator[tuple[str, str]]:
    """(name, plain "(columns) WHERE …") of every unique index that is no constraint."""
    for index in table.indexes:
        if index.unique:
            condition = index.dialect_options["sqlite"]["where"]
            columns = ", ".join(index.columns.keys())
            yield str(index.name), plain(f"{columns} WHERE {condition}" if condition is not None else columns)
