"""A filesystem of its own on a loop device: power cuts and full disks as the kernel sees them (needs root)."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
from pathlib import Path

from drills.place import PATIENCE, Place, wait_for

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
WITHOUT_LOG = 2  # neither data nor journal are written any more: what is not on the device now never will be


class Disk:
    """An ext4 filesystem of so many megabytes in a file."""

    def __init__(self, place: Place, megabytes: int) -> None:
        self.image = place.folder / "disk.img"
        self.folder = place.folder / "mounted"
        self.folder.mkdir()
        with self.image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(self.image))
        self.device = _run("losetup", "--find", "--show", str(self.image))
        place.later(lambda: _run("losetup", "--detach", self.device))
        self._mounted = False
        place.later(self.unmount)
        self.mount()

    def mount(self) -> None:
        """The kernel repairs what it finds, as after any power cut."""
        _run("mount", self.device, str(self.folder))
        self.folder.chmod(0o755)
        self._mounted = True

    def unmount(self) -> None:
        if self._mounted:
            wait_for("that nobody uses the filesystem any more", self._let_go)
            self._mounted = False

    def _let_go(self) -> bool:
        return not subprocess.run(
            ["umount", str(self.folder)], capture_output=True, timeout=PATIENCE, check=False
        ).returncode

    def flush(self) -> None:
        """Everything written so far is on the device."""
        _run("sync", "-f", str(self.folder))

    def cut(self) -> None:
        """The power goes: from this moment nothing reaches the device."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", WITHOUT_LOG))
        finally:
            os.close(handle)

    def back(self) -> None:
        """The power is back; whoever had files open there must be dead."""
        self.unmount()
        self.mount()

    def fill(self) -> Path:
        """Leaves no room; removing the file it returns makes some."""
        ballast = self.folder / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 16, 1 << 12):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue
        return ballast


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()
