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

from timebank.matching.planner.flat import Floats, Ints
from timebank.matching.planner.master import Solved
from timebank.matching.planner.pairs import Mask
from timebank.matching.planner.prices import profits
from timebank.matching.planner.rounding import rounded

if TYPE_CHECKING:
    from timebank.matching.planner.search import Search

SURE = 0.75  # shares that become whole at once
STEP = 0.08  # of the broken days that become whole in a round, where fewer are sure
SHARE = 0.2  # of the time that is left, for whole days one after the other, and again for the others
SHARE_BACK = 0.55  # of the time that is left after that, for what goes with them
SHARE_OF_ONE = 0.6  # of that, for one integer program
FEWER = 20  # days kept, from one integer program to the next
ENOUGH = 2e-4  # the plan is made better later
ROUNDS = 1  # of new days, after each of days that became whole
NEW_DAYS = 5  # of each helper and round
WORTH_IT = 1.0
IDLE = (5.0, 15.0, 30.0, 60.0, math.inf)  # minutes of a week that a day may leave without use
LEFT_BELOW, MOST_LEFT = 3_000.0, 60  # days of each helper who is left in the end, among which the best are chosen
NEVER = -1e9  # an option worth that is not looked at


def dive_week(search: Search, solved: Solved) -> None:
    """Offers a plan of the days that became whole and the best that goes with them."""
    end = search.budget.left * (1 - SHARE)
    taken = _Taken(search)
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


def _with_new(search: Search, solved: Solved, taken: _Taken, end: float) -> Solved:
    """The solution once the others have the days that have become worth something beside those that are kept."""
    for _ in range(ROUNDS):
        if not _new_days(search, solved, taken, -WORTH_IT, NEW_DAYS):
            break
        found = search.master.solve(search.budget.on_the_wall(search.budget.left - end))
        if found is None:
            break
        solved = found
    return solved


def _new_days(search: Search, solved: Solved, taken: _Taken, below: float, most: int) -> int:
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
    pool, budget, taken = search.pool, search.budget, _Taken(search)
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


class _Taken:
    """Columns that are kept: agents, requests and hours of a week that they use up."""

    def __init__(self, search: Search) -> None:
        self.flat, self.pool = search.flat, search.pool
        self.columns: set[int] = set()
        self.agents: set[int] = set()
        self.row: dict[int, int] = {}  # by unit: the row that is filled
        self.often: dict[int, int] = {}
        self.left = search.flat.week_minutes.copy()

    def full(self) -> Mask:
        """By unit: nobody else may come; behind them the unit of no option."""
        need = self.flat.unit_need
        found = np.zeros(len(need) + 1, bool)
        found[[unit for unit, often in self.often.items() if often >= need[unit]]] = True
        return found

    def minutes(self, options: Ints) -> Ints:
        """Of days."""
        found: Ints = np.append(self.flat.options.minutes, 0)[options].sum(axis=1)
        return found

    def too_long(self, first: int) -> Ints:
        """Those of the first columns that do not fit into what is left of a week any more."""
        week = self.flat.week_of[self.pool.agent[:first]]
        late = self.minutes(self.pool.options[:first]) > np.append(self.left, np.inf)[week]
        late[list(self.columns)] = False
        return np.flatnonzero(late)

    def more(self, shares: Floats, avoided: set[int], fewest: int) -> list[int]:
        """Takes columns of large shares that go together; those who share a visit only with everybody whom it needs.

        Those that leave no room in the week for what else the solution gives their helper wait for the others."""
        order = np.argsort(-shares, kind="stable")
        order = order[: int((shares > 1e-6).sum())]
        for idle in IDLE:
            chosen = self._some(order, shares, avoided, fewest, idle)
            if chosen:
                return chosen
        return []

    def _some(self, order: Ints, shares: Floats, avoided: set[int], fewest: int, idle: float) -> list[int]:
        rows, beside = self._by_row(order), _Beside(self, order, shares)
        chosen: list[int] = []
        broken = 0
        for column in order.tolist():
            if shares[column] < SURE and broken >= fewest:
                break
            if column in avoided or beside.idle(column) > idle:
                continue
            group = self._together(column, rows)
            chosen += group
            broken += sum(shares[one] < 1 - 1e-6 for one in group)
        return chosen

    def _by_row(self, columns: Ints) -> dict[int, list[int]]:
        """Columns by the row of a shared visit that they help to fill."""
        found: dict[int, list[int]] = {}
        for column in columns.tolist():
            for _, row in self._visits(column):
                if self.flat.rows.need[row] > 1:
                    found.setdefault(row, []).append(column)
        return found

    def _together(self, column: int, rows: dict[int, list[int]]) -> list[int]:
        """Takes a column with all that it needs; nothing, where that is not to be had."""
        if not self.add(column):
            return []
        group, need = [column], self.flat.unit_need
        for one in group:  # grows while it is walked through
            for unit, row in self._visits(one):
                for other in rows.get(row, ()):
                    if self.often[unit] >= need[unit]:
                        break
                    if self.add(other):
                        group.append(other)
                if self.often[unit] < need[unit]:
                    for taken in group:
                        self.remove(taken)
                    return []
        return group

    def _visits(self, column: int) -> list[tuple[int, int]]:
        """Units and rows of a column."""
        options = self.pool.options[column]
        options = options[options < self.pool.nothing]
        return list(zip(self.flat.options.unit[options].tolist(), self.flat.options.row[options].tolist(), strict=True))

    def hours(self, column: int) -> tuple[int, int]:
        """The weekly cap (-1: none) and the minutes that a column takes of it."""
        options = self.pool.options[column]
        minutes = self.flat.options.minutes[options[options < self.pool.nothing]].sum()
        return int(self.flat.week_of[self.pool.agent[column]]), int(minutes)

    def add(self, column: int) -> bool:
        """Adds a column unless it clashes with others."""
        agent, visits, need = int(self.pool.agent[column]), self._visits(column), self.flat.unit_need
        week, minutes = self.hours(column)
        clash = agent in self.agents or any(
            self.often.get(unit, 0) >= need[unit] or self.row.get(unit, row) != row for unit, row in visits
        )
        if clash or (week >= 0 and minutes > self.left[week]):
            return False
        self.agents.add(agent)
        self.columns.add(column)
        for unit, row in visits:
            self.row[unit] = row
            self.often[unit] = self.often.get(unit, 0) + 1
        if week >= 0:
            self.left[week] -= minutes
        return True

    def remove(self, column: int) -> None:
        """Takes a column out again."""
        week, minutes = self.hours(column)
        self.agents.remove(int(self.pool.agent[column]))
        self.columns.remove(column)
        for unit, _ in self._visits(column):
            self.often[unit] -= 1
            if not self.often[unit]:
                del self.often[unit], self.row[unit]
        if week >= 0:
            self.left[week] += minutes


class _Beside:
    """What a solution gives helpers beside a column: by weekly cap the agents, minutes and shares."""

    def __init__(self, taken: _Taken, columns: Ints, shares: Floats) -> None:
        self.taken, pool, flat = taken, taken.pool, taken.flat
        minutes = taken.minutes(pool.options[columns])
        week = flat.week_of[pool.agent[columns]]
        self.of: dict[int, list[tuple[int, int, float]]] = {}
        for of, agent, length, share in zip(
            week.tolist(), pool.agent[columns].tolist(), minutes.tolist(), shares[columns].tolist(), strict=True
        ):
            self.of.setdefault(of, []).append((agent, length, share * length))

    def idle(self, column: int) -> float:
        """Minutes of the helper's other days that would not fit any more."""
        taken = self.taken
        week, minutes = taken.hours(column)
        if week < 0:
            return 0.0
        left, own = taken.left[week] - minutes, int(taken.pool.agent[column])
        others = (one for one in self.of.get(week, ()) if one[0] != own and one[0] not in taken.agents)
        return sum(share for _, length, share in others if length > left)
