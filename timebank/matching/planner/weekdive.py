"""A week's plan out of the linear program: the largest shares become whole days, one step after the other, and the way
back with integer programs.

Hours of a week make this harder than a day: what a whole day leaves of them has to be of use to the helper's other
days.  So days that leave hours idle wait; days that no longer fit are closed; and after each step new days are priced
for whoever is still free (the linear program's own are those that went well with fractions).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from timebank.matching.planner.master import Solved
from timebank.matching.planner.prices import profits
from timebank.matching.planner.rounding import rounded
from timebank.matching.planner.taken import Taken

if TYPE_CHECKING:
    from timebank.matching.planner.search import Search

STEP = 0.08  # of the broken days that become whole in a round, where fewer are sure
SHARE = 0.2  # of the time that is left, for whole days one after the other, and again for the others
SHARE_BACK = 0.55  # of the time that is left after that, for what goes with them
SHARE_OF_ONE = 0.6  # of that, for one integer program
FEWER = 20  # days kept, from one integer program to the next
ENOUGH = 2e-4  # the plan is made better later
ROUNDS = 1  # of new days, after each of days that became whole
NEW_DAYS = 5  # of each helper and round
WORTH_IT = 1.0
LEFT_BELOW, MOST_LEFT = 3_000.0, 60  # days of each helper who is left in the end, among which the best are chosen
NEVER = -1e9  # an option worth that is not looked at


def dive_week(search: Search, solved: Solved) -> None:
    """Offers a plan of the days that became whole and the best that goes with them."""
    end = search.budget.left * (1 - SHARE)
    taken = Taken(search)
    avoided: set[int] = set()  # columns that could not become whole
    steps: list[tuple[list[int], Solved]] = []
    while search.budget.left > end:
        part = (solved.columns > 1e-6) & (solved.columns < 1 - 1e-6)
        fewest = max(1, round(STEP * int(part.sum())))
        new = taken.more(solved.columns, avoided, fewest) if part.any() else []
        if not new:
            break
        late = taken.too_long(search.master.known)
        search.master.keep(late, 0.0, 0.0)
        search.master.keep(np.array(new))
        found = search.master.solve(search.budget.on_the_wall(search.budget.left - end))
        if found is None:
            search.master.keep(np.append(late, new), 0.0)
            avoided.update(new)
            for column in new:
                taken.remove(column)
        else:
            solved = _with_new(search, found, taken, end)
            steps.append((sorted(taken.columns), solved))
    search.offer(rounded(search, solved))
    _back(search, steps)


def _back(search: Search, steps: list[tuple[list[int], Solved]]) -> None:
    """Goes the way back: what was not kept yet after the last step is chosen by an integer program, then after the one
    before, each from the plan that the last one found, until they are too large to be solved."""
    end = search.budget.left * (1 - SHARE_BACK)
    before = math.inf
    for kept, solved in reversed(steps):
        if len(kept) > before - FEWER:
            continue
        before = len(kept)
        if search.budget.left <= end or not _complete(search, kept, solved, (search.budget.left - end) * SHARE_OF_ONE):
            break


def _with_new(search: Search, solved: Solved, taken: Taken, end: float) -> Solved:
    """The solution once the others have the days that have become worth something beside those that are kept."""
    for _ in range(ROUNDS):
        if not _new_days(search, solved, taken, -WORTH_IT, NEW_DAYS):
            break
        found = search.master.solve(search.budget.on_the_wall(search.budget.left - end))
        if found is None:
            break
        solved = found
    return solved


def _new_days(search: Search, solved: Solved, taken: Taken, below: float, most: int) -> int:
    """Adds days of whoever is free, of visits nobody has yet, worth at most so much below the best; how many."""
    flat, options = search.flat, search.flat.options
    week = flat.week_of[options.agent]
    left = np.append(taken.left, np.inf)[week]
    profit = profits(flat, solved.prices, search.cuts.links)
    profit[taken.full()[options.unit] | (options.minutes > left)] = NEVER
    floor = solved.agent - below
    floor[list(taken.agents)] = np.inf
    wide = below if below > 0 else None
    found = search.pricing.best_days(profit, floor, search.cuts, solved.prices, width=most, every_within=wide)
    fits = taken.minutes(found.options) <= np.append(taken.left, np.inf)[flat.week_of[found.agent]]
    return search.pool.add(found.agent[fits], found.options[fits], found.starts[fits], found.walk[fits])


def _complete(search: Search, kept: list[int], solved: Solved, seconds: float) -> bool:
    """What is left to the others is chosen by an integer program; whether a larger one may be worth trying."""
    pool, budget, taken = search.pool, search.budget, Taken(search)
    for column in kept:
        taken.add(column)
    _new_days(search, solved, taken, LEFT_BELOW, MOST_LEFT)
    pool.add_days(search.days or ())
    full = taken.full()
    units = np.append(search.flat.options.unit, len(full) - 1)
    agents = np.isin(pool.agent[: pool.count], list(taken.agents))
    free = ~agents & ~full[units[pool.options[: pool.count]]].any(axis=1)
    free[kept] = True
    free[taken.too_long(pool.count)] = False
    which, start = np.flatnonzero(free), search.best_columns()
    end = budget.used + seconds
    choice = search.whole.choose(
        which,
        start if np.isin(start, which).all() else start[:0],
        budget.on_the_wall(seconds),
        ENOUGH,
        lambda: budget.over() or budget.used > end,
    )
    if choice is not None:
        search.offer([pool.day(column) for column in choice.columns.tolist()])
    return choice is None or choice.finished  # none: with these days kept not all pins can be
