"""Prices of rows, and the bound on any plan that they prove (Lagrange)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from timebank.matching.planner.flat import Flat, Floats


@dataclass(frozen=True)
class Prices:
    """``row``: what filling a row costs an option (single rows: not below 0); ``week``: price of a minute of a cap."""

    row: Floats
    week: Floats

    def between(self, other: Prices, share: float) -> Prices:
        """``share`` of these and the rest of the other."""
        return Prices(share * self.row + (1 - share) * other.row, share * self.week + (1 - share) * other.week)


def profits(flat: Flat, prices: Prices) -> Floats:
    """What an option is worth at these prices."""
    options = flat.options
    found: Floats = options.value - prices.row[options.row]
    if len(prices.week):
        week = flat.week_of[options.agent]
        found = found - np.where(week >= 0, prices.week[week] * options.minutes, 0.0)
    return found


def bound_beside_days(flat: Flat, prices: Prices) -> float:
    """The part of the bound that is not the agents' best days."""
    rows = flat.rows
    single = rows.need == 1
    total = float(prices.row[single].sum()) + float((prices.week * flat.week_minutes).sum())
    shared = ~single
    if shared.any():
        gain = np.zeros(len(flat.unit_value))
        np.maximum.at(gain, rows.unit[shared], rows.value[shared] + rows.need[shared] * prices.row[shared])
        total += float(gain.sum())
    return total
