"""Processes of their own whose threads write to one SQLite file (started by test_core_group_processes).

Each row's name is sent when its writer was told that it is kept.  `way`: "transaction", "statement", or "early", the
control, which believes it before the commit.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess as Process
from typing import IO

from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Connection

from timebank.core import db as database
from timebank.core.db import db, group, one_statement, transaction

THREADS = 4
INSERT = text("INSERT INTO kept (name) VALUES (:name)")


def application(url: str) -> Flask:
    """The least application that writes."""
    app = Flask("group")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    database.init_app(app)
    return app


@transaction
def in_transaction(name: str, early: Callable[[str], None]) -> None:
    db.session.execute(INSERT, {"name": name})
    early(name)


def in_statement(name: str) -> None:
    def insert(connection: Connection) -> None:
        connection.execute(INSERT, {"name": name})

    one_statement(insert)


def write(name: str, way: str, say: Callable[[str], None]) -> float:
    """Writes one row; returns how many seconds it took."""
    since = time.monotonic()
    if way == "statement":
        in_statement(name)
    else:
        in_transaction(name, say if way == "early" else lambda name: None)
    if way != "early":
        say(name)
    return time.monotonic() - since


def thread(app: Flask, number: int, way: str, seconds: float, say: Callable[[str], None], waits: list[float]) -> None:
    until = time.monotonic() + seconds
    turn = 0
    with app.app_context():
        while time.monotonic() < until:
            turn += 1
            waits.append(write(f"{os.getpid()}-{number}-{turn}", way, say))


def slow_commits() -> None:
    """A commit takes long enough to be killed in."""
    settle = group.Batch.settle

    def slowly(batch: group.Batch) -> None:
        time.sleep(0.005)
        settle(batch)

    setattr(group.Batch, "settle", slowly)  # noqa: B010 - mypy knows no other method to be put there


def main(pipe: int, url: str, way: str, seconds: float) -> None:
    def say(words: str) -> None:
        os.write(pipe, f"{words}\n".encode())

    slow_commits()
    waits: list[float] = []
    app = application(url)
    threads = [threading.Thread(target=thread, args=(app, n, way, seconds, say, waits)) for n in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    say(f"longest {max(waits)}")


@contextmanager
def started(url: str, way: str, seconds: float) -> Iterator[tuple[Process, IO[str]]]:
    """A forked process and what it says."""
    reading, writing = os.pipe()
    process = get_context("fork").Process(target=main, args=(writing, url, way, seconds))
    process.start()
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as said:
        yield process, said
    process.kill()
    process.join(20)
    process.close()
