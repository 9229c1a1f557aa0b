"""Backups are made while the application posts, and restored elsewhere."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from drills.application import Application
from drills.books import cluster_books, judge, members, sqlite_books
from drills.clients import Journal, Load
from drills.databases import NAME, Cluster, copy, run_as_owner
from drills.place import Place
from drills.report import Case, Outcome
from tests.servers import OWNER

TITLE = "A backup is made under load and restored elsewhere: everything acknowledged before it began is in it"


def cases() -> list[Case]:
    """The controls copy the file without its log, and the data directory without its log."""
    return [
        Case("sqlite", partial(_sqlite, way=_online), how=".backup", rounds=3),
        Case("sqlite", partial(_sqlite, way=_vacuum), how="VACUUM INTO", rounds=3),
        Case("sqlite", partial(_sqlite, way=_file_alone), weak="cp of the .db file alone", rounds=3),
        Case("postgresql", partial(_postgresql, way=_dump), how="pg_dump", rounds=3),
        Case("postgresql", partial(_postgresql, way=_base), how="pg_basebackup", rounds=3),
        Case("postgresql", partial(_postgresql, way=_folder_alone), weak="cp of the data without pg_wal", rounds=2),
    ]


def _sqlite(place: Place, rounds: int, way: Callable[[Path, Path], None]) -> Iterator[Outcome]:
    file = sqlite_books(place)
    application, load = _under_load(place, f"sqlite:///{file}")
    for number in range(rounds):
        load.wait(place.some(40, 80))
        known = load.journal.acknowledged()
        restored = place.folder / f"restored{number}.db"
        way(file, restored)
        load.wait(1)
        yield judge(f"sqlite:///{restored}", load.journal, known)
    load.stop()
    application.kill()


def _under_load(place: Place, url: str) -> tuple[Application, Load]:
    application = Application(place, url)
    application.start()
    return application, Load(application.where, members(url), journal=Journal())


def _online(file: Path, restored: Path) -> None:
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(restored)) as target:
        source.backup(target, pages=20)


def _vacuum(file: Path, restored: Path) -> None:
    with closing(sqlite3.connect(file)) as source:
        source.execute("VACUUM INTO ?", (str(restored),))


def _file_alone(file: Path, restored: Path) -> None:
    shutil.copy(file, restored)


def _postgresql(place: Place, rounds: int, way: Callable[[Place, Cluster, int], str]) -> Iterator[Outcome]:
    cluster = cluster_books(place)
    cluster.start()
    application, load = _under_load(place, cluster.url)
    for number in range(rounds):
        load.wait(place.some(40, 80))
        known = load.journal.acknowledged()
        try:
            restored = way(place, cluster, number)
        except RuntimeError as error:
            yield Outcome(acknowledged=len(known), lost=len(known), wrong=[f"could not be restored: {error}"[:300]])
            continue
        load.wait(1)
        yield judge(restored, load.journal, known)
    load.stop()
    application.kill()


def _dump(place: Place, cluster: Cluster, number: int) -> str:
    file, name = cluster.folder / f"dump{number}", f"restored{number}"
    here = ("-h", str(cluster.folder), "-U", OWNER)
    run_as_owner("pg_dump", *here, "-Fc", "-f", str(file), NAME, cwd=cluster.folder)
    cluster.do(f"CREATE DATABASE {name}", "postgres")
    run_as_owner("pg_restore", *here, "--exit-on-error", "-d", name, str(file), cwd=cluster.folder)
    return cluster.url.replace(f"/{NAME}?", f"/{name}?")


def _base(place: Place, cluster: Cluster, number: int) -> str:
    restored = Cluster(place, place.folder / f"restored{number}")
    words = ("-h", str(cluster.folder), "-U", OWNER, "-D", str(restored.data), "-X", "stream", "--checkpoint=fast")
    run_as_owner("pg_basebackup", *words, cwd=restored.folder)
    restored.start()
    return restored.url


def _folder_alone(place: Place, cluster: Cluster, number: int) -> str:
    restored = Cluster(place, place.folder / f"restored{number}")
    copy(cluster.data, restored.data, "pg_wal/*", "postmaster.pid")
    restored.start()
    return restored.url
