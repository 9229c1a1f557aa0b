"""The database: base class of all tables, sessions, and the one way to write.

SQLite and PostgreSQL behave alike here: a writing transaction holds SQLite's write lock from its first
statement (`BEGIN IMMEDIATE`), because two deferred transactions that both read a balance would both spend it.
"""

from __future__ import annotations

import functools
import random
import sqlite3
import time
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ColumnElement, MetaData, create_engine, event, false, or_, true
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.orm.exc import StaleDataError

from timebank.core.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table.  Tables inherit from this class, not from `db.Model` (which mypy cannot follow)."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(metadata=Model.metadata)

WRITE = "timebank_write"
RETRYABLE = {"40001", "40P01", "55P03"}
UNIQUE = "23505"
ATTEMPTS = 8


def init_app(app: Flask) -> None:
    """Binds the database to the application and sets the pragmas and time-outs both engines need."""
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)


def prepare_engine(engine: Engine) -> None:
    """SQLite: WAL, durable commits, foreign keys, explicit BEGIN.  PostgreSQL: lock and statement time-outs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgresql_connect)


def _sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgresql_connect(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        cursor.execute("SET statement_timeout = '60s'")
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def writing() -> bool:
    """True inside a `transaction`."""
    return bool(db.session.info.get(WRITE))


def transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Runs a service function as one transaction: all of it is kept, or nothing.

    Called inside another one it joins it.  Deadlocks, serialisation failures and a busy SQLite are retried with
    jitter, at most 8 times, then `Busy` is raised.  Reads made earlier in the request are ended first, else SQLite
    would silently keep its old snapshot and refuse the lock.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if writing():
            return function(*args, **kwargs)
        for attempt in range(ATTEMPTS):
            try:
                return _once(function, *args, **kwargs)
            except (DBAPIError, StaleDataError) as error:
                if not _worth_retrying(error, attempt):
                    raise
                time.sleep(random.uniform(0.005, 0.03) * 2**attempt)  # noqa: S311 - jitter, not a secret
        raise Busy("busy")

    return run


def _once(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    session = db.session
    session.rollback()
    session.connection(execution_options={WRITE: True})
    session.info[WRITE] = True
    try:
        result = function(*args, **kwargs)
        session.commit()
        return result
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITE, None)


def _worth_retrying(error: Exception, attempt: int) -> bool:
    if isinstance(error, StaleDataError):
        return True
    original = getattr(error, "orig", None)
    if isinstance(original, sqlite3.OperationalError):
        return "locked" in str(original) or "busy" in str(original)
    state = getattr(original, "sqlstate", None)
    # Two first rows of one key at the same moment: the second looks again, twice at most, and finds the first one's.
    return state in RETRYABLE or (state == UNIQUE and attempt < 2)


Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def below(column: Column, code: str) -> ColumnElement[bool]:
    """Rows whose territory code lies in `code` (published codes nest, so this is an index range, not a join)."""
    if not code:
        return true()
    return (column >= code) & (column < code + "~")


def in_scope(column: Column, scopes: Iterable[str]) -> ColumnElement[bool]:
    """Rows in any of the territories; no territory means no row (deny by default)."""
    parts = [below(column, code) for code in scopes]
    return or_(*parts) if parts else false()


def standalone_engine(url: str) -> Engine:
    """An engine outside the application (command-line tools and benchmarks), prepared the same way."""
    engine = create_engine(url)
    prepare_engine(engine)
    return engine
