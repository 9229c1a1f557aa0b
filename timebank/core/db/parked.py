"""Connections that commit each statement by themselves, kept at hand between statements.

To take a connection out of its pool and to put it back costs a posting a third of what the application does for it.
Who asked for connections to be looked at first (`pool_pre_ping`, `pool_recycle`) or not to be kept (`NullPool`) gets
that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

R = TypeVar("R")


class Parked:
    """The connections of one engine, each used by one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.idle: deque[Connection] = deque()
        self._waiting = 0
        pool = engine.pool
        self._keeps = isinstance(pool, QueuePool) and not pool._pre_ping and pool._recycle < 0

    def run(self, work: Callable[[Connection], R]) -> R:
        """Runs `work(connection)` and keeps the connection for the next one, unless it is gone."""
        connection = self._take()
        try:
            return work(connection)
        except Exception:
            raise
        except BaseException as end:  # in the middle of something: nobody knows in which state it is
            connection.invalidate(end)
            raise
        finally:
            self._give_back(connection)

    def _take(self) -> Connection:
        try:
            return self.idle.pop()
        except IndexError:
            pass
        self._waiting += 1  # whoever gives one back from now on gives it to the pool, where we may have to wait
        try:
            return self.idle.pop()
        except IndexError:
            return self.engine.connect()
        finally:
            self._waiting -= 1

    def _give_back(self, connection: Connection) -> None:
        if not self._keeps or connection.invalidated or connection.closed:
            connection.close()
            while self._keeps and self._free_one(trusted=False):  # where one is gone, so may be the others
                continue
            return
        if connection.in_transaction():  # the toolkit's notion of one; the driver has committed
            connection.rollback()
        self.idle.append(connection)
        if self._waiting:
            self._free_one()

    def _free_one(self, *, trusted: bool = True) -> bool:
        try:
            connection = self.idle.pop()
        except IndexError:
            return False
        if not trusted:
            connection.invalidate()
        connection.close()
        return True

    def dispose(self) -> None:
        """Closes what is at hand."""
        while self._free_one():
            continue
        self.engine.dispose()
