"""Databases to be maltreated: an SQLite file, and a PostgreSQL cluster with fsync on."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from drills.place import PATIENCE, Place, alive, children, kill, wait_for
from tests.servers import OWNER, postgresql_binaries

NAME = "drill"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "64MB",
    "max_wal_senders": "8",
    "autovacuum": "off",
    "log_min_messages": "log",
}


def as_owner() -> dict[str, Any]:
    """How a process of PostgreSQL is started: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_name, "group": user.pw_gid, "extra_groups": []}


def give_away(folder: Path) -> None:
    """Gives a folder to the user PostgreSQL runs as."""
    owner = as_owner()
    if owner:
        shutil.chown(folder, owner["user"], owner["group"])


def run_as_owner(program: str, *arguments: str, cwd: Path, **options: Any) -> None:
    """Runs one of PostgreSQL's programs to its end.  Raises RuntimeError with what it said."""
    command = [str(postgresql_binaries() / program), *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, timeout=PATIENCE, check=False, **as_owner(), **options)
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr.decode(errors='replace')[-800:]}")


class Cluster:
    """A PostgreSQL server with a data directory of its own, reached by a socket in the same folder."""

    def __init__(
        self, place: Place, folder: Path, settings: Mapping[str, str] = {}, env: Mapping[str, str] = {}
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.settings = {**SETTINGS, **settings}
        self.env = {**os.environ, **env}
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)
        give_away(folder)
        place.later(self.kill)

    @property
    def url(self) -> str:
        """Where the application finds it."""
        return f"postgresql+psycopg://{OWNER}@/{NAME}?host={self.folder}"

    def make(self, *extra: str) -> None:
        """A new, empty data directory with checksums."""
        words = ("-D", str(self.data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums")
        run_as_owner("initdb", *words, "--no-sync", *extra, cwd=self.folder)

    def start(self, wait: bool = True) -> None:
        """Starts it and waits until it answers.  Raises RuntimeError with its log."""
        options = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(postgresql_binaries() / "postgres"), "-D", str(self.data), "-k", str(self.folder), *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, env=self.env, **as_owner()
            )
        if wait:
            self.wait()

    def wait(self) -> None:
        """Until it answers.  Raises RuntimeError with its log when it ended instead."""

        def answers() -> bool:
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended: {self.log()}")
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                return False
            return True

        wait_for("PostgreSQL's answer", answers)

    def log(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text(errors="replace")[-1500:]

    def connect(self, name: str = NAME) -> psycopg.Connection[Any]:
        """A connection in autocommit."""
        return psycopg.connect(
            host=str(self.folder), dbname=name, user=OWNER, autocommit=True, connect_timeout=int(PATIENCE)
        )

    def ask(self, question: str, name: str = NAME) -> Any:
        """The first value of the answer."""
        with self.connect(name) as connection:
            row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None

    def do(self, statement: str, name: str = NAME) -> None:
        """A statement without an answer."""
        with self.connect(name) as connection:
            connection.execute(statement.encode())

    def kill(self) -> None:
        """kill -9 of the server and of all its processes."""
        if self.process is None:
            return
        mine = [self.process.pid, *children(self.process.pid)] if self.process.poll() is None else []
        kill(*mine)
        self.process.wait(PATIENCE)
        self.process = None
        wait_for("the end of PostgreSQL's processes", lambda: not any(alive(pid) for pid in mine))

    def stop(self) -> None:
        """Ends it as an administrator would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)
        self.process = None

    def worker(self, title: str) -> int:
        """The number of one of its processes, by a word of its title (walreceiver)."""
        assert self.process is not None
        for pid in children(self.process.pid):
            if title in Path(f"/proc/{pid}/cmdline").read_text():
                return pid
        raise RuntimeError(f"PostgreSQL has no {title}")


def copy(source: Path, target: Path, *but: str) -> None:
    """Copies a folder with its owner and rights, without what is in the parts named (of one that is in use)."""
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], capture_output=True, timeout=PATIENCE, check=not but)
    for left in (one for part in but for one in target.glob(part)):
        left.unlink() if left.is_file() else shutil.rmtree(left)
