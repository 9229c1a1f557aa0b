"""The made-up towns of `suggest`: built once for each database, and kept where a folder is named."""

from __future__ import annotations

import json
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import text

from tests.conftest import build_schema
from tests.factories import crowd, town
from tests.factories import matching as factory
from tests.servers import OWNER, PostgresServer
from timebank.core.db import db
from timebank.exchange.models import ServiceRequest, Visit
from timebank.people.models import Person

DURABLE = ("listen_addresses=", "shared_buffers=512MB", "max_connections=20")
SERIES = 8  # one visit of so many is of a weekly request


class _Server(PostgresServer):
    """A server whose data lie in a folder of the caller, perhaps from an earlier run, and stay there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(DURABLE)
        shutil.rmtree(self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def start(self) -> str:
        try:
            return super().start()
        except psycopg.errors.DuplicateObject:  # the role is there: everything was made before
            return str(self.folder)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": ends sessions, then itself
            self.process.wait(30)


@contextmanager
def databases(wanted: list[str], kept: Path | None) -> Iterator[dict[str, str]]:
    """The addresses of the databases by name: new ones, or those that the folder `kept` holds already."""
    with tempfile.TemporaryDirectory(prefix="timebank-bench-", dir="/var/tmp") as passing:
        folder = (kept or Path(passing)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # the server runs as somebody else
        urls, server = {}, None
        try:
            if "sqlite" in wanted:
                urls["sqlite"] = f"sqlite:///{folder}/town.db"
            if "postgresql" in wanted:
                server = _Server(folder / "postgresql")
                urls["postgresql"] = f"postgresql+psycopg://{OWNER}@/town?host={_started(server)}"
            yield urls
        finally:
            if server:
                server.stop()


def _started(server: _Server) -> str:
    socket = server.start()
    with psycopg.connect(host=socket, dbname="postgres", user=OWNER, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'town'").fetchone():
            connection.execute(b"CREATE DATABASE town TEMPLATE template0")
    return socket


def visits_of(kept: Path | None, helpers: int, number: int) -> list[int]:
    """Visits that look for a helper in a town of so many, which is built unless it is there already.

    Raises SystemExit where the town that was kept is another one.
    """
    name = db.engine.dialect.name
    note = kept / f"{name}.json" if kept else None
    if note is None or not note.exists():
        visits = _built(helpers, number)
        if note is not None:
            note.write_text(json.dumps({"helpers": helpers, "visits": visits}))
        return visits
    found = json.loads(note.read_text())
    if found["helpers"] != helpers or len(found["visits"]) < number:
        raise SystemExit(f"{note}: a town of {found['helpers']} helpers and {len(found['visits'])} visits; remove it")
    return list(found["visits"][:number])


def _built(helpers: int, number: int) -> list[int]:
    build_schema(db.engine)
    town.town()
    city = crowd.build(crowd.Crowd(helpers=helpers, recipients=helpers // 3))
    visits = _visits(city, number)
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    return visits


def _visits(city: crowd.City, number: int) -> list[int]:
    """Open visits of all kinds of help at people's homes, some of them weekly."""
    rng = random.Random(7)  # noqa: S311 - the same visits every time
    made = []
    for place, recipient in enumerate(rng.sample(city.recipients, number)):
        window = rng.choice(((8, 9), (9, 12), (14, 16)))
        weeks = 4 if place % SERIES == 0 else 1
        visit_id = factory.visit(recipient, service=rng.choice(city.services), window=window, weeks=weeks)
        person = db.session.get_one(Person, recipient)
        request_id = db.session.get_one(Visit, visit_id).request_id
        for visit in db.session.query(Visit).filter_by(request_id=request_id):
            visit.territory_code = person.territory_code
        request = db.session.get_one(ServiceRequest, request_id)
        request.lat, request.lon = person.lat, person.lon
        made.append(visit_id)
    db.session.commit()
    return made
