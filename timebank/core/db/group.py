"""One writer and many commits: how the threads of a process share SQLite's single write lock.

Whose turn it is works inside the transaction that is already open, then hands it to the next one waiting.  The last of
them commits once for all (one flush to the disk), and only then does each of them go back to its caller.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from timebank.core.db.engines import WRITE, lost
from timebank.core.db.errands import Errand, Errands, NotKept
from timebank.core.db.turns import Door, Turns
from timebank.core.errors import Busy

R = TypeVar("R")
MOST = 64  # members of one transaction
LONGEST = 0.02  # seconds after which nobody else joins: other processes want to write, too
PATIENCE = 20.0  # seconds somebody waits for a turn


class Batch:
    """The transaction that several members share."""

    def __init__(self, connection: Connection, alone: bool) -> None:
        self.connection = connection
        self.alone = alone
        self.since = time.monotonic()
        self.members = 0
        self.error: BaseException | None = None
        self._settled = threading.Event()

    def open_to_others(self) -> bool:
        return (
            not self.alone
            and self.error is None
            and self.members < MOST
            and time.monotonic() - self.since < LONGEST
            and not lost(self.connection)
        )

    def settle(self) -> None:
        """Commits for all.  Raises nothing: `result` tells each member."""
        try:
            if self.error is None:
                self._commit()
        except BaseException as error:  # told to every member in its own thread
            self.error = error
        finally:
            if self.error is not None:
                self.connection.invalidate()  # SQLite may leave a transaction open whose COMMIT failed
            self.connection.close()
            self._settled.set()

    def _commit(self) -> None:
        if lost(self.connection):  # the driver would do nothing and call it a success
            raise NotKept
        self.connection.commit()

    def result(self, mine: BaseException | None) -> None:
        """Waits until it is settled.  Raises NotKept when it was lost by somebody else's doing than `mine`."""
        self._settled.wait()
        if self.error is None or self.error is mine:
            return
        if self.alone:
            raise self.error
        raise NotKept from self.error


class Writer:
    """The only way by which this process writes to one SQLite file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = weakref.ref(engine)
        self._turns = Turns()
        self._door: Door | None = None
        self._batch: Batch | None = None
        self._errands = Errands(self.turn, lambda: (MOST, LONGEST))

    def send(self, work: Callable[[Connection], R], alone: bool = False) -> R:
        """Runs `work(connection)`, which sends one statement, in this thread or in that of whoever has the turn.

        Returns when it is on the disk.  Raises what `work` raises, and as `turn`.
        """
        if not alone:
            return self._errands.run(work)  # type: ignore[no-any-return]
        errand = Errand(work)
        with self.turn(alone=True) as connection:
            self._errands.carry_out(connection, iter([errand]))
        return errand.result()  # type: ignore[no-any-return]

    @contextmanager
    def turn(self, alone: bool = False) -> Iterator[Connection]:
        """The connection to write on, in an open transaction; when the block is left, what it did is on the disk.

        The block must undo what it did before it raises.  `alone`: nobody shares the transaction.  Raises NotKept
        (may be tried again), Busy when the turn does not come, and what the database says.
        """
        self._take()
        mine: BaseException | None = None
        try:
            batch = self._join(alone)
        except BaseException:
            self._end()
            raise
        try:
            yield batch.connection
        except BaseException as error:
            mine = error
            if lost(batch.connection):
                batch.error = error
            raise
        finally:
            batch.members += 1
            if not (batch.open_to_others() and self._turns.hand_on()):
                self._end()
            batch.result(mine)

    def _take(self) -> None:
        ticket = self._turns.ticket()
        try:
            if not ticket.acquire(timeout=PATIENCE):
                raise Busy("busy")
        except BaseException:
            if not self._turns.withdraw(ticket):
                self._end()
            raise
        self._turns.begun()

    def _join(self, alone: bool) -> Batch:
        if self._batch is not None and alone:
            self._settle()
        if self._batch is None:
            self._batch = Batch(self._begin(), alone)
        return self._batch

    def _begin(self) -> Connection:
        engine = self._engine()
        if engine is None:
            raise RuntimeError("the engine is gone")
        connection = engine.connect().execution_options(**{WRITE: True})
        if self._door is None:
            self._door = Door(f"{_file_of(connection)}-turn", PATIENCE)
        try:
            self._door.enter()
            connection.begin()
        except BaseException:
            connection.close()
            self._door.leave()
            raise
        return connection

    def _end(self) -> None:
        try:
            self._settle()
        finally:
            self._turns.end()

    def _settle(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None and self._door is not None:
            try:
                batch.settle()
            finally:
                self._door.leave()


def _file_of(connection: Connection) -> str:
    driver: Any = connection.connection.driver_connection
    return str(driver.execute("PRAGMA database_list").fetchone()[2])


_writers: WeakKeyDictionary[Engine, Writer] = WeakKeyDictionary()
_making = threading.Lock()


def writer_of(engine: Engine) -> Writer | None:
    """The writer of an engine; None where each transaction has a connection of its own (PostgreSQL, memory)."""
    writer = _writers.get(engine)
    if writer is None and engine.dialect.name == "sqlite" and isinstance(engine.pool, QueuePool):
        with _making:
            if engine not in _writers:
                _writers[engine] = Writer(engine)
                event.listen(engine, "engine_disposed", _forget)
            writer = _writers[engine]
    return writer


def _forget(engine: Engine) -> None:
    _writers.pop(engine, None)


def _after_fork() -> None:
    if _making.locked():  # by a thread of the parent, which is not here to release it
        _making.release()
    _writers.clear()  # the turns of the parent's threads are not ours


os.register_at_fork(after_in_child=_after_fork)
