"""Many clients send the same requests again and again, in any order, over a bad line."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from drills.application import Application
from drills.books import cluster_books, judge, members, sqlite_books
from drills.clients import Journal, Line, settle
from drills.place import PATIENCE, Place
from drills.proxy import BadLine
from drills.report import Case, Outcome

TITLE = "16 clients send each request up to 10 times over a line that resets and delays"
CLIENTS, KEYS, TIMES, WAIT = 16, 40, 10, 0.3


def cases() -> list[Case]:
    """The control's application forgets keys."""
    return [
        Case(name, partial(_play, name=name, weak=way), words, rounds=3)
        for words, way in (("", ""), ("forgets keys", "no_keys"))
        for name in ("sqlite", "postgresql")
    ]


def _play(place: Place, rounds: int, name: str, weak: str) -> Iterator[Outcome]:
    url = started(place, name)
    application = Application(place, url, weak)
    application.start()
    accounts = members(url)
    journal = Journal()
    for number in range(rounds):
        yield _storm(url, application, accounts, journal, number, 12 if place.short else KEYS)


def started(place: Place, name: str) -> str:
    """The URL of books in a database that runs."""
    if name == "sqlite":
        return f"sqlite:///{sqlite_books(place)}"
    cluster = cluster_books(place)
    cluster.start()
    return cluster.url


def _storm(url: str, application: Application, accounts: list[int], journal: Journal, seed: int, count: int) -> Outcome:
    chance = random.Random(seed)
    pairs = [chance.sample(accounts, 2) for _ in range(count)]
    keys = [journal.new(debit, credit, chance.randint(1, 90)) for debit, credit in pairs]
    sendings = keys * TIMES
    chance.shuffle(sendings)
    heard: defaultdict[str, set[str]] = defaultdict(set)
    with BadLine(application.where, seed) as line:
        threads = [
            threading.Thread(target=_client, args=(line.server_address, journal, sendings[n::CLIENTS], heard))
            for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        resets = line.resets
    settle(journal, application.where())
    outcome = judge(url, journal, sent=len(sendings), resets=resets)
    if any(len(ids) > 1 for ids in heard.values()):
        outcome.wrong.append("the same request got different answers")
    return outcome


def _client(address: tuple[str, int], journal: Journal, keys: list[str], heard: dict[str, set[str]]) -> None:
    line: Line | None = None
    for key in keys:
        try:
            line = line or Line(address, WAIT)
            debit, credit, amount = journal.content(key)
            answer = line.ask(key=key, debit=debit, credit=credit, amount=amount)
            if journal.note(key, answer) and "id" in answer:
                heard[key].add(str(answer["id"]))
        except OSError:
            _close(line)
            line = None
    _close(line)


def _close(line: Line | None) -> None:
    if line:
        with suppress(OSError):
            line.close()
