"""Contestants post in turns on the same database: everybody is measured in the same minutes on the same machine."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any

from sqlalchemy import create_engine

from benchmarks.ledger.contestants import Contestant, Post
from timebank.ledger.cli.workers import pair

CONTEXT = multiprocessing.get_context("fork")  # 32 clients of five contestants would else import everything 160 times
START = 300.0  # seconds a client may take to open its connection


@dataclass(frozen=True)
class Course:
    """What is run: how many clients, on how many accounts, how often and how long."""

    clients: int
    accounts: int
    rounds: int
    seconds: float  # of one turn


@dataclass
class Tally:
    """What a contestant did: transfers per second of each turn, and how long each transfer took."""

    per_second: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Transfers per second in the middle turn."""
        return statistics.median(self.per_second)

    def wait(self, share: float) -> float:
        """Milliseconds within which this share of the transfers was done."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def prepare(contestant: Contestant, url: str, accounts: int) -> None:
    """Makes the tables in a process of its own (some libraries can be set up only once).  Raises RuntimeError."""
    process = CONTEXT.Process(target=contestant.prepare, args=(url, accounts))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{contestant.name} could not be prepared")


def analyse(url: str) -> None:
    """Lets the database see how much there is; else plans made on empty tables would be measured."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def race(contestants: Sequence[Contestant], url: str, course: Course, tell: Any) -> dict[bool, dict[str, Tally]]:
    """Each contestant has two turns in every round, uniform and `hot` (one fund pays all), in a new order: what is
    compared was measured within seconds of each other.  The tallies by shape and name."""
    tallies = {hot: {one.name: Tally() for one in contestants} for hot in (False, True)}
    order = random.Random(course.clients)  # noqa: S311 - an order, not a secret
    with _clients(contestants, url, course) as teams:
        for _ in range(course.rounds):
            turns = [(hot, name) for hot in tallies for name in teams]
            order.shuffle(turns)
            for hot, name in turns:
                _turn(teams[name], tallies[hot][name], course.seconds, hot)
                tell()
    return tallies


@contextmanager
def _clients(contestants: Sequence[Contestant], url: str, course: Course) -> Iterator[dict[str, list[Pipe]]]:
    teams: dict[str, list[Pipe]] = {}
    processes = []
    try:
        for one in contestants:
            teams[one.name] = []
            processes_wanted, threads = (1, course.clients) if one.threads else (course.clients, 1)
            for number in range(processes_wanted):
                mine, theirs = CONTEXT.Pipe()
                process = CONTEXT.Process(target=_serve, args=(theirs, one, url, course, threads, number), daemon=True)
                process.start()
                theirs.close()
                teams[one.name].append(mine)
                processes.append(process)
        for pipes in teams.values():
            for pipe in pipes:
                _answer(pipe, START)
        yield teams
    finally:
        for process in processes:
            process.kill()
            process.join()


def _answer(pipe: Pipe, patience: float) -> Any:
    if not pipe.poll(patience):
        raise RuntimeError("a client does not answer")
    answer = pipe.recv()
    if isinstance(answer, str):
        raise RuntimeError(answer)
    return answer


def _turn(team: list[Pipe], tally: Tally, seconds: float, hot: bool) -> None:
    for pipe in team:
        pipe.send((seconds, hot))
    answers = [_answer(pipe, seconds + START) for pipe in team]
    waits = [wait for found, _ in answers for wait in found]
    tally.waits += waits
    tally.per_second.append(len(waits) / max(took for _, took in answers))


def _serve(pipe: Pipe, contestant: Contestant, url: str, course: Course, threads: int, number: int) -> None:
    try:
        ways = [contestant.open(url, course.accounts) for _ in range(threads)]
        for way in ways:  # the first transfer of a connection pays for its plans
            _run(way, random.Random(), course.accounts, 0.0, False)  # noqa: S311
        pipe.send(())
        while True:
            seconds, hot = pipe.recv()
            pipe.send(_together(ways, course.accounts, seconds, hot, number))
    except EOFError:
        return
    except Exception as error:
        pipe.send(f"{contestant.name}: {type(error).__name__}: {error}")


def _together(ways: list[Post], accounts: int, seconds: float, hot: bool, number: int) -> tuple[list[float], float]:
    found: list[tuple[list[float], float]] = []

    def client(way: Post, seed: int) -> None:
        found.append(_run(way, random.Random(seed), accounts, seconds, hot))  # noqa: S311

    seeds = [time.monotonic_ns() + 1000 * number + turn for turn in range(len(ways))]
    threads = [threading.Thread(target=client, args=facts) for facts in zip(ways, seeds, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(found) < len(ways):
        raise RuntimeError("a client gave up")
    return [wait for waits, _ in found for wait in waits], max(took for _, took in found)


def _run(way: Post, chance: random.Random, accounts: int, seconds: float, hot: bool) -> tuple[list[float], float]:
    """Posts until the time is over (once at least): how long each took, and the time in all."""
    waits: list[float] = []
    started = now = time.perf_counter()
    while not waits or now - started < seconds:
        debit, credit = pair(chance, accounts, hot)
        way(debit, credit)
        before, now = now, time.perf_counter()
        waits.append(now - before)
    return waits, now - started
