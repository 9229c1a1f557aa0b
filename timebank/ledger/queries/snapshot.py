"""Reads that must all see the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from timebank.core.db import db


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection of its own on which every read sees the books as of one moment; nothing is written."""
    options = {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {}
    with db.engine.connect() as plain:
        connection = plain.execution_options(**options)
        with connection.begin():
            if options:  # reading all books may take longer than a page may
                for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                    connection.exec_driver_sql(f"SET LOCAL {name} = 0")
            yield connection
