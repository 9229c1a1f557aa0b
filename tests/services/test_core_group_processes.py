"""Several processes write one SQLite file, are killed, are forked: nothing that was told to be kept is lost."""

from __future__ import annotations

import os
import threading
import time

import pytest
from sqlalchemy import text

from tests.services.group_process import started
from tests.services.test_core_group_commit import bank, keep, kept
from timebank.core.db import db, transaction

__all__ = ["bank"]


def test_a_reader_never_sees_half_of_what_somebody_wrote(bank):
    stop = threading.Event()
    odd: list[int] = []

    def read() -> None:
        with bank.app_context():
            while not stop.is_set():
                db.session.rollback()
                count = db.session.scalar(text("SELECT count(*) FROM kept")) or 0
                if count % 2:
                    odd.append(count)

    def pair(name: str) -> None:
        keep(f"{name} left")
        time.sleep(0.001)
        keep(f"{name} right")

    def write(number: int) -> None:
        with bank.app_context():
            for turn in range(25):
                transaction(pair)(f"{number}-{turn}")

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    stop.set()
    reader.join(20)
    assert len(kept()) == 200
    assert not odd


def test_a_forked_process_writes_beside_its_parent(bank):
    transaction(lambda: keep("before"))()
    list(db.session.scalars(text("SELECT name FROM kept")))  # a read transaction is open at the fork
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            for turn in range(20):
                transaction(lambda n=turn: keep(f"child {n}"))()
            os._exit(0)
        finally:
            os._exit(1)
    for turn in range(20):
        transaction(lambda n=turn: keep(f"parent {n}"))()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(kept()) == 41
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


def told_before_the_kill(way: str, rows: int) -> set[str]:
    """What the process had been told was kept when it was killed under load."""
    with started(str(db.engine.url), way, 60) as (process, said):
        told = [said.readline() for _ in range(rows)]
        process.kill()
        told += said.readlines()
    return {line.strip() for line in told if line.endswith("\n")}


@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize("way", ["transaction", "statement"])
def test_whatever_was_told_to_be_kept_is_there_after_a_kill(way):
    told: set[str] = set()
    for rows in (40, 60, 90):
        told |= told_before_the_kill(way, rows)
        assert told <= kept()
    assert len(told) >= 190
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


@pytest.mark.usefixtures("bank")
def test_the_kill_finds_out_who_tells_before_the_commit():
    lost = [told_before_the_kill("early", rows) - kept() for rows in (40, 50, 60)]
    assert any(lost)


@pytest.mark.usefixtures("bank")
def test_two_processes_share_the_writing():
    url = str(db.engine.url)
    with started(url, "transaction", 2) as (_, one), started(url, "transaction", 2) as (_, other):
        said = [pipe.readlines() for pipe in (one, other)]
    assert all(float(lines[-1].split()[1]) < 5 for lines in said)
    fewer, more = sorted(len(lines) for lines in said)
    assert fewer > more / 4
