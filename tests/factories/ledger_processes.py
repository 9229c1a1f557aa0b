"""Real processes that post at the same time, as several servers on one database would."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from typing import Any

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import TimebankError
from timebank.ledger import service
from timebank.ledger.cli.workers import application

TENANT = 3201
ACTOR = Actor.system("process")


def spend(number: int, accounts: list[int], times: int) -> Counter[str]:
    """Takes 10 minutes from the first account, again and again, each time with a key of its own."""
    debit, credit = accounts
    return _count(
        lambda turn: (
            service.post(TENANT, debit, credit, 10, key=f"{number}:{turn}", purpose="transfer", actor=ACTOR).replayed
        ),
        times,
    )


def storm(number: int, accounts: list[int], times: int) -> Counter[str]:
    """Every process sends the same requests, as clients do whose answers were lost."""
    debit, credit = accounts
    return _count(
        lambda turn: (
            service.post(TENANT, debit, credit, 10, key=f"storm:{turn}", purpose="transfer", actor=ACTOR).replayed
        ),
        times,
    )


def circle(number: int, accounts: list[int], times: int) -> Counter[str]:
    """Moves minutes round a circle of accounts in both directions: whoever locks carelessly waits for ever."""
    step = 1 if number % 2 else -1

    def move(turn: int) -> bool:
        place = (number + turn * step) % len(accounts)
        debit, credit = accounts[place], accounts[(place + step) % len(accounts)]
        return _post(debit, credit, 1, f"{number}:{turn}")

    return _count(move, times)


def _post(debit: int, credit: int, amount: int, key: str) -> bool:
    return service.post(TENANT, debit, credit, amount, key=key, purpose="transfer", actor=ACTOR).replayed


def _count(act: Callable[[int], bool], times: int) -> Counter[str]:
    seen: Counter[str] = Counter()
    for turn in range(times):
        try:
            seen["replayed" if act(turn) else "posted"] += 1
        except TimebankError as refused:
            seen[refused.code] += 1
    return seen


def _run(pipe: Any, work: Callable[..., Counter[str]], url: str, number: int, accounts: list[int], times: int) -> None:
    with application(url).app_context():
        pipe.send(work(number, accounts, times))
        db.session.remove()
        db.engine.dispose()


def together(work: Callable[..., Counter[str]], accounts: list[int], *, processes: int, times: int) -> Counter[str]:
    """Runs `work` in so many processes at once on the database of the test; the sum of what they saw."""
    db.session.commit()
    url = db.engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # the libraries are imported once, not by each process
    running = []
    for number in range(processes):
        mine, theirs = context.Pipe()
        process = context.Process(target=_run, args=(theirs, work, url, number, accounts, times))
        process.start()
        theirs.close()
        running.append((process, mine))
    total: Counter[str] = sum((pipe.recv() for _, pipe in running), Counter())
    for process, _ in running:
        process.join()
    return total
