"""Adds up the worked month as one would with a pencil.  It knows the files and nothing of the product.

python tests/examples/by_hand.py          prints the statements
python tests/examples/by_hand.py --write  keeps them in worked_month/statements.txt
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "worked_month"
STATEMENTS = FOLDER / "statements.txt"
SYSTEM = {
    "fund": "the city's fund (below zero: what it has given out)",
    "pot": "the community pot of Yaohua street",
    "issued": "hours that nobody paid for",
    "goods": "hours paid for goods",
    "honour": "hours above the cap, kept as an honour",
    "clearing.yaohua": "settling up: Yaohua street (above zero: is owed)",
    "clearing.next": "settling up: Wulaocun street",
    "clearing.city": "settling up: the city",
}
KINDS = {"": "own hours", "grant": "granted hours", "group": "hours of the group"}


@dataclass(frozen=True)
class Event:
    """A row of events.csv; amounts in minutes, in the order in which they stand there."""

    no: int
    date: str
    time: str
    what: str
    who: str
    other: str
    detail: str
    ref: int
    books: tuple[tuple[str, int], ...]
    held: tuple[tuple[str, int], ...]
    words: str


def amounts(text: str) -> tuple[tuple[str, int], ...]:
    """ "zhang -97; xu +97" -> (("zhang", -97), ("xu", 97))."""
    parts = [part.split() for part in text.split(";") if part.strip()]
    return tuple((account, int(amount)) for account, amount in parts)


def events() -> list[Event]:
    with (FOLDER / "events.csv").open(encoding="utf-8", newline="") as file:
        return [
            Event(
                int(row["no"]),
                row["date"],
                row["time"],
                row["what"],
                row["who"],
                row["with"],
                row["detail"],
                int(row["ref"] or 0),
                amounts(row["books"]),
                amounts(row["held"]),
                row["in words"],
            )
            for row in csv.DictReader(file)
        ]


def people() -> dict[str, dict[str, str]]:
    with (FOLDER / "people.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Line:
    """What an event did to an account: change, balance after it, and what of that is on hold then."""

    event: Event
    change: int
    balance: int
    held: int


def lines() -> dict[str, list[Line]]:
    """The lines of every account, by simple addition."""
    balance: dict[str, int] = defaultdict(int)
    held: dict[str, int] = defaultdict(int)
    found: dict[str, list[Line]] = defaultdict(list)
    for event in events():
        for account, change in event.held:
            held[account] += change
        for account, change in event.books:
            balance[account] += change
            found[account].append(Line(event, change, balance[account], held[account]))
        moved = {account for account, _ in event.books}
        for account, _ in event.held:
            if account not in moved:
                found[account].append(Line(event, 0, balance[account], held[account]))
    return dict(found)


def totals_after_each() -> Iterator[tuple[Event, dict[str, int], dict[str, int]]]:
    """After each event: the balance and the minutes on hold of every account so far."""
    balance: dict[str, int] = defaultdict(int)
    held: dict[str, int] = defaultdict(int)
    for event in events():
        for account, change in event.books:
            balance[account] += change
        for account, change in event.held:
            held[account] += change
        yield event, dict(balance), dict(held)


def statements() -> str:
    """The statements of all people, then the accounts of nobody, then the check."""
    every = lines()
    known = people()
    parts = []
    for key, who in known.items():
        parts.append(f"{who['name']} ({key}), born {who['born']}, {who['lives']}: {who['is']}")
        for kind, words in KINDS.items():
            account = f"{key}.{kind}" if kind else key
            if account in every:
                parts.append(_table(words, every[account]))
        if not any(account.split(".")[0] == key for account in every):
            parts.append("  no hours moved\n")
    parts += [_table(words, every[account]) for account, words in SYSTEM.items() if account in every]
    last = {account: of[-1].balance for account, of in every.items()}
    parts.append(f"All accounts together: {sum(last.values())} minutes (must be 0)\n")
    return "\n".join(parts)


def _table(heading: str, of: list[Line]) -> str:
    rows = [f"  {heading}", f"  {'no':>4}  day    {'minutes':>8} {'balance':>8} {'on hold':>8} {'free':>8}  what"]
    for line in of:
        change = f"{line.change:+d}" if line.change else ""
        free = line.balance - line.held
        rows.append(
            f"  {line.event.no:>4}  {line.event.date[5:]}  {change:>8} {line.balance:>8} {line.held:>8} {free:>8}"
            f"  {line.event.words}"
        )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        STATEMENTS.write_text(statements(), encoding="utf-8")
    else:
        sys.stdout.write(statements())
