"""Statements that wait for a turn are sent by whoever has it: one wake-up for each of them instead of two.

The first who comes leads: takes the writer's turn, sends what the others have brought meanwhile, and commits once for
all.  What comes during the commit is led by the first who then waits.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.engine import Connection

from timebank.core.db.engines import lost
from timebank.core.errors import Busy


class NotKept(Exception):
    """The transaction that somebody's finished work was part of is gone: nothing of it was kept."""


UNDONE = object()


class Errand:
    """A piece of work that somebody else may do, and what came of it."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self._work = work
        self._answer: Any = UNDONE
        self.error: BaseException | None = None
        self.leads = False
        self.told = threading.Lock()  # held until there is news
        self.told.acquire()

    def run(self, connection: Connection) -> None:
        """Does it.  Raises only what leaves something behind, or is no ordinary error: then all is undone."""
        driver: Any = connection.connection.driver_connection
        before = driver.total_changes
        try:
            self._answer = self._work(connection)
        except BaseException as error:
            self.error = error
            if not isinstance(error, Exception) or lost(connection) or driver.total_changes != before:
                raise

    def result(self) -> Any:
        """The answer, once it is kept.  Raises what the work raised."""
        if self.error is not None:
            raise self.error
        if self._answer is UNDONE:
            raise NotKept
        return self._answer


class Errands:
    """Those that wait, in the order of their coming; the first of them leads."""

    def __init__(
        self, turn: Callable[[], AbstractContextManager[Connection]], limits: Callable[[], tuple[int, float]]
    ) -> None:
        """`limits()`: how many may share a turn, and for how many seconds."""
        self._turn, self._limits = turn, limits
        self._mutex = threading.Lock()
        self._waiting: deque[Errand] = deque()
        self._led = False

    def run(self, work: Callable[[Connection], Any]) -> Any:
        """The answer of the work, when it is on the disk."""
        mine = Errand(work)
        with self._mutex:
            self._waiting.append(mine)
            mine.leads = not self._led
            self._led = True
        if not mine.leads:
            self._wait(mine)
        if mine.leads:
            self._lead()
        return mine.result()

    def _wait(self, mine: Errand) -> None:
        try:
            mine.told.acquire()
        except BaseException:  # interrupted: somebody else must lead
            with self._mutex:
                if mine in self._waiting:
                    self._waiting.remove(mine)
            if mine.leads:
                self._tell([])
            raise

    def _lead(self) -> None:
        taken: list[Errand] = []
        try:
            with self._turn() as connection:
                self.carry_out(connection, self._next(taken))
        except BaseException as error:
            self._failed(taken, error)
            if not isinstance(error, Exception):
                raise
        finally:
            self._tell(taken)

    def _next(self, taken: list[Errand]) -> Iterator[Errand]:
        """Takes one after the other out of the queue, as long as there are some and others may wait."""
        most, longest = self._limits()
        until = time.monotonic() + longest
        while self._waiting and len(taken) < most and (not taken or time.monotonic() < until):
            taken.append(self._waiting.popleft())
            yield taken[-1]

    def carry_out(self, connection: Connection, errands: Iterator[Errand]) -> None:
        """Does them one after the other.  Raises the first error that spoils the others: nothing is left of any."""
        driver: Any = connection.connection.driver_connection
        driver.execute("SAVEPOINT errands")
        try:
            for errand in errands:
                errand.run(connection)
        except BaseException:
            if not connection.invalidated and driver.in_transaction:
                driver.execute("ROLLBACK TO errands")
                driver.execute("RELEASE errands")
            raise
        driver.execute("RELEASE errands")

    def _failed(self, taken: list[Errand], error: BaseException) -> None:
        """Nothing was kept: who did nothing wrong tries again; if the turn did not come, it comes to nobody."""
        if not taken:
            with self._mutex:
                while self._waiting and (isinstance(error, Busy) or not taken):  # who leads is the first
                    taken.append(self._waiting.popleft())
            for errand in taken:
                errand.error = error
        for errand in taken:
            if errand.error is None:
                errand.error = NotKept()

    def _tell(self, taken: list[Errand]) -> None:
        with self._mutex:
            following = self._waiting[0] if self._waiting else None
            self._led = following is not None
            if following is not None:
                following.leads = True
                following.told.release()
        for errand in taken:
            errand.told.release()
