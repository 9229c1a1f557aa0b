"""kill -9 of the posting application under load."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from drills.application import Application
from drills.books import cluster_books, judge, members, sqlite_books
from drills.clients import Journal, Load
from drills.place import Place
from drills.report import Case, Outcome

TITLE = "The application is killed while it posts; clients ask again with the same keys"
CLIENTS = 8


def cases() -> list[Case]:
    """Both databases; the controls answer before they post, and forget keys."""
    return [
        Case("sqlite", lambda place, rounds: _play(place, f"sqlite:///{sqlite_books(place)}", rounds, ""), rounds=12),
        Case("postgresql", lambda place, rounds: _play(place, _started(place), rounds, ""), rounds=12),
        *(
            Case(name, play, weak=words, rounds=10)
            for words, way in (("acknowledges before commit", "acknowledges_first"), ("forgets keys", "no_keys"))
            for name, play in (("sqlite", _sqlite(way)), ("postgresql", _postgresql(way)))
        ),
    ]


def _sqlite(way: str) -> Callable[[Place, int], Iterator[Outcome]]:
    return lambda place, rounds: _play(place, f"sqlite:///{sqlite_books(place)}", rounds, way)


def _postgresql(way: str) -> Callable[[Place, int], Iterator[Outcome]]:
    return lambda place, rounds: _play(place, _started(place), rounds, way)


def _started(place: Place) -> str:
    cluster = cluster_books(place)
    cluster.start()
    return cluster.url


def _play(place: Place, url: str, rounds: int, weak: str) -> Iterator[Outcome]:
    application = Application(place, url, weak)
    accounts = members(url)
    journal = Journal()
    for _ in range(rounds):
        application.start()
        load = Load(application.where, accounts, CLIENTS, journal)
        load.wait(place.some(20, 150))
        known = len(journal.acknowledged())
        application.kill()
        application.start()
        load.wait(1)
        load.stop()
        application.kill()
        yield judge(url, journal, known_at_kill=known)
