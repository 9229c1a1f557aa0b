"""How each engine is set: durable, impatient, and honest about what it lost."""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from flask import Flask
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError

from timebank.core.db import standby
from timebank.core.db.base import db
from timebank.core.db.parked import Parked

WRITE = "timebank_write"
# The file is read where it lies in memory, as far as SQLite can, and not copied page by page (nor written there).
PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"),
    *("mmap_size=2147418112", "cache_size=-16384"),
)
# A lock that is not given in 10 s is asked for again later; a program that went silent in a transaction loses it.
SETTINGS = {
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "120s",
    "timezone": "UTC",
}
# Whatever the server's default: a commit is on the disk (and where there is a standby, on its disk), or it is none.
DURABLE = """CASE WHEN current_setting('synchronous_commit') IN ('on', 'remote_apply')
THEN current_setting('synchronous_commit') ELSE 'on' END"""

_prepared: WeakSet[Engine] = WeakSet()
_inherited: list[object] = []  # of the process we were forked from: never closed, that would end its transactions


def init_app(app: Flask) -> None:
    """Binds the database to the application and sets the pragmas and time-outs both engines need."""
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)
            _options[engine] = dict(app.config.get("SQLALCHEMY_ENGINE_OPTIONS") or {})


def prepare_engine(engine: Engine) -> None:
    """SQLite: WAL, durable commits, foreign keys, explicit BEGIN.  PostgreSQL: lock and statement time-outs."""
    _prepared.add(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        event.listen(engine, "handle_error", _give_up_a_lost_transaction)
    else:
        event.listen(engine, "connect", _postgresql_connect)


def standalone_engine(url: str) -> Engine:
    """An engine outside the application (command-line tools and benchmarks), prepared the same way."""
    engine = create_engine(url)
    prepare_engine(engine)
    return engine


_options: WeakKeyDictionary[Engine, dict[str, Any]] = WeakKeyDictionary()
_statements: WeakKeyDictionary[Engine, Parked] = WeakKeyDictionary()
_making = threading.Lock()


def statement_connections(engine: Engine) -> Parked:
    """Connections to the same database, made with the same options, that always commit each statement by themselves.

    Switching a connection there and back costs a short statement a third of its time.  They go with the engine.
    """
    known = _statements.get(engine)
    if known is not None:
        return known
    with _making:
        if engine not in _statements:
            options = _options.get(engine, {}) | {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
            sister = create_engine(engine.url, **options)
            prepare_engine(sister)
            if not event.contains(engine, "engine_disposed", _dispose_sister):
                event.listen(engine, "engine_disposed", _dispose_sister)
            _statements[engine] = Parked(sister)
        return _statements[engine]


def _dispose_sister(engine: Engine) -> None:
    sister = _statements.pop(engine, None)
    if sister is not None:
        sister.dispose()


def _sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _give_up_a_lost_transaction(context: ExceptionContext) -> None:
    """A full disk or an I/O error makes SQLite roll everything back by itself, and it would then keep each further
    statement at once and take COMMIT for done.  So the connection is given up: whatever still uses it fails.
    """
    connection = context.connection
    if connection is not None and connection.in_transaction() and lost(connection):
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False


def failure(connection: Connection, error: Exception) -> DBAPIError:
    """What the toolkit would raise for an error of the bare driver on this connection, having done what it would do:
    a connection that is gone does not come back into the pool.
    """
    driver: Any = connection.connection.dbapi_connection
    gone = connection.dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    if gone or (connection.dialect.name == "sqlite" and connection.in_transaction() and lost(connection)):
        connection.invalidate(error)
    return DBAPIError(None, None, error)


def careless(connection: Connection) -> list[str]:
    """In words what the server is told to leave out that a crash would need.  Empty on SQLite.

    `synchronous_commit` does not count: each of our connections insists on its own (DURABLE).
    """
    if connection.dialect.name != "postgresql":
        return []
    off = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name"
    return [
        f"PostgreSQL runs with {name}=off: a power cut would lose or destroy what was acknowledged"
        for name in connection.exec_driver_sql(off).scalars()
    ]


def forgets() -> bool:
    """Would a power cut lose or destroy what was acknowledged?  One statement on PostgreSQL, none on SQLite."""
    return bool(careless(db.session.connection()))


def lost(connection: Connection) -> bool:
    """Has SQLite ended the connection's transaction by itself?"""
    if connection.invalidated or connection.closed:
        return True
    driver: Any = connection.connection.driver_connection
    return not driver.in_transaction


def _postgresql_connect(connection: Any, _record: object) -> None:
    values = {name: f"'{value}'" for name, value in SETTINGS.items()} | {"synchronous_commit": DURABLE}
    settings = ", ".join(f"set_config('{name}', {value}, false)" for name, value in values.items())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {settings}")
    connection.commit()
    standby.listen(connection)


def _after_fork() -> None:
    """A child keeps its hands off its parent's connections, and makes its own."""
    if _making.locked():  # by a thread of the parent, which is not here to release it
        _making.release()
    _inherited.append([engine.pool for engine in _prepared])
    _inherited.append([parked.idle for parked in _statements.values()])
    _statements.clear()  # before the engines are disposed: a sister would be closed with hers
    sessions: dict[Any, Any] = getattr(db.session.registry, "registry", {})
    _inherited.append(dict(sessions))
    sessions.clear()
    for engine in _prepared:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_after_fork)
