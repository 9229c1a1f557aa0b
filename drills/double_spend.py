"""16 processes spend the last hour of one account at the same moment; exactly one may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from drills import naive
from drills.application import FORK
from drills.books import ACTOR, TENANT, findings, inside
from drills.place import PATIENCE, Place
from drills.report import Case, Outcome
from drills.retry_storm import started
from timebank.core.db import db, transaction
from timebank.core.errors import TimebankError
from timebank.ledger import service

TITLE = "16 processes spend the last hour of an account at the same moment"
PROCESSES, HOUR = 16, 60


def cases() -> list[Case]:
    """The control reads, looks, and writes."""
    return [
        Case(name, partial(_play, name=name, weak=bool(words)), words, rounds=2)
        for words in ("", "a ledger that reads, looks and writes")
        for name in ("sqlite", "postgresql")
    ]


def _play(place: Place, rounds: int, name: str, weak: bool) -> Iterator[Outcome]:
    url = started(place, name)
    turns = 3 if place.short else 10
    for number in range(rounds):
        with inside(url):
            accounts = naive.make(turns, HOUR) if weak else _open(number * 100, turns)
        won = _spend(place, url, accounts, weak)
        outcome = Outcome(acknowledged=sum(won.values()), wrong=findings(url))
        outcome.doubled = sum(times - 1 for times in won.values())
        if len(won) < turns:
            outcome.wrong.append(f"nobody could spend {turns - len(won)} of {turns} hours")
        yield outcome


@transaction
def _open(first: int, turns: int) -> list[int]:
    fund = service.ensure_account(TENANT, "fund", 1)
    accounts = [service.ensure_account(TENANT, "pot", 1000 + first + owner) for owner in range(turns + 1)]
    for account in accounts[1:]:
        key = f"last hour:{account}"
        service.post(TENANT, fund, account, HOUR, key=key, purpose="opening", actor=ACTOR)
    return accounts


def _spend(place: Place, url: str, accounts: list[int], weak: bool) -> Counter[int]:
    """How many processes could spend each account's hour."""
    processes = PROCESSES // 2 if place.short else PROCESSES
    gate = FORK.Barrier(processes)
    running = []
    for number in range(processes):
        mine, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=_spender, args=(theirs, gate, url, accounts, number, weak), daemon=True)
        process.start()
        place.later(process.kill)
        theirs.close()
        running.append((process, mine))
    won: Counter[int] = Counter()
    for process, mine in running:
        if not mine.poll(PATIENCE):
            raise TimeoutError("a process did not come to its end")
        won.update(mine.recv())
        process.join(PATIENCE)
    return won


def _spender(pipe: Any, gate: Any, url: str, accounts: list[int], number: int, weak: bool) -> None:
    receiver, *payers = accounts
    with inside(url):
        db.session.connection()  # so that nobody comes late because it connects
        db.session.rollback()
        won = []
        for payer in payers:
            gate.wait(PATIENCE)
            if naive.post(payer, receiver, HOUR) if weak else _post(payer, receiver, number):
                won.append(payer)
    pipe.send(won)


def _post(payer: int, receiver: int, number: int) -> bool:
    key = f"spend:{payer}:{number}"
    try:
        service.post(TENANT, payer, receiver, HOUR, key=key, purpose="pot", actor=ACTOR)
    except TimebankError:
        return False
    return True
