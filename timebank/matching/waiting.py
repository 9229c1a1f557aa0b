"""How pages wake the process that waits for searches: a socket in the folder of the instance, one for each instance.

Who waits holds a lock for as long as the socket stands, so that there is one at most; when that process is gone, also
by force, nobody answers any more and the next may wait.  No call is lost: a page calls after what it wants done is
written down, and who waits looks at the queue after the socket stands and once more after it is gone.
"""

from __future__ import annotations

import fcntl
import os
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LONGEST = 100  # bytes of an address, of the 108 that the system allows
IDLE_SECONDS = 600.0
CALL = b"!"


def wake(address: str) -> bool:
    """Calls whoever waits at the address; False when nobody does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as caller:
        caller.setblocking(False)
        try:
            caller.sendto(CALL, address)
        except BlockingIOError:
            return True  # so many calls lie there that one more says nothing new
        except OSError:
            return False
        return True


class Post:
    """The place where one waits.  Raises `OSError` when somebody waits there already, or nobody can."""

    def __init__(self, address: str) -> None:
        if not 0 < len(os.fsencode(address)) <= LONGEST:
            raise OSError("no address that a socket can have")
        self._path = Path(address)
        self._lock = os.open(f"{address}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._path.unlink(missing_ok=True)  # of one who was killed
            self.socket.bind(address)
            self._path.chmod(0o600)
            self.socket.setblocking(False)
        except OSError:
            self.forget()
            raise

    def heard(self) -> bool:
        """Takes every call that lies there; was there one?"""
        found = False
        with suppress(BlockingIOError):
            while self.socket.recv(len(CALL)):
                found = True
        return found

    def leave(self) -> None:
        """Nobody waits here any more; the next may."""
        self._path.unlink(missing_ok=True)
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        self.forget()

    def forget(self) -> None:
        """Lets go of what a process has of it, without leaving: for a copy, which would keep the lock otherwise."""
        self.socket.close()
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1


def wait(post: Post, server: int, begin: Callable[[], None], *, idle: float = IDLE_SECONDS) -> None:
    """Calls `begin` at once and for every call, until nobody has called for `idle` seconds or the server has ended.

    `server`: an open file of which the server holds the other end; it can be read when that end is closed.
    `begin` must not wait.
    """
    ended = False
    begin()
    while not ended:
        ready, _, _ = select.select([post.socket.fileno(), server], [], [], idle)
        ended = not ready or server in ready
        if post.heard() and not ended:
            begin()
    post.leave()
    begin()  # what was asked for in the last moment
