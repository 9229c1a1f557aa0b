"""A simulated disk with a page cache (`cache.c`): power cuts and full disks without root."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from drills.databases import copy, give_away
from drills.place import PATIENCE, Place

SOURCE = Path(__file__).with_suffix(".c")


def available() -> bool:
    """Is there a C compiler?"""
    return shutil.which("cc") is not None


class Cache:
    """`live` is what programs see; `disk` what is left of it when the power goes."""

    def __init__(self, place: Place, live: Path) -> None:
        self.library = _library(place)
        self.live = live.resolve()
        self.disk = place.folder.resolve() / f"{live.name}.disk"
        self.full = place.folder.resolve() / f"{live.name}.full"

    @property
    def env(self) -> dict[str, str]:
        """With these a program works on the simulated disk."""
        return {
            "LD_PRELOAD": str(self.library),
            "DRILL_CACHE_LIVE": str(self.live),
            "DRILL_CACHE_DISK": str(self.disk),
            "DRILL_CACHE_FULL": str(self.full),
        }

    def flush(self) -> None:
        """Everything is on the disk (nobody may be writing)."""
        shutil.rmtree(self.disk, ignore_errors=True)
        self.disk.mkdir()
        give_away(self.disk)
        copy(self.live, self.disk)

    def cut(self) -> None:
        """The power goes and comes back: programs must be dead by now."""
        shutil.rmtree(self.live)
        self.live.mkdir(mode=0o700)
        give_away(self.live)
        copy(self.disk, self.live)
        for left in (*self.live.rglob("*.guard"), *self.live.rglob("*.draft")):
            left.unlink()


def _library(place: Place) -> Path:
    made = place.templates / "cache.so"
    if not made.exists():
        words = ["cc", "-shared", "-fPIC", "-O2", "-Wall", "-o", str(made), str(SOURCE), "-ldl"]
        subprocess.run(words, timeout=PATIENCE, check=True)
        place.templates.chmod(0o755)
    return made
