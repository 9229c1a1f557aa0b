"""What may hang on a wall: open requests as kinds of help, places and times, and nothing about anybody.

Kinds of help that tell of somebody's health, money or troubles are never on a poster, whatever a city chooses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

ON_A_WALL = ("cleaning", "cooking", "culture", "laundry", "meals", "outing", "reading", "shopping", "training")
PAPERS: dict[str, int] = {"a4": 7, "a3": 8}  # how many offers fit, at letters that are read from two steps away


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """A time at which a kind of help is wanted in a community; minutes after midnight."""

    day: date
    earliest: int
    latest: int
    community: str  # its code; never a grid, never an address
    service: str
    minutes: int


@dataclass(frozen=True, slots=True)
class WantedTogether:
    """What is wanted alike, and by how many."""

    wanted: Wanted
    visits: int


def together(found: Iterable[Wanted]) -> list[WantedTogether]:
    """The same kind of help at the same time and in the same community is one line; the soonest first."""
    counted = Counter(found)
    return [WantedTogether(wanted, counted[wanted]) for wanted in sorted(counted)]
