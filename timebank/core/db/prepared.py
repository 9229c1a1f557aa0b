"""A statement that PostgreSQL keeps ready in each connection, sent by libpq itself.

The driver's cursor looks at each value, its type and the statement again every time; for the one statement that the
ledger lives by, that costs as much as sending it.
"""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Callable, Mapping
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
        forms = [_FORMS.get(type(value)) or _form_of(value) for value in values]
        given = [write(value) for (write, _), value in zip(forms, values, strict=True)]
        result = driver.pgconn.exec_prepared(self._name, given, [form for _, form in forms])
        _checked(result, pq.ExecStatus.TUPLES_OK)
        return int(result.ntuples)


def _checked(result: Any, wanted: pq.ExecStatus) -> None:
    if result.status != wanted:
        raise errors.error_from_result(result)


def _moment(value: datetime) -> bytes:
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.isoformat().encode()


# How PostgreSQL reads a value: words and bytes as they are, the rest as it is written.
_FORMS: dict[type, tuple[Callable[[Any], bytes | None], pq.Format]] = {
    str: (str.encode, BINARY),
    bytes: (bytes, BINARY),
    int: (b"%d".__mod__, TEXT),
    uuid.UUID: (lambda value: value.hex.encode(), TEXT),
    datetime: (_moment, TEXT),
    type(None): (lambda _: None, TEXT),
}


def _form_of(value: object) -> tuple[Callable[[Any], bytes | None], pq.Format]:
    """Of what is a kind of one of them (a StrEnum, a bool as a number).  Raises TypeError."""
    for kind, form in _FORMS.items():
        if isinstance(value, kind):
            return form
    raise TypeError(type(value).__name__)
