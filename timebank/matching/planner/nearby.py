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
NEAR = 1e-5
SECONDS = 0.5  # of computing for one program
GROW, SHRINK = 1.05, 0.8
ONE_DAY = 0.2  # of the programs: days of one day only
TIRED = 0.7  # where a program brought nothing, the next is that much less likely
EVERYWHERE = 100.0  # seconds that everybody counts as lost
IN_VAIN = 300  # programs that brought nothing


def better_nearby(search: Search, prices: Prices, seed: int) -> None:
    """Chooses anew around one helper after the other, by chance and where much is lost, as long as that helps and time
    is left."""
    search.widen(prices)
    worth = search.worth_at(prices)
    floor = search.floor(worth)
    below = floor[search.pool.agent[: search.pool.count]] - worth
    dice = np.random.default_rng(seed)
    most = min(MOST * len(search.flat.days), search.flat.size)
    first = float(min(FIRST * len(search.flat.days), search.flat.size))
    size, in_vain = {True: first, False: first}, 0
    fresh = np.ones(search.flat.size)
    while in_vain < IN_VAIN and not search.closed and not search.budget.over():
        before = search.value
        one_day = bool(dice.random() < ONE_DAY)
        chance = fresh * (_lost(search, below, floor) + EVERYWHERE)
        centre = int(dice.choice(search.flat.size, p=chance / chance.sum()))
        neighbours = _neighbours(search, centre, round(size[one_day]), one_day)
        finished = _around(search, neighbours, below)
        better = search.value > before
        in_vain = 0 if better else in_vain + 1
        fresh[neighbours] = 1.0 if better else fresh[neighbours] * TIRED
        if finished and size[one_day] >= search.flat.size:
            break
        size[one_day] = min(size[one_day] * GROW, most) if finished else max(size[one_day] * SHRINK, FEWEST)
        search.budget.tell("whole", search)


def _lost(search: Search, below: Floats, floor: Floats) -> Floats:
    """By agent: how much less than the best its day is worth at the prices of the bound."""
    columns = search.best_columns()
    lost = np.maximum(floor, 0.0)
    agents = search.pool.agent[columns]
    lost[agents] = below[columns] if len(below) > columns.max(initial=0) else 0.0
    return lost


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
        NEAR,
        lambda: over() or search.budget.used > end,
    )
    if choice is None:
        return False
    search.offer([pool.day(column) for column in choice.columns.tolist()])
    return choice.finished
