"""A plan made better piece by piece: the days of some neighbours are chosen anew while everybody else keeps theirs.

Where the integer program over all columns takes too long, programs over a few neighbours are solved in a moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from timebank.matching.planner.flat import Floats, Ints
from timebank.matching.planner.prices import Prices

if TYPE_CHECKING:
    from timebank.matching.planner.search import Search

FEWEST, MOST = 6, 60  # neighbours, for each day of a week
FIRST = 12
COLUMNS = 1_500  # of the neighbours, the nearest to the best of each
SECONDS = 0.5  # of computing for one program
GROW, SHRINK = 1.05, 0.8
IN_VAIN = 300  # programs that brought nothing


def better_nearby(search: Search, prices: Prices, seed: int) -> None:
    """Chooses anew around one helper after the other, in an order of chance, as long as that helps and time is left."""
    search.widen(prices)
    worth = search.worth_at(prices)
    below = search.floor(worth)[search.pool.agent[: search.pool.count]] - worth
    dice = np.random.default_rng(seed)
    most = min(MOST * len(search.flat.days), search.flat.size)
    size, in_vain = float(min(FIRST * len(search.flat.days), search.flat.size)), 0
    while in_vain < IN_VAIN and not search.closed and not search.budget.over():
        before = search.value
        centre, one_day = int(dice.integers(search.flat.size)), bool(dice.integers(2))
        finished = _around(search, _neighbours(search, centre, round(size), one_day), below)
        in_vain = 0 if search.value > before else in_vain + 1
        if finished and size >= search.flat.size:
            break
        size = min(size * GROW, most) if finished else max(size * SHRINK, FEWEST)
        search.budget.tell("whole", search)


def _neighbours(search: Search, centre: int, size: int, one_day: bool) -> Ints:
    """The agents who live nearest to one of them: of one day, or of all (helpers have hours of a week to share out)."""
    agents = search.flat.agents
    metres = np.hypot(agents.x - agents.x[centre], agents.y - agents.y[centre])
    if one_day:
        metres[agents.day != agents.day[centre]] = np.inf
    return np.argsort(metres, kind="stable")[:size]


def _around(search: Search, neighbours: Ints, below: Floats) -> bool:
    """The best choice for these with everybody else as they are; True when it was found in time."""
    pool, start = search.pool, search.best_columns()
    inside = np.zeros(search.flat.size, bool)
    inside[neighbours] = True
    units = np.append(search.flat.options.unit, len(search.flat.unit_value))
    taken = np.zeros(len(search.flat.unit_value) + 1, bool)
    taken[units[pool.options[start[~inside[pool.agent[start]]]]]] = True
    taken[-1] = False
    theirs = np.flatnonzero(inside[pool.agent[: len(below)]])
    free = theirs[~taken[units[pool.options[theirs]]].any(axis=1)]
    near = free[np.argsort(below[free], kind="stable")[:COLUMNS]]
    end = search.budget.used + SECONDS
    over = search.budget.over
    choice = search.whole.choose(
        np.union1d(near, start),
        start,
        search.budget.on_the_wall(SECONDS),
        0.0,
        lambda: over() or search.budget.used > end,
    )
    if choice is None:
        return False
    search.offer([pool.day(column) for column in choice.columns.tolist()])
    return choice.finished
