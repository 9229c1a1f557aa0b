"""The one way to write: all of it or nothing, tried again when somebody was in the way."""

from __future__ import annotations

import functools
import random
import sqlite3
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from timebank.core.db.base import JOINED, db
from timebank.core.db.engines import WRITE, statement_connections
from timebank.core.db.errands import NotKept
from timebank.core.db.group import Writer, writer_of
from timebank.core.db.standby import kept_here_alone
from timebank.core.errors import Busy, DiskFull, NotDurable

P = ParamSpec("P")
R = TypeVar("R")

RETRYABLE = {"40001", "40P01", "55P03"}
UNIQUE = "23505"
SQLITE_WITHOUT_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
WITHOUT_ROOM = {"53100", "58030"}  # disk_full, io_error
SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
ATTEMPTS = 8
ENOUGH = 30.0  # seconds after which nobody tries again


def writing() -> bool:
    """True inside a `transaction`."""
    return db.session.registry.has() and bool(db.session.info.get(WRITE))


def transaction(function: Callable[P, R]) -> Callable[P, R]:
    """Runs a service function as one transaction: all of it is kept, or nothing.

    Called inside another one it joins it.  Deadlocks, serialisation failures and a busy SQLite are retried with
    jitter, at most 8 times and 30 seconds, then `Busy` is raised.  Reads made earlier in the request are ended first,
    else SQLite would silently keep its old snapshot and refuse the lock.  On SQLite the threads of a process share
    commits (`group`); the function returns when its own work is on the disk.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if writing():
            return function(*args, **kwargs)
        return _retried(lambda alone: _once(lambda: function(*args, **kwargs), alone))

    return run


def one_statement(work: Callable[[Connection], R]) -> R:
    """Runs `work(connection)`, which sends one statement that writes (reads may follow it); returns its answer.

    The cheap way for what needs no session: on PostgreSQL one round trip in autocommit, on SQLite a place in a turn of
    the process's writer.  Retried as a `transaction` is, and inside one it joins it.  On SQLite another thread of the
    process may run `work`, so it must use nothing that belongs to a thread: no session, no request.
    """
    if writing():
        return work(db.session.connection())
    return _retried(lambda alone: _statement_once(work, alone))


def _retried(once: Callable[[bool], R]) -> R:
    started = time.monotonic()
    alone = False
    for attempt in range(ATTEMPTS):
        try:
            return once(alone)
        except NotKept:
            alone = True  # whoever spoils a commit spoils only its own
        except (DBAPIError, StaleDataError) as error:
            if _without_room(error):
                raise DiskFull("disk_full") from error
            if not _worth_retrying(error, attempt):
                raise
        if time.monotonic() - started > ENOUGH:
            break
        time.sleep(random.uniform(0.005, 0.03) * 2**attempt)  # noqa: S311 - jitter, not a secret
    raise Busy("busy")


def _once(function: Callable[[], R], alone: bool) -> R:
    session = db.session()
    session.rollback()
    writer = writer_of(db.engine)
    if writer is not None:
        return _in_turn(writer, function, alone)
    session.connection(execution_options={WRITE: True})
    return _committed(function)


def _in_turn(writer: Writer, function: Callable[[], R], alone: bool) -> R:
    session = db.session()
    known = set(session.identity_map.keys())
    try:
        with writer.turn(alone) as connection:
            session.info[JOINED] = connection
            try:
                return _committed(function)
            finally:
                session.info.pop(JOINED, None)
    except NotKept:
        for identity in set(session.identity_map.keys()) - known:  # what the lost work added is not there
            added = session.identity_map.get(identity)
            if added is not None:
                session.expunge(added)
        raise


def _committed(function: Callable[[], R]) -> R:
    session = db.session()
    session.info[WRITE] = True
    try:
        result = function()
        driver = session.connection().connection.driver_connection
        session.commit()
        if kept_here_alone(driver):
            raise NotDurable("not_durable")
        return result
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITE, None)


def _statement_once(work: Callable[[Connection], R], alone: bool) -> R:
    if db.session.registry.has():
        db.session.rollback()  # else SQLite keeps its old snapshot for what the request reads next
    engine = db.engine
    writer = writer_of(engine)
    if writer is not None:
        return writer.send(work, alone)
    return statement_connections(engine).run(lambda connection: _acknowledged(connection, work))


def _acknowledged(connection: Connection, work: Callable[[Connection], R]) -> R:
    answer = work(connection)
    driver = connection.connection.driver_connection
    if driver is not None and not getattr(driver, "autocommit", True):  # somebody's own engine options
        driver.commit()
    if kept_here_alone(driver):
        raise NotDurable("not_durable")
    return answer


def _worth_retrying(error: Exception, attempt: int) -> bool:
    if isinstance(error, StaleDataError):
        return True
    original = getattr(error, "orig", None)
    if isinstance(original, sqlite3.OperationalError):
        return _primary(original) in SQLITE_BUSY
    state = getattr(original, "sqlstate", None)
    # Two first rows of one key at the same moment: the second looks again, twice at most, and finds the first one's.
    return state in RETRYABLE or (state == UNIQUE and attempt < 2)


def _without_room(error: Exception) -> bool:
    """Could the disk not take it?  SQLite says of a full disk sometimes only that it could not write."""
    original = getattr(error, "orig", None)
    if isinstance(original, sqlite3.Error):
        return _primary(original) in SQLITE_WITHOUT_ROOM
    return getattr(original, "sqlstate", None) in WITHOUT_ROOM


def _primary(error: sqlite3.Error) -> int | None:
    """SQLite's code without its details (the low byte; sqlite.org/rescode.html); the driver's own errors have none.

    Never the words: "no such table: blocked_pair" has "locked" in it.
    """
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
