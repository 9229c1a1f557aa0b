"""Readers look at the books while writers post: each must see one moment, and never an earlier one than before."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection, text

from drills.application import Application
from drills.books import inside, judge, members
from drills.clients import Journal, Load
from drills.place import PATIENCE, Place
from drills.report import Case, Outcome
from drills.retry_storm import started
from timebank.core.db import db
from timebank.ledger.queries.snapshot import snapshot

TITLE = "Readers check snapshots of the books while writers post"
READERS, SECONDS = 3, 1.5


def cases() -> list[Case]:
    """The control reads the same, each statement for itself."""
    return [
        Case(name, partial(_play, name=name, weak=bool(words)), words, rounds=4)
        for words in ("", "reads outside a snapshot")
        for name in ("sqlite", "postgresql")
    ]


def _play(place: Place, rounds: int, name: str, weak: bool) -> Iterator[Outcome]:
    url = started(place, name)
    application = Application(place, url)
    application.start()
    accounts, journal = members(url), Journal()
    for _ in range(rounds):
        load = Load(application.where, accounts, journal=journal)
        load.wait(1)
        history = History()
        _read(url, history, journal, weak, 0.4 if place.short else SECONDS)
        load.stop()
        outcome = judge(url, journal, looks=history.looks)
        outcome.wrong += sorted(history.wrong)[:20]
        yield outcome


@dataclass
class History:
    """What all readers saw together."""

    balances: dict[tuple[int, int], int] = field(default_factory=dict)  # of an account after an entry
    wrong: set[str] = field(default_factory=set)
    looks: int = 0


def _read(url: str, history: History, journal: Journal, weak: bool, seconds: float) -> None:
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_reader, args=(url, until, history, journal, weak)) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)


def _reader(url: str, until: float, history: History, journal: Journal, weak: bool) -> None:
    last: dict[int, int] = {}
    with inside(url):
        while time.monotonic() < until:
            known = len(journal.acknowledged())
            with ExitStack() as stack:
                connections = _apart(stack) if weak else _together(stack)
                _look(connections, history, last, known)
            history.looks += 1


def _together(stack: ExitStack) -> Iterator[Connection]:
    connection = stack.enter_context(snapshot())
    while True:
        yield connection


def _apart(stack: ExitStack) -> Iterator[Connection]:
    while True:
        one: AbstractContextManager[Connection] = db.engine.connect()
        yield stack.enter_context(one)


HALVES = (
    "SELECT id, unit, posted, seq, batched FROM ledger_account WHERE id <= (SELECT avg(id) FROM ledger_account)",
    "SELECT id, unit, posted, seq, batched FROM ledger_account WHERE id > (SELECT avg(id) FROM ledger_account)",
)
NEWEST = """SELECT e.account_id, e.seq, e.balance FROM entry e JOIN (SELECT account_id, max(seq) AS seq FROM entry
GROUP BY account_id) n ON n.account_id = e.account_id AND n.seq = e.seq"""
WAITING = "SELECT a.unit, sum(d.amount) FROM daybook d JOIN ledger_account a ON a.id = d.account_id GROUP BY a.unit"
POSTED = "SELECT count(*) FROM transfer WHERE purpose = 'transfer'"


def _look(connections: Iterator[Connection], history: History, last: dict[int, int], known: int) -> None:
    """Five questions, which must have been answered at one moment."""
    accounts = [row for half in HALVES for row in next(connections).execute(text(half))]
    newest = {row[0]: (row[1], row[2]) for row in next(connections).execute(text(NEWEST))}
    sums = {unit: int(amount) for unit, amount in next(connections).execute(text(WAITING))}
    posted = next(connections).scalar(text(POSTED)) or 0
    for account in accounts:
        sums[account.unit] = sums.get(account.unit, 0) + account.posted
        if newest.get(account.id, (0, 0)) != (account.seq, account.posted):
            history.wrong.add("an account's balance is not that of its newest entry")
        if account.seq < last.get(account.id, 0):
            history.wrong.add("an account went back to an earlier entry")
        if history.balances.setdefault((account.id, account.seq), account.posted) != account.posted:
            history.wrong.add("two balances after the same entry")
        last[account.id] = account.seq
    if any(sums.values()):
        history.wrong.add("the accounts of a unit do not sum to zero")
    if posted < known:
        history.wrong.add("something acknowledged before is not seen")
