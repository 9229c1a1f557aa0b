"""A plan out of the linear program: the largest shares become whole days, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from timebank.matching.planner.flat import Floats, Ints
from timebank.matching.planner.master import Solved
from timebank.matching.planner.rounding import rounded
from timebank.matching.planner.taken import SURE, Taken

if TYPE_CHECKING:
    from timebank.matching.planner.search import Search

STEP = 0.08  # of the broken days that become whole in a round, where fewer are sure
SHARE = 0.2  # of the time that is left, for whole days one after the other, and again for the others
ENOUGH = 1e-3  # the plan is made better later
STEPS = (0.08, 0.04, 0.02, 0.12, 0.06, 0.03, 0.1, 0.05)  # of one dive after the other
SHARE_OF_DIVES = 0.15  # of the time
CHANCE = 0.6  # share that chance may take off


def dives(search: Search, solved: Solved) -> None:
    """Dives several times, each time in other steps and another order, while little of the time is used."""
    dice, end = np.random.default_rng(search.seed), search.budget.used + search.budget.seconds * SHARE_OF_DIVES
    for number, step in enumerate(STEPS):
        if search.closed or search.budget.used > end:
            return
        dive(search, solved, step, dice if number else None)


def dive(search: Search, solved: Solved, step: float = STEP, dice: np.random.Generator | None = None) -> None:
    """Offers a plan of the days that became whole and the best that goes with them; all are free again afterwards.

    ``dice``: by chance a share is taken for less than it is, so that other days become whole first."""
    end = search.budget.left * (1 - SHARE)
    kept: set[int] = set()
    alone: set[int] = set()  # columns for which those who share a visit could not be found
    while search.budget.left > end:
        part = (solved.columns > 1e-6) & (solved.columns < 1 - 1e-6)
        fewest = max(1, round(step * int(part.sum())))
        order = np.argsort(-_thrown(solved.columns, dice), kind="stable")
        new = _chosen(search, solved, order, kept, alone, fewest) if part.any() else []
        if not new:
            break
        search.master.keep(np.array(new))
        found = search.master.solve(search.budget.on_the_wall(search.budget.left - end))
        if found is None:
            search.master.keep(np.array(new), 0.0)
            shared = [column for column in new if _shares(search, column)]
            if not shared:
                break
            alone.update(shared)
        else:
            kept.update(new)
            solved = found
    search.offer(rounded(search, solved))
    _complete(search, sorted(kept))
    search.master.keep(np.array(sorted(kept), dtype=np.int64), 0.0)


def _thrown(shares: Floats, dice: np.random.Generator | None) -> Floats:
    return shares if dice is None else shares * (1 - CHANCE * dice.random(len(shares)))


def _complete(search: Search, kept: list[int]) -> None:
    """What is left to the others is chosen by an integer program, which is small then."""
    pool, budget = search.pool, search.budget
    taken = Taken(search)
    for column in kept:
        taken.add(column)
    units = np.append(search.flat.options.unit, len(search.flat.unit_need))
    agents = np.isin(pool.agent[: pool.count], list(taken.agents))
    free = np.flatnonzero(~agents & ~taken.full()[units[pool.options[: pool.count]]].any(axis=1))
    end = budget.used + budget.left * SHARE
    choice = search.whole.choose(
        np.union1d(free, np.array(kept, dtype=np.int64)),
        np.zeros(0, np.int64),
        budget.on_the_wall(end - budget.used),
        ENOUGH,
        lambda: budget.over() or budget.used > end,
    )
    if choice is not None:
        search.offer([pool.day(column) for column in choice.columns.tolist()])


def _shares(search: Search, column: int) -> bool:
    options = search.pool.options[column]
    units = search.flat.options.unit[options[options < search.pool.nothing]]
    return bool((search.flat.unit_need[units] > 1).any())


def _chosen(search: Search, solved: Solved, order: Ints, kept: set[int], alone: set[int], fewest: int) -> list[int]:
    """More columns of large shares that go together with those that are kept, looked at in this order."""
    taken = Taken(search)
    for column in kept:
        taken.add(column)
    chosen: list[int] = []
    broken = 0
    for column in order[: int((solved.columns > 1e-6).sum())].tolist():
        share = float(solved.columns[column])
        if share < SURE and broken >= fewest:
            break
        if column not in alone and taken.add(column):
            chosen.append(column)
            broken += share < 1 - 1e-6
    return chosen
