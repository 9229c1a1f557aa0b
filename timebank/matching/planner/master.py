"""The master program: which days together, as a linear program kept warm and as a whole-number program (HiGHS)."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.pool import Pool
from timebank.matching.planner.prices import Prices

MISSING = 1e7  # what it costs to leave out a pinned visit: more than any day is worth
INFINITE = highspy.kHighsInf


@dataclass(frozen=True)
class Solved:
    """A solution of the linear program."""

    value: float
    prices: Prices
    agent: Floats  # price of an agent's day
    columns: Floats  # share of each column of the pool


class Rows:
    """Where rows stand: agents, rows of units, shared units, weekly caps."""

    def __init__(self, flat: Flat) -> None:
        rows = flat.rows
        self.flat = flat
        self.agents = flat.size
        self.units = len(rows.unit)
        self.shared = np.flatnonzero(rows.need > 1)
        self.shared_units, self.shared_index = np.unique(rows.unit[self.shared], return_inverse=True)
        self.weeks = len(flat.week_minutes)
        self.total = self.agents + self.units + len(self.shared_units) + self.weeks

    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of the rows."""
        must = (self.flat.agents.musts > 0).astype(np.float64)
        shared = self.flat.rows.need > 1
        lower = np.full(self.total, -INFINITE)
        lower[: self.agents][must > 0] = 1.0
        lower[self.agents : self.agents + self.units][shared] = 0.0
        upper = np.ones(self.total)
        upper[self.agents : self.agents + self.units][shared] = 0.0
        if self.weeks:
            upper[-self.weeks :] = self.flat.week_minutes
        return lower, upper

    def fixed(self) -> tuple[Floats, Ints, Ints, Floats]:
        """Columns that are always there: a missing day for each agent with pins, a start for each shared row.

        Costs (to minimise), first entries, rows and values of the entries.
        """
        rows = self.flat.rows
        musts = np.flatnonzero(self.flat.agents.musts > 0)
        cost = np.concatenate([np.full(len(musts), MISSING), -rows.value[self.shared]])
        first = np.concatenate([np.arange(len(musts)), len(musts) + 2 * np.arange(len(self.shared))])
        pairs = np.column_stack([self.agents + self.shared, self.agents + self.units + self.shared_index]).ravel()
        values = np.column_stack([-rows.need[self.shared].astype(float), np.ones(len(self.shared))]).ravel()
        index = np.concatenate([musts, pairs])
        value = np.concatenate([np.ones(len(musts)), values])
        return cost, first.astype(np.int32), index.astype(np.int32), value

    def of_columns(self, pool: Pool, which: Ints) -> tuple[Floats, Ints, Ints, Floats]:
        """Columns of the pool, as `fixed`."""
        options = pool.options[which]
        row = np.append(self.flat.options.row, 0)
        used = options < pool.nothing
        parts = [pool.agent[which][:, None], self.agents + row[options]]
        ones = [np.ones((len(which), 1)), used.astype(np.float64)]
        if self.weeks:
            week = self.flat.week_of[pool.agent[which]]
            minutes = np.append(self.flat.options.minutes, 0)[options].sum(axis=1)
            parts.append((self.total - self.weeks + np.maximum(week, 0))[:, None])
            ones.append(np.where(week >= 0, minutes, 0).astype(np.float64)[:, None])
        index, value = np.concatenate(parts, axis=1), np.concatenate(ones, axis=1)
        keep = value != 0
        first = np.concatenate([[0], np.cumsum(keep.sum(axis=1))[:-1]])
        return -pool.value[which], first.astype(np.int32), index[keep].astype(np.int32), value[keep]


class Master:
    """The linear program over the columns found, solved again from where it stood."""

    def __init__(self, flat: Flat, pool: Pool, seed: int) -> None:
        self.flat, self.pool = flat, pool
        self.rows = Rows(flat)
        self.solver = quiet(seed)
        lower, upper = self.rows.bounds()
        none = np.zeros(0, np.int32)
        self.solver.addRows(self.rows.total, lower, upper, 0, np.zeros(self.rows.total, np.int32), none, np.zeros(0))
        self.fixed = self.rows.fixed()
        self._add(self.fixed)
        self.known = 0

    def _add(self, columns: tuple[Floats, Ints, Ints, Floats]) -> None:
        cost, first, index, value = columns
        if len(cost):
            high = np.full(len(cost), INFINITE)
            self.solver.addCols(len(cost), cost, np.zeros(len(cost)), high, len(index), first, index, value)

    def solve(self, seconds: float) -> Solved | None:
        """The optimum over all columns of the pool; None when time ran out."""
        if self.known < self.pool.count:
            self._add(self.rows.of_columns(self.pool, np.arange(self.known, self.pool.count)))
            self.known = self.pool.count
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + seconds)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return self._solved()

    def _solved(self) -> Solved:
        solution = self.solver.getSolution()
        dual = -np.array(solution.row_dual)
        agents, units, weeks = self.rows.agents, self.rows.units, self.rows.weeks
        row = dual[agents : agents + units]
        single = self.flat.rows.need == 1
        row[single] = np.maximum(row[single], 0.0)
        week = np.maximum(dual[len(dual) - weeks :], 0.0) if weeks else np.zeros(0)
        columns = np.array(solution.col_value)[len(self.fixed[0]) :]
        return Solved(-self.solver.getObjectiveValue(), Prices(row, week), dual[:agents], columns)


def quiet(seed: int) -> highspy.Highs:
    """A solver that says nothing, on one thread: two threads would make the answer depend on the machine."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", seed % 2**31)
    return solver
