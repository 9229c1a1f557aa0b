"""The accounts of a drill, and the judgement afterwards: is what was acknowledged there, once, and all of it sound?"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from drills.clients import Journal
from drills.databases import NAME, Cluster, copy
from drills.place import Place
from drills.report import Outcome
from timebank.core import db as database
from timebank.core.authority import Actor
from timebank.core.db import Model, db
from timebank.ledger import service
from timebank.ledger.ddl import TABLES
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import verify

TENANT = 3201
ACTOR = Actor.system("drill", channel="cli")
MEMBERS = 12
PLENTY = 10_000_000  # minutes: nobody runs out of them while something else is looked at


def app_for(url: str) -> Flask:
    """The least application that the ledger runs in; it publishes nowhere."""
    app = Flask("drill")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    database.init_app(app)
    app.config["TIMEBANK_SEAL_FOLDER"] = "/nonexistent/seals"
    app.config["TIMEBANK_SEAL_KEY_FILE"] = "/nonexistent/seal-key.pem"
    return app


@contextmanager
def inside(url: str) -> Iterator[None]:
    """An application on the database; its connections are closed afterwards."""
    with app_for(url).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def make(url: str) -> None:
    """The ledger's tables and triggers, and members with plenty of hours."""
    with inside(url):
        Model.metadata.create_all(db.engine, tables=[Model.metadata.tables[name] for name in TABLES])
        _open()


@database.transaction
def _open() -> None:
    fund = service.ensure_account(TENANT, "fund", 1)
    members = [service.ensure_account(TENANT, "member", owner) for owner in range(1, MEMBERS + 1)]
    items = [service.Post(fund, member, PLENTY, "opening") for member in members]
    service.post_many(TENANT, items, key="opening", actor=ACTOR)


def members(url: str) -> list[int]:
    """The numbers of the members' accounts."""
    with inside(url):
        found = db.session.scalars(text("SELECT id FROM ledger_account WHERE kind = 'member' ORDER BY id")).all()
    return [int(number) for number in found]


# -- databases with books in them, copied because making them is dear --------------------------------------------------


def sqlite_books(place: Place, folder: Path | None = None) -> Path:
    """A file with books in it."""
    template = place.templates / "books.db"
    if not template.exists():
        draft = place.folder / "books.db"
        make(f"sqlite:///{draft}")
        shutil.copy(draft, template)
    return Path(shutil.copy(template, (folder or place.folder) / "timebank.db"))


def cluster_books(place: Place, folder: Path | None = None, **given: Any) -> Cluster:
    """A cluster with books in it, not started."""
    template = place.templates / "cluster"
    if not template.exists():
        _make_cluster(place, template)
    cluster = Cluster(place, folder or place.folder / "pg", **given)
    copy(template, cluster.data)
    return cluster


def _make_cluster(place: Place, template: Path) -> None:
    cluster = Cluster(place, place.folder / "first", {"fsync": "off"})
    cluster.make("--wal-segsize=1")
    cluster.start()
    cluster.do(f"CREATE DATABASE {NAME}", "postgres")
    make(cluster.url)
    cluster.stop()
    copy(cluster.data, template)
    shutil.rmtree(cluster.folder)


# -- the judgement -----------------------------------------------------------------------------------------------------


def judge(url: str, journal: Journal, known: set[str] | None = None, **facts: Any) -> Outcome:
    """Compares the database with what the clients know.  A client writes its key into the memo, too.

    `known`: only these must be there (a backup), else everything that was acknowledged, and nothing may be unclear.
    """
    with inside(url):
        wrong = _findings()
        rows = _transfers()
    due = journal.acknowledged() if known is None else known
    outcome = Outcome(
        journal.fresh() if known is None else len(known),
        wrong=wrong,
        facts={**facts, "transfers": len(rows), "unanswered": journal.unanswered()},
    )
    found = Counter(row.memo for row in rows)
    ids = {row.memo: row for row in rows}
    outcome.doubled = sum(times - 1 for times in found.values())
    for key, request in journal.requests().items():
        row = ids.get(key)
        outcome.lost += key in due and row is None
        if row is not None and (row.debit_id, row.credit_id, row.amount) != request.content:
            outcome.wrong.append(f"{key} is in the books with other content")
    if known is None and outcome.facts["unanswered"]:
        outcome.wrong.append(f"{outcome.facts['unanswered']} requests never got a clear answer")
    strangers = found.keys() - journal.requests().keys()
    if strangers:
        outcome.wrong.append(f"{len(strangers)} transfers nobody asked for")
    return outcome


def _findings() -> list[str]:
    with snapshot() as connection:
        return [f"verify: {one.code} {one.subject} {one.detail}"[:200] for one in verify(connection).findings]


def findings(url: str) -> list[str]:
    """What `flask ledger verify` finds, in words."""
    with inside(url):
        return _findings()


def _transfers() -> list[Any]:
    return list(
        db.session.execute(
            text("SELECT memo, debit_id, credit_id, amount FROM transfer WHERE purpose = 'transfer' ORDER BY id")
        )
    )
