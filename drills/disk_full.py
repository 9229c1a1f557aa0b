"""The disk is full while the application posts; then somebody makes room."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from drills.application import Application
from drills.books import cluster_books, judge, members, sqlite_books
from drills.cache import Cache
from drills.clients import Journal, Load
from drills.databases import Cluster
from drills.loop import Disk
from drills.place import Place, wait_for
from drills.report import Case, Outcome

TITLE = "The disk is full under load: errors, nothing half, and on it goes when there is room"
LOOP = "loop device"
CACHE = "simulated disk"
FULL_FOR = 0.5  # seconds
DEAF = "takes errors for success"


def cases() -> list[Case]:
    """The control says yes whatever happens."""
    ways = (("sqlite", LOOP, _sqlite_loop), ("postgresql", LOOP, _postgresql_loop), ("sqlite", CACHE, _sqlite_cache))
    return [
        Case(name, partial(way, weak="deaf" if weak else ""), weak, rounds=2, how=how, needs_root=how == LOOP)
        for name, how, way in (*ways, ("postgresql", CACHE, _postgresql_cache))
        for weak in ("", DEAF)
    ]


def _sqlite_loop(place: Place, rounds: int, weak: str) -> Iterator[Outcome]:
    disk = Disk(place, 16)
    url = f"sqlite:///{sqlite_books(place, disk.folder)}"
    application = Application(place, url, weak)
    yield from _rounds(url, application, rounds, lambda: disk.fill().unlink, lambda: None)


def _postgresql_loop(place: Place, rounds: int, weak: str) -> Iterator[Outcome]:
    disk = Disk(place, 160)
    cluster = cluster_books(place, disk.folder / "pg")
    cluster.start()
    application = Application(place, cluster.url, weak)
    yield from _rounds(cluster.url, application, rounds, lambda: disk.fill().unlink, lambda: _back(cluster))


def _sqlite_cache(place: Place, rounds: int, weak: str) -> Iterator[Outcome]:
    live = place.folder / "live"
    live.mkdir()
    url = f"sqlite:///{sqlite_books(place, live)}"
    cache = Cache(place, live)
    application = Application(place, url, weak, cache.env)
    yield from _rounds(url, application, rounds, lambda: _no_room(cache), lambda: None)


def _postgresql_cache(place: Place, rounds: int, weak: str) -> Iterator[Outcome]:
    cluster = cluster_books(place)
    cache = Cache(place, cluster.data)
    cluster.env |= cache.env
    cluster.start()
    application = Application(place, cluster.url, weak)
    yield from _rounds(cluster.url, application, rounds, lambda: _no_room(cache), lambda: _back(cluster))


def _no_room(cache: Cache) -> Callable[[], None]:
    cache.full.touch()
    return cache.full.unlink


def _back(cluster: Cluster) -> None:
    """A server that could not write its log has ended; an administrator starts it again."""
    if cluster.process is None or cluster.process.poll() is not None:
        cluster.start()
    cluster.wait()


def _rounds(
    url: str, application: Application, rounds: int, fill: Callable[[], Callable[[], None]], back: Callable[[], None]
) -> Iterator[Outcome]:
    accounts, journal = members(url), Journal()
    application.start()
    for _ in range(rounds):
        load = Load(application.where, accounts, journal=journal)
        load.wait(application.place.some(20, 40))
        heard = len(journal.errors)
        make_room = fill()
        if not application.weak:
            wait_for("an error", partial(_heard, journal, heard + 3))
        time.sleep(0.1 if application.place.short else FULL_FOR)
        make_room()
        back()
        load.wait(application.place.some(20, 40))
        load.stop()
        yield judge(url, journal, errors=_kinds(journal.errors[heard:]))


def _heard(journal: Journal, more_than: int) -> bool:
    return len(journal.errors) > more_than


def _kinds(errors: list[str]) -> list[str]:
    """What clients heard, the most frequent first."""
    return [f"{times} × {words}" for words, times in Counter(error[:110] for error in errors).most_common(4)]
