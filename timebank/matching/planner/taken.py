"""What columns that are kept use up: agents, requests and hours of a week."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from timebank.matching.planner.flat import Floats, Ints
from timebank.matching.planner.pairs import Mask

if TYPE_CHECKING:
    from timebank.matching.planner.search import Search

IDLE = (5.0, 15.0, 30.0, 60.0, math.inf)  # minutes of a week that a day may leave without use
SURE = 0.75  # shares that become whole at once


class Taken:
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
        rows, beside = self._by_row(order), Beside(self, order, shares)
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


class Beside:
    """What a solution gives helpers beside a column: by weekly cap the agents, minutes and shares."""

    def __init__(self, taken: Taken, columns: Ints, shares: Floats) -> None:
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
