"""The published seals: a file for each city outside the database, one JSON line for each seal, never rewritten.

A database that was cut short or restored to an earlier state no longer agrees with it; so does one that was bent.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from timebank.core.errors import Refused
from timebank.ledger.keys import folder
from timebank.ledger.rules.seals import SealFacts, facts_of

TAIL = 8192  # bytes that hold more than two lines


class SealsDisagree(Refused):
    """The published file and the database tell different stories: sealing on would hide which is right."""


def seals_file(tenant: int) -> Path:
    """The published seals of a city."""
    return folder() / f"{tenant}.jsonl"


def published_tenants() -> list[int]:
    """The cities that have a file."""
    return sorted(int(path.stem) for path in folder().glob("*.jsonl") if path.stem.isdecimal())


class Book:
    """The open file of a city; nobody else seals or publishes for it meanwhile."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def last(self) -> SealFacts | None:
        """The newest published seal.  A line that a crash left unfinished is taken away first."""
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, size - TAIL))
        tail = self._file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            self._file.truncate(size - len(tail) + len(whole))
        lines = whole.splitlines()
        return facts_of(json.loads(lines[-1])) if lines else None

    def append(self, seals: Iterable[SealFacts]) -> None:
        """Writes the lines and waits until they are on the disk."""
        lines = b"".join(json.dumps(seal.published()).encode() + b"\n" for seal in seals)
        if lines:
            self._file.seek(0, os.SEEK_END)
            self._file.write(lines)
            self._file.flush()
            os.fsync(self._file.fileno())


@contextmanager
def book(tenant: int) -> Iterator[Book | None]:
    """The file of a city to write to; None when somebody else is sealing just now."""
    path = seals_file(tenant)
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("ab+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        if is_new:
            _keep_name(path.parent)
        yield Book(file)


def _keep_name(parent: Path) -> None:
    """A new file survives a power cut only when its folder is written, too."""
    handle = os.open(parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def published(tenant: int) -> Iterator[SealFacts]:
    """The published seals of a city, oldest first; waits for a line that is being written.  Raises ValueError."""
    path = seals_file(tenant)
    if not path.exists():
        return
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        size = file.seek(0, os.SEEK_END)
        fcntl.flock(file, fcntl.LOCK_UN)
        file.seek(0)
        for number, line in enumerate(file, 1):
            size -= len(line)
            if size < 0:  # written since
                return
            try:
                yield facts_of(json.loads(line))
            except ValueError as error:
                raise ValueError(f"line {number} of {path.name}: {error}") from error


def content(path: Path) -> Iterator[bytes]:
    """A published file, piece by piece (an answer is sent when the application's context is gone)."""
    with path.open("rb") as file:
        while piece := file.read(1 << 16):
            yield piece


def published_one(tenant: int, n: int) -> SealFacts | None:
    """One published seal; None if there is none, or the file cannot be read."""
    path = seals_file(tenant)
    if not path.exists():
        return None
    try:
        with path.open("rb") as file:
            return _halved(file, n)
    except ValueError:
        return None


def _halved(file: IO[bytes], n: int) -> SealFacts | None:
    """Found by halving: the lines are in the order of their numbers."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        start, line = _line_from(file, middle)
        if not line.endswith(b"\n"):
            high = middle
            continue
        found = facts_of(json.loads(line))
        if found.n == n:
            return found
        low, high = (start + len(line), high) if found.n < n else (low, middle)
    return None


def _line_from(file: IO[bytes], place: int) -> tuple[int, bytes]:
    """The first line that starts at `place` or later, and where it starts."""
    file.seek(max(0, place - 1))
    if place:
        file.readline()
    return file.tell(), file.readline()
