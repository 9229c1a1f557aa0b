"""Statements that are built once and run by the driver itself, for what is asked many times a minute.

What the toolkit does around a statement (keys of its cache, values, types of each column) costs these short ones as
much as the database does.  And the driver of PostgreSQL throws away everything it has prepared at each ROLLBACK, with
which every reading request ends: so each request would be planned afresh, longer than it runs.  Here a connection keeps
its plans; the driver prepares nothing on it by itself any more.
"""

from __future__ import annotations

import itertools
import json
import weakref
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from timebank.core.db import failure

Rows: TypeAlias = Sequence[tuple[Any, ...]]
Process: TypeAlias = Callable[[Any], Any]
_NUMBERS = itertools.count(1)
LOST = (b"26000", b"0A000")  # somebody threw the plan away, or changed its tables so that other columns would come


class Bare:
    """A statement of one shape for one database.  Its rows hold what the driver makes of a column: see `day_of`."""

    def __init__(self, statement: Any, dialect: str) -> None:
        sqlite = dialect == "sqlite"
        # each value goes once with the statement, however often it stands there
        kind: Any = SQLiteDialect_pysqlite if sqlite else PGDialect_psycopg
        spoken = kind(paramstyle="named" if sqlite else "numeric_dollar")
        compiled: Any = statement.compile(dialect=spoken)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        found = {name: bind.type.dialect_impl(spoken).bind_processor(spoken) for name, bind in binds.items()}
        self._processes: dict[str, Process] = {name: process for name, process in found.items() if process}
        self._fixed = self._processed({name: bind.value for name, bind in binds.items() if not bind.required})
        self._order: tuple[str, ...] = tuple(binds if sqlite else compiled.positiontup)
        self._asked = tuple(name for name, bind in binds.items() if bind.required)
        self._sql = str(compiled)
        self._run = self._sqlite if sqlite else self._postgresql

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Rows:
        """Runs it with these values (those it does not ask for are left out) in the connection's transaction.

        Raises what the toolkit would raise.
        """
        driver: Any = connection.connection.driver_connection
        given = self._fixed | self._processed({name: values[name] for name in self._asked})
        try:
            return self._run(driver, given)
        except connection.dialect.loaded_dbapi.Error as error:
            raise failure(connection, error) from error

    def _processed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        process = self._processes
        return {name: process[name](value) if name in process else value for name, value in values.items()}

    def _sqlite(self, driver: Any, given: Mapping[str, Any]) -> Rows:
        found: Rows = driver.execute(self._sql, given).fetchall()
        return found

    def _postgresql(self, driver: Any, given: Mapping[str, Any]) -> Rows:
        kept = _kept(driver)
        if kept is None:
            with psycopg.RawCursor(driver) as cursor:
                return cursor.execute(self._sql, [given[name] for name in self._order]).fetchall()
        if driver.info.transaction_status == pq.TransactionStatus.IDLE and not driver.autocommit:
            driver.execute("SELECT 1")  # begins the transaction
        result = self._answered(driver.pgconn, kept, [_written(given[name]) for name in self._order])
        reader = Transformer(driver)
        reader.set_pgresult(result)
        return reader.load_rows(0, result.ntuples, tuple)

    def _answered(self, server: Any, kept: dict[Bare, bytes], written: Sequence[bytes | None]) -> Any:
        if self not in kept:
            name = b"timebank_read_%d" % next(_NUMBERS)
            _checked(server.prepare(name, self._sql.encode()), pq.ExecStatus.COMMAND_OK)
            kept[self] = name
        result = server.exec_prepared(kept[self], written, None, pq.Format.BINARY)
        if result.error_field(pq.DiagnosticField.SQLSTATE) in LOST:
            del kept[self]  # the next one prepares anew
        return _checked(result, pq.ExecStatus.TUPLES_OK)


Kept: TypeAlias = dict[Bare, bytes]
_drivers: weakref.WeakKeyDictionary[Any, Kept | None] = weakref.WeakKeyDictionary()


def _kept(driver: Any) -> Kept | None:
    """The names of what the connection keeps; None where it keeps nothing: behind a pooler, or where it commits each
    statement by itself (there others have prepared what must stay)."""
    if driver not in _drivers:
        own = driver.prepare_threshold is not None and not driver.autocommit and driver.info.encoding == "utf-8"
        if own:
            # what it has prepared itself it would throw away at the next ROLLBACK, and ours with it
            driver.execute("DEALLOCATE ALL")
            driver.prepare_threshold = None
        _drivers[driver] = {} if own else None
    return _drivers[driver]


def _checked(result: Any, wanted: pq.ExecStatus) -> Any:
    if result.status != wanted:
        raise errors.error_from_result(result)
    return result


def _written(value: Any) -> bytes | None:
    """As PostgreSQL reads it."""
    if value is None:
        return None
    if isinstance(value, list):
        return b"{%s}" % ",".join(map(str, value)).encode()
    return (value.isoformat() if isinstance(value, date) else str(value)).encode()


def day_of(value: Any) -> Any:
    """A civil day or None; SQLite keeps it as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def moment_of(value: Any) -> datetime:
    """A moment, which SQLite keeps as text without its zone (UTC)."""
    found: datetime = datetime.fromisoformat(value + "+00:00") if isinstance(value, str) else value
    return found


def words_of(value: Any) -> Any:
    """A list, which SQLite keeps as text."""
    return json.loads(value) if isinstance(value, str) else value
