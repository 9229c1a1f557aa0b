"""The shipped triggers and constraints are changed one piece at a time; each change must be noticed.

The application's own look at the database (`selfcheck`) must notice every one.  Beside it a battery of business and of
attacks runs on each: what comes of any step differently, or what `verify` finds, gives the mutant away as well.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from drills.attacks import battery
from drills.books import cluster_books, inside, sqlite_books
from drills.databases import NAME, Cluster
from drills.mutants import Mutant, mutants, overlooked
from drills.place import Place
from drills.report import Case, Outcome
from timebank.ledger import selfcheck
from timebank.ledger.ddl import drop_statements
from timebank.ledger.queries.snapshot import snapshot

TITLE = "The ledger's triggers and constraints, one piece changed at a time"
Prepare = Callable[[Mutant | None], str]
# Why the battery does not see a change: what we take for the reason, from reading the definitions.
REASONS = (
    ("NO KEY UPDATE", "the battery has no two at once"),
    ("ORDER BY", "the battery has no two at once (it would show as deadlocks, which are tried again)"),
    ("turn = 1", "the battery has no two at once (it would show as deadlocks, which are tried again)"),
    (
        "NEW.debit_id < NEW.credit_id",
        "the battery has no two at once (it would show as deadlocks, which are tried again)",
    ),
    ("LOCK TABLE", "only a posting at the moment of the closing would show it"),
    ("SECURITY", "the drill posts as the owner; the application's own role would be refused"),
    ("look anywhere", "a guard against whoever may make tables in another schema"),
    ("may be NULL", "no step writes NULL there, or a trigger refuses it as well"),
    ("is not logged", "only a crash would show it: the table is empty afterwards"),
    ("has a parent", "no step writes through the parent"),
    ("ledger_lock", "the battery has no two at once"),
)
BEHIND = "probably another trigger or constraint refuses the same"  # read, not proved


def cases() -> list[Case]:
    """The control is a ledger that nothing was done to the other way round: without any trigger at all."""
    return [
        *(
            Case(name, partial(_play, name=name, which=which), how=how)
            for which, how in ((mutants, "pieces"), (overlooked, "easily overlooked"))
            for name in ("sqlite", "postgresql")
        ),
        *(Case(name, partial(_unguarded, name=name), weak="no trigger at all") for name in ("sqlite", "postgresql")),
    ]


def _play(place: Place, rounds: int, name: str, which: Callable[[str], list[Mutant]]) -> Iterator[Outcome]:
    prepare = preparer(place, name)
    yield whole(prepare)
    expected = _came(prepare(None))
    wanted = which(name)[:: 59 if place.short else 1]
    told = [_tried(prepare, mutant, expected) for mutant in wanted]
    broken = [one for one in told if one["battery"] == "could not be made"]
    missed = [one["mutant"] for one in told if not one["selfcheck"]]
    seen = [one for one in told if one["battery"]]
    hidden = [f"{one['mutant']}: {one['reason']}" for one in told if not one["battery"]]
    yield Outcome(
        wrong=[f"selfcheck does not notice: {words}" for words in missed],
        facts={
            "mutants": len(told) - len(broken),
            "selfcheck": len(told) - len(missed) - len(broken),
            "battery": len(seen) - len(broken),
            "only_selfcheck": hidden,
            "killed": [f"{one['mutant']}: {one['battery']}" for one in seen],
        },
    )


def whole(prepare: Prepare) -> Outcome:
    """The unchanged DDL: every step comes as it must, and nothing is found."""
    url = prepare(None)
    with inside(url):
        wrong = [f"{step}: {came[:60]}" for step, right, came in battery() if not right]
    return Outcome(wrong=[*wrong, *_problems(url)], facts={"unchanged": "battery and selfcheck"})


def _unguarded(place: Place, rounds: int, name: str) -> Iterator[Outcome]:
    drops = [one for one in drop_statements(name) if "TRIGGER" in one]
    yield whole(lambda _mutant: preparer(place, name)(Mutant("no trigger at all", tuple(drops))))


def _came(url: str) -> list[str]:
    with inside(url):
        return [came for _, _, came in battery()]


def _tried(prepare: Prepare, mutant: Mutant, expected: list[str]) -> dict[str, str]:
    """How a mutant was given away: by selfcheck, and by which step of the battery."""
    try:
        url = prepare(mutant)
    except Exception as error:  # the database itself refuses such a definition
        return {"mutant": mutant.name, "selfcheck": "yes", "battery": "could not be made", "reason": str(error)[:200]}
    noticed = "; ".join(_problems(url)[:2])
    seen = ""
    with inside(url):
        try:
            for (step, right, came), usual in zip(battery(), expected, strict=False):
                if not right or came != usual:
                    seen = step
                    break
        except Exception as error:
            seen = type(error).__name__
    reason = next((words for part, words in REASONS if part in mutant.name), BEHIND)
    return {"mutant": mutant.name, "selfcheck": noticed, "battery": seen, "reason": reason}


def _problems(url: str) -> list[str]:
    with inside(url), snapshot() as connection:
        return selfcheck.problems(connection)


# -- a fresh database for each -----------------------------------------------------------------------------------------


def preparer(place: Place, name: str) -> Prepare:
    """Gives the URL of fresh books with the mutant in them; the one before is gone."""
    if name == "sqlite":
        return partial(_sqlite, sqlite_books(place), place.folder / "mutant.db")
    cluster = cluster_books(place, settings={"fsync": "off", "full_page_writes": "off"})
    cluster.start()
    return partial(_postgresql, cluster)


def _sqlite(template: Path, file: Path, mutant: Mutant | None) -> str:
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    shutil.copy(template, file)
    if mutant:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            _change_sqlite(connection, mutant)
    return f"sqlite:///{file}"


def _change_sqlite(connection: sqlite3.Connection, mutant: Mutant) -> None:
    for statement in (*mutant.drop, *mutant.make):
        connection.execute(statement)
    table = mutant.table
    if not table:
        return
    rows: list[Any] = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql NOT NULL"
    ).fetchall()
    ours = [row for row in rows if row[2] == table]
    order = {"table": 0, "index": 1, "trigger": 2}
    columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA legacy_alter_table = ON")
    for kind, one, _, _ in ours:
        if kind != "table":
            connection.execute(f"DROP {kind} {one}")
    connection.execute(f"ALTER TABLE {table} RENAME TO before_{table}")
    for kind, _, _, statement in sorted(ours, key=lambda row: order[row[0]]):
        connection.execute(mutant.change(statement) if kind == "table" else statement)
        if kind == "table":
            connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM before_{table}")
            connection.execute(f"DROP TABLE before_{table}")


def _postgresql(cluster: Cluster, mutant: Mutant | None) -> str:
    with cluster.connect("postgres") as connection:
        connection.execute(b"DROP DATABASE IF EXISTS mutant WITH (FORCE)")
        connection.execute(f"CREATE DATABASE mutant TEMPLATE {NAME}".encode())
    if mutant:
        with cluster.connect("mutant") as connection:
            for statement in (*mutant.drop, *mutant.make):
                connection.execute(statement.encode())
    return cluster.url.replace(f"/{NAME}?", "/mutant?")
