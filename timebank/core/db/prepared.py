"""A statement that PostgreSQL keeps ready in each connection, sent by libpq itself.

The driver's cursor looks at each value, its type and the statement again every time; for the one statement that the
ledger lives by, that costs as much as sending it.
"""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import errors, pq

TEXT, BINARY = pq.Format.TEXT, pq.Format.BINARY


class Prepared:
    """One statement with $1, $2 … and a RETURNING.  Only for connections that commit by themselves (psycopg begins a
    transaction in its cursors, not here)."""

    def __init__(self, name: str, sql: str, order: tuple[str, ...]) -> None:
        """`order`: the names of $1, $2 …"""
        self._order = order
        self._name = name.encode()
        self._sql = sql.encode()
        self._known: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()

    def ready(self, driver: Any) -> bool:
        """Is the statement in this connection, or can it be brought there?  Raises what the database says."""
        known = self._known.get(driver)
        if known is None:
            known = self._known[driver] = self._prepare(driver)
        return known

    def _prepare(self, driver: Any) -> bool:
        if driver.prepare_threshold is None or not driver.autocommit or driver.info.encoding != "utf-8":
            return False  # a pooler in between keeps nothing, and the bytes below are UTF-8
        _checked(driver.pgconn.prepare(self._name, self._sql), pq.ExecStatus.COMMAND_OK)
        return True

    def returned(self, driver: Any, row: Mapping[str, object]) -> int:
        """Runs it with these values; how many rows it returned.  Raises the errors of psycopg."""
        values = [row[name] for name in self._order]
        given = [_bytes(value) for value in values]
        formats = [BINARY if isinstance(value, (str, bytes)) else TEXT for value in values]
        result = driver.pgconn.exec_prepared(self._name, given, formats)
        _checked(result, pq.ExecStatus.TUPLES_OK)
        return int(result.ntuples)


def _checked(result: Any, wanted: pq.ExecStatus) -> None:
    if result.status != wanted:
        raise errors.error_from_result(result)


def _bytes(value: object) -> bytes | None:
    """The value as PostgreSQL reads it: words and bytes as they are, the rest as it is written."""
    if isinstance(value, str):
        return value.encode()
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, uuid.UUID):
        return value.hex.encode()
    if isinstance(value, datetime):
        return value.isoformat().encode()
    return str(int(value)).encode()  # type: ignore[call-overload]
