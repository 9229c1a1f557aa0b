"""The power goes while the application posts.

With root on a real ext4 filesystem that is shut down in the middle; without root on a simulated disk that keeps of each
file only what it held at the last fsync.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from drills.application import Application
from drills.books import cluster_books, judge, members, sqlite_books
from drills.cache import Cache
from drills.clients import Journal, Load
from drills.databases import give_away
from drills.loop import Disk
from drills.place import Place
from drills.report import Case, Outcome

TITLE = "The power goes under load; what was not flushed to the disk is gone"
LOOP = "loop device"
CACHE = "simulated disk"


def cases() -> list[Case]:
    """The controls do not flush: synchronous=OFF and fsync=off."""
    return [
        Case(
            database,
            partial(play, weak=bool(words)),
            weak=words,
            rounds=3 if words else rounds,
            how=how,
            needs_root=root,
        )
        for how, root, rounds, ways in (
            (
                LOOP,
                True,
                6,
                (("sqlite", _sqlite_loop, "synchronous=OFF"), ("postgresql", _postgresql_loop, "fsync=off")),
            ),
            (
                CACHE,
                False,
                3,
                (("sqlite", _sqlite_cache, "synchronous=OFF"), ("postgresql", _postgresql_cache, "fsync=off")),
            ),
        )
        for database, play, weakness in ways
        for words in ("", weakness)
    ]


def _sqlite_loop(place: Place, rounds: int, weak: bool) -> Iterator[Outcome]:
    disk = Disk(place, 128)
    url = f"sqlite:///{sqlite_books(place, disk.folder)}"
    accounts, journal = members(url), Journal()
    application = Application(place, url, "synchronous_off" if weak else "")
    for _ in range(rounds):
        disk.flush()
        application.start()
        load = _some_load(application, accounts, journal)
        disk.cut()
        application.kill()
        disk.back()
        application.start()
        yield _settled(url, load, application)


def _postgresql_loop(place: Place, rounds: int, weak: bool) -> Iterator[Outcome]:
    disk = Disk(place, 320)
    cluster = cluster_books(place, disk.folder / "pg", settings={"fsync": "off" if weak else "on"})
    cluster.start()
    accounts, journal = members(cluster.url), Journal()
    application = Application(place, cluster.url)
    for _ in range(rounds):
        disk.flush()
        application.start()
        load = _some_load(application, accounts, journal)
        disk.cut()
        cluster.kill()
        disk.back()
        cluster.start()
        yield _settled(cluster.url, load, application)


def _sqlite_cache(place: Place, rounds: int, weak: bool) -> Iterator[Outcome]:
    live = place.folder / "live"
    live.mkdir()
    url = f"sqlite:///{sqlite_books(place, live)}"
    cache = Cache(place, live)
    accounts, journal = members(url), Journal()
    application = Application(place, url, "synchronous_off" if weak else "", cache.env)
    for _ in range(rounds):
        cache.flush()
        application.start()
        load = _some_load(application, accounts, journal)
        application.kill()
        cache.cut()
        settling = Application(place, url)
        settling.start()
        load.where = settling.where
        yield _settled(url, load, settling)


def _postgresql_cache(place: Place, rounds: int, weak: bool) -> Iterator[Outcome]:
    cluster = cluster_books(place, settings={"fsync": "off" if weak else "on"})
    cache = Cache(place, cluster.data)
    give_away(place.folder)
    cluster.env |= cache.env
    accounts: list[int] = []
    journal = Journal()
    application = Application(place, cluster.url)
    for _ in range(rounds):
        cache.flush()
        cluster.start()
        accounts = accounts or members(cluster.url)
        application.start()
        load = _some_load(application, accounts, journal)
        cluster.kill()
        cache.cut()
        cluster.start()
        outcome = _settled(cluster.url, load, application)
        cluster.stop()
        yield outcome


def _some_load(application: Application, accounts: list[int], journal: Journal) -> Load:
    load = Load(application.where, accounts, journal=journal)
    load.wait(application.place.some(30, 120))
    return load


def _settled(url: str, load: Load, application: Application) -> Outcome:
    """Clients ask again what got no answer; then the judgement."""
    load.wait(1)
    journal = load.stop()
    application.kill()
    return judge(url, journal)
