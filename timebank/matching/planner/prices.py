"""Prices of rows, and the bound on any plan that they prove (Lagrange)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from timebank.matching.planner.cuts import Cuts
from timebank.matching.planner.flat import Flat, Floats


@dataclass(frozen=True)
class Prices:
    """``row``: what filling a row costs an option (single rows: not below 0); ``week``: of a minute of a cap;
    ``triple``: of filling two rows of it; ``link``: of an option beside its row, for the options of ``cuts.links``;
    ``weekly``: of a whole of a cut on the hours of a week."""

    row: Floats
    week: Floats
    triple: Floats
    link: Floats
    weekly: Floats

    def between(self, other: Prices, share: float) -> Prices:
        """``share`` of these and the rest of the other, which knows at least as many cuts."""
        return Prices(
            share * self.row + (1 - share) * other.row,
            share * self.week + (1 - share) * other.week,
            share * _longer(self.triple, len(other.triple)) + (1 - share) * other.triple,
            share * _longer(self.link, len(other.link)) + (1 - share) * other.link,
            share * _longer(self.weekly, len(other.weekly)) + (1 - share) * other.weekly,
        )

    def complete(self, cuts: Cuts) -> Prices:
        """The same with nothing for cuts that came later."""
        triples, links, weekly = len(cuts.triples), len(cuts.links), cuts.weeks.count
        return Prices(
            self.row, self.week, _longer(self.triple, triples), _longer(self.link, links), _longer(self.weekly, weekly)
        )


def free(flat: Flat) -> Prices:
    """Nothing costs anything, before there are cuts."""
    none = np.zeros(0)
    return Prices(np.zeros(len(flat.rows.unit)), np.zeros(len(flat.week_minutes)), none, none, none)


def _longer(known: Floats, size: int) -> Floats:
    return np.concatenate([known, np.zeros(size - len(known))])


def profits(flat: Flat, prices: Prices, links: Sequence[int]) -> Floats:
    """What an option is worth at these prices."""
    options = flat.options
    found: Floats = options.value - prices.row[options.row]
    if len(prices.week):
        week = flat.week_of[options.agent]
        found = found - np.where(week >= 0, prices.week[week] * options.minutes, 0.0)
    found[list(links)] -= prices.link
    return found


def bound_beside_days(flat: Flat, prices: Prices, links: Sequence[int]) -> float:
    """The part of the bound that is not the agents' best days."""
    rows = flat.rows
    single = rows.need == 1
    total = float(prices.row[single].sum()) + float((prices.week * flat.week_minutes).sum())
    total += float(prices.triple.sum()) + float(prices.weekly.sum())
    shared = ~single
    if shared.any():
        worth = rows.value + rows.need * prices.row
        np.add.at(worth, flat.options.row[list(links)], prices.link)
        gain = np.zeros(len(flat.unit_value))
        np.maximum.at(gain, rows.unit[shared], worth[shared])
        total += float(gain.sum())
    return total
