"""Whose turn is it to write?  In one process the longest waiting thread's; between processes the next one's."""

from __future__ import annotations

import fcntl
import os
import threading
import time
import weakref
from collections import deque


class Turns:
    """A lock that is given in the order of asking, and handed on without ever being free in between."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False
        self._holder = 0

    def ticket(self) -> threading.Lock:
        """A place in the queue: a lock that can be acquired when it is one's turn.  RuntimeError inside one's turn."""
        mine = threading.Lock()
        with self._mutex:
            if self._taken:
                if self._holder == threading.get_ident():
                    raise RuntimeError("a transaction began inside another session's transaction: it waits for itself")
                mine.acquire()
                self._waiting.append(mine)
            else:
                self._taken = True
        return mine

    def begun(self) -> None:
        """The thread whose turn it is says who it is."""
        self._holder = threading.get_ident()

    def withdraw(self, ticket: threading.Lock) -> bool:
        """Gives a place in the queue up; False: too late, it is one's turn already."""
        with self._mutex:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            return True

    def hand_on(self) -> bool:
        """Gives the turn to who waits longest; False: nobody waits, and the turn is still one's own."""
        with self._mutex:
            if not self._waiting:
                return False
            self._holder = 0
            self._waiting.popleft().release()
            return True

    def end(self) -> None:
        """The turn is over, whether anybody waits or not."""
        with self._mutex:
            self._holder = 0
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class Door:
    """Lets the processes that write one SQLite file in one by one.

    SQLite itself keeps them apart, but it lets them look again only every tenth of a second: who has just written is
    nearly always first again, and others starve.  Here who comes back must first pass the place where the next one
    stands.  Only courtesy: whoever ignores it, or waits too long, still meets SQLite's lock.
    """

    NEXT, INSIDE = 0, 1  # bytes of the file; a lock of a process goes with it, however it ends

    def __init__(self, path: str, patience: float) -> None:
        self._patience = patience
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        weakref.finalize(self, os.close, self._file)

    def enter(self) -> None:
        until = time.monotonic() + self._patience
        self._wait(self.NEXT, until, 0.005)
        self._wait(self.INSIDE, until, 0.0004)  # whoever is next looks often
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self.NEXT)

    def leave(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self.INSIDE)

    def _wait(self, place: int, until: float, longest: float) -> None:
        pause = 0.0002
        while time.monotonic() < until:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                return
            except OSError:
                time.sleep(pause)
                pause = min(pause * 1.5, longest)
