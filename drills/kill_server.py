"""kill -9 of PostgreSQL and all its processes under load.  The application goes on and has to find back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from drills.application import Application
from drills.books import cluster_books, judge, members
from drills.clients import Journal, Load
from drills.place import Place
from drills.report import Case, Outcome

TITLE = "PostgreSQL is killed under load and started again; the application finds back by itself"
FORGETFUL = {"wal_writer_delay": "10s", "wal_writer_flush_after": "0"}


def cases() -> list[Case]:
    """The control lets PostgreSQL acknowledge before it has written anything (the application would forbid that)."""
    return [
        Case("postgresql", partial(_play, settings={}, weak=""), rounds=12),
        Case(
            "postgresql",
            partial(_play, settings=FORGETFUL, weak="asynchronous"),
            weak="synchronous_commit off",
            rounds=3,
        ),
    ]


def _play(place: Place, rounds: int, settings: dict[str, str], weak: str) -> Iterator[Outcome]:
    cluster = cluster_books(place, settings=settings)
    cluster.start()
    accounts = members(cluster.url)
    journal = Journal()
    application = Application(place, cluster.url, weak)
    application.start()
    for _ in range(rounds):
        load = Load(application.where, accounts, journal=journal)
        load.wait(place.some(40, 200))
        known = len(journal.acknowledged())
        cluster.kill()
        cluster.start()
        load.wait(1)
        load.stop()
        yield judge(cluster.url, journal, known_at_kill=known)
