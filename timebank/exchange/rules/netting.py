"""What the time banks of a city owe each other: hours saved with one and used with another, netted by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

LEFT_OUT = ("netting", "opening", "stock", "merge")  # purposes that are no use of hours


@dataclass(frozen=True, slots=True)
class Flow:
    """Minutes of a month that went from accounts of one time bank to those of another, for one purpose."""

    source: int
    target: int
    purpose: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two time banks: `debtor`'s hours were used with `creditor`; minutes both ways, and the difference (>= 0)."""

    debtor: int
    creditor: int
    forward: int
    back: int
    by_purpose: dict[str, int] = field(default_factory=dict)  # debtor to creditor, less the other way

    @property
    def net(self) -> int:
        return self.forward - self.back


def netted(flows: Iterable[Flow]) -> list[Pair]:
    """One pair for any two time banks between which hours moved, in the order of their numbers.

    A 600 min to B and B 250 min to A: A owes B 350 min.  A negative flow (a reversal) counts the other way round.
    """
    sums: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for flow in flows:
        if flow.source != flow.target:
            sums[flow.source, flow.target][flow.purpose] += flow.minutes
    couples = sorted({(min(pair), max(pair)) for pair in sums})
    return [_pair(low, high, sums[low, high], sums[high, low]) for low, high in couples]


def _pair(low: int, high: int, up: dict[str, int], down: dict[str, int]) -> Pair:
    forward, back = sum(up.values()), sum(down.values())
    if forward < back:
        return _pair(high, low, down, up)
    purposes = sorted({*up, *down})
    return Pair(low, high, forward, back, {name: up.get(name, 0) - down.get(name, 0) for name in purposes})
