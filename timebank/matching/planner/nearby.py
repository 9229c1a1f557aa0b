"""A plan made better piece by piece: the days of some neighbours are chosen anew while everybody else keeps theirs.

Where the integer program over all columns takes too long, programs over a few neighbours are solved in a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from timebank.matching.planner.flat import Floats, Ints
from timebank.matching.planner.prices import Prices

if TYPE_CHECKING:
    from timebank.matching.planner.search import Search

FEWEST, MOST = 6, 60  # neighbours, for each day of a week
FIRST = 12
GROW, SHRINK = 1.05, 0.8
IN_VAIN = 300  # programs that brought nothing


@dataclass(frozen=True)
class Manner:
    """``columns`` of the neighbours, the nearest to the best of each; ``seconds`` of computing for one program, which
    may end ``near`` its best (a share)."""

    columns: int
    seconds: float
    near: float


OF_A_DAY = Manner(1_500, 0.5, 0.0)
OF_A_WEEK = Manner(2_000, 1.0, 1e-5)
ONE_DAY = 0.2  # of the programs of a week: days of one day only
TIRED = 0.7  # in weeks: where a program brought nothing, the next one is by so much less likely
EVERYWHERE = 100.0  # seconds that everybody counts as lost


def better_nearby(search: Search, prices: Prices, seed: int) -> None:
    """Chooses anew around one helper after the other, by chance, as long as that helps and time is left."""
    search.widen(prices)
    worth = search.worth_at(prices)
    floor = search.floor(worth)
    below = floor[search.pool.agent[: search.pool.count]] - worth
    centres = (_OfWeek if len(search.flat.week_minutes) else _OfDay)(search, below, floor, seed)
    most = min(MOST * len(search.flat.days), search.flat.size)
    first = float(min(FIRST * len(search.flat.days), search.flat.size))
    sizes, in_vain = [first, first], 0
    while in_vain < IN_VAIN and not search.closed and not search.budget.over():
        before = search.value
        centre, one_day, kind = centres.draw()
        neighbours = _neighbours(search, centre, round(sizes[kind]), one_day)
        finished = _around(search, neighbours, below, centres.manner)
        centres.learn(neighbours, search.value > before)
        in_vain = 0 if search.value > before else in_vain + 1
        if finished and sizes[kind] >= search.flat.size:
            break
        sizes[kind] = min(sizes[kind] * GROW, most) if finished else max(sizes[kind] * SHRINK, FEWEST)
        search.budget.tell("whole", search)


class _OfDay:
    """Around whom the next program is: anybody."""

    manner = OF_A_DAY

    def __init__(self, search: Search, below: Floats, floor: Floats, seed: int) -> None:
        self.search, self.below, self.floor = search, below, floor
        self.dice = np.random.default_rng(seed)
        self.fresh = np.ones(search.flat.size)

    def draw(self) -> tuple[int, bool, int]:
        """The agent, whether only days of its day are chosen, and which size is meant."""
        return int(self.dice.integers(self.search.flat.size)), bool(self.dice.integers(2)), 0

    def learn(self, neighbours: Ints, better: bool) -> None:
        """What came of a program around them."""


class _OfWeek(_OfDay):
    """Where much is lost (mostly hours that lie idle), less often where programs brought nothing."""

    manner = OF_A_WEEK

    def draw(self) -> tuple[int, bool, int]:
        """As of a day; programs about one day only can be larger."""
        chance = self.fresh * (self._lost() + EVERYWHERE)
        one_day = bool(self.dice.random() < ONE_DAY)
        return int(self.dice.choice(len(chance), p=chance / chance.sum())), one_day, int(one_day)

    def _lost(self) -> Floats:
        """By agent: how much less than the best its day is worth at the prices of the bound."""
        columns = self.search.best_columns()
        lost = np.maximum(self.floor, 0.0)  # of whoever stays at home
        lost[self.search.pool.agent[columns]] = self.below[columns]
        return np.maximum(lost, 0.0)

    def learn(self, neighbours: Ints, better: bool) -> None:
        """Somebody near may gain once more where somebody gained."""
        self.fresh[neighbours] = 1.0 if better else self.fresh[neighbours] * TIRED


def _neighbours(search: Search, centre: int, size: int, one_day: bool) -> Ints:
    """The agents who live nearest to one of them: of one day, or of all (helpers have hours of a week to share out)."""
    agents = search.flat.agents
    metres = np.hypot(agents.x - agents.x[centre], agents.y - agents.y[centre])
    if one_day:
        metres[agents.day != agents.day[centre]] = np.inf
    return np.argsort(metres, kind="stable")[:size]


def _around(search: Search, neighbours: Ints, below: Floats, manner: Manner) -> bool:
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
    near = free[np.argsort(below[free], kind="stable")[: manner.columns]]
    end = search.budget.used + manner.seconds
    over = search.budget.over
    choice = search.whole.choose(
        np.union1d(near, start),
        start,
        search.budget.on_the_wall(manner.seconds),
        manner.near,
        lambda: over() or search.budget.used > end,
    )
    if choice is None:
        return False
    search.offer([pool.day(column) for column in choice.columns.tolist()])
    return choice.finished
