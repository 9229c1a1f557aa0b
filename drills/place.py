"""A folder of its own for each case, and everything that must be undone when the case is over."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

PATIENCE = 60.0  # seconds anything may take before the drill gives up


class Place:
    """`with Place(templates) as place:` a folder, processes and mounts that are gone afterwards.

    `templates` is a folder that outlives the place, for what is dear to make (a cluster with books).  `short`: a little
    load is enough, as in the test suite.
    """

    def __init__(self, templates: Path, *, short: bool = False) -> None:
        self.templates = templates
        self.short = short
        self.folder = Path(tempfile.mkdtemp(prefix="tb-drill-"))
        self.folder.chmod(0o755)
        self._undo: list[Callable[[], object]] = []

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._undo:
            with suppress(Exception):
                self._undo.pop()()
        shutil.rmtree(self.folder, ignore_errors=True)

    def some(self, least: int, most: int) -> int:
        """How much load: by chance, or little."""
        return least // 2 if self.short else random.randint(least, most)

    def later(self, undo: Callable[[], object]) -> None:
        """Calls `undo` at the end, the last one first."""
        self._undo.append(undo)

    def process(self, started: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """A process that is killed at the end, if it still runs."""
        self.later(lambda: end(started))
        return started


def end(process: subprocess.Popen[bytes]) -> None:
    """Kills a process of ours and waits for it."""
    if process.poll() is None:
        process.kill()
        process.wait(PATIENCE)


def children(pid: int) -> list[int]:
    """The processes whose parent is `pid`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(after_name[1]) == pid:
                    found.append(int(entry.name))
    return found


def kill(*pids: int) -> None:
    """kill -9, each by its number."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Does it still run (a zombie does not)?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(what: str, ready: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Asks again until it is so.  Raises TimeoutError."""
    until = time.monotonic() + patience
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not happen in {patience:.0f} seconds")
        time.sleep(0.02)
