"""The master program: which days together, as a linear program kept warm and as a whole-number program (HiGHS)."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from timebank.matching.planner.cuts import Cuts
from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.pool import Pool
from timebank.matching.planner.prices import Prices

Sparse = tuple[Floats, NDArray[np.int32], NDArray[np.int32], Floats]  # costs or bounds, first entries, where, values
MISSING = 1e7  # what it costs to leave out a pinned visit: more than any day is worth
INFINITE = highspy.kHighsInf
DUAL, PRIMAL = 1, 4  # HiGHS' numbers of its simplex methods


@dataclass(frozen=True)
class Solved:
    """A solution of the linear program."""

    value: float
    prices: Prices
    agent: Floats  # price of an agent's day
    columns: Floats  # share of each column of the pool
    open: Floats  # share of each row of units that takes place (rows of shared units; 0 elsewhere)


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

    def fixed(self) -> Sparse:
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

    def of_columns(self, pool: Pool, which: Ints, cuts: Cuts | None = None) -> Sparse:
        """Columns of the pool, as `fixed`; rows of triples and links stand behind all others, triples first."""
        options, agent = pool.options[which], pool.agent[which]
        row = np.append(self.flat.options.row, 0)[options]
        used = options < pool.nothing
        column = np.repeat(np.arange(len(which)), options.shape[1]).reshape(options.shape)
        parts = [
            (np.arange(len(which)), agent, np.ones(len(which))),
            (column[used], self.agents + row[used], np.ones(int(used.sum()))),
            *self._week_entries(agent, options),
            *(self._cut_entries(agent, options, cuts) if cuts else []),
        ]
        where, index, value = (np.concatenate([part[n] for part in parts]) for n in range(3))
        order = np.argsort(where, kind="stable")
        first = np.searchsorted(where[order], np.arange(len(which)))
        return -pool.value[which], first.astype(np.int32), index[order].astype(np.int32), value[order]

    def _week_entries(self, agent: Ints, options: Ints) -> list[tuple[Ints, Ints, Floats]]:
        if not self.weeks:
            return []
        week = self.flat.week_of[agent]
        minutes = np.append(self.flat.options.minutes, 0)[options].sum(axis=1)
        capped = np.flatnonzero(week >= 0)
        return [(capped, self.total - self.weeks + week[capped], minutes[capped].astype(np.float64))]

    def _cut_entries(self, agent: Ints, options: Ints, cuts: Cuts) -> list[tuple[Ints, Ints, Floats]]:
        column, triple = cuts.filled(agent, options)
        found = [(column, self.total + cuts.place_of_triple[triple], np.ones(len(column)))]
        place = cuts.place_of_link[options]
        linked = place >= 0
        where = np.nonzero(linked)[0]
        found.append((where, self.total + place[linked], np.ones(len(where))))
        column, cut, value = cuts.weeks.entries(agent, options)
        found.append((column, self.total + cuts.place_of_week[cut], value))
        return found

    def of_cuts(self, pool: Pool, which: Ints, cuts: Cuts, new: int) -> Sparse:
        """Triples and links from number ``new`` on as rows over columns of the pool, behind the fixed ones: upper
        bounds, first entries, columns (of the program) and values."""
        entries = self._cut_entries(pool.agent[which], pool.options[which], cuts)
        column, row, value = (np.concatenate([part[n] for part in entries]) for n in range(3))
        shared = np.zeros(self.units, np.int64)
        shared[self.shared] = np.arange(len(self.shared))
        fixed = len(self.fixed()[0])
        opens = fixed - len(self.shared) + shared[self.flat.options.row[cuts.links]]
        rows = np.concatenate([row - self.total, np.array(cuts.link_places, dtype=np.int64)]) - new
        columns = np.concatenate([fixed + column, opens])
        values = np.concatenate([value, np.full(len(opens), -1.0)])
        order = np.argsort(rows, kind="stable")
        order = order[rows[order] >= 0]
        first = np.searchsorted(rows[order], np.arange(cuts.rows - new))
        upper = np.zeros(cuts.rows)
        upper[cuts.triple_places] = 1.0
        upper[cuts.week_places] = 1.0
        return upper[new:], first.astype(np.int32), columns[order].astype(np.int32), values[order]


class Master:
    """The linear program over the columns found, solved again from where it stood."""

    def __init__(self, flat: Flat, pool: Pool, cuts: Cuts, seed: int) -> None:
        self.flat, self.pool, self.cuts = flat, pool, cuts
        self.rows = Rows(flat)
        self.solver = quiet(seed)
        lower, upper = self.rows.bounds()
        none = np.zeros(0, np.int32)
        self.solver.addRows(self.rows.total, lower, upper, 0, np.zeros(self.rows.total, np.int32), none, np.zeros(0))
        self.fixed = self.rows.fixed()
        self._add(self.fixed)
        self.known = 0
        self.broken = False  # bounds were set since the last solution, which may break them

    def _add(self, columns: Sparse) -> None:
        cost, first, index, value = columns
        if len(cost):
            high = np.full(len(cost), INFINITE)
            self.solver.addCols(len(cost), cost, np.zeros(len(cost)), high, len(index), first, index, value)

    def cut(self, solved: Solved) -> int:
        """Adds what the solution breaks; how much that was."""
        before = self.cuts.rows
        self.cuts.separate(solved.columns, solved.open)
        add_rows(self.solver, self.rows.of_cuts(self.pool, np.arange(self.known), self.cuts, before))
        return self.cuts.rows - before

    def keep(self, columns: Ints, least: float = 1.0, most: float = INFINITE) -> None:
        """From now on these columns of the pool are whole; with least 0 they are free again, with most 0 closed."""
        where = (len(self.fixed[0]) + columns).astype(np.int32)
        self.solver.changeColsBounds(len(where), where, np.full(len(where), least), np.full(len(where), most))
        self.broken = True

    def solve(self, seconds: float) -> Solved | None:
        """The optimum over all columns of the pool; None when time ran out."""
        if self.rows.weeks:  # where only columns came, the last solution is still one: then primal steps are fewer
            primal = self.known < self.pool.count and not self.broken
            self.solver.setOptionValue("simplex_strategy", PRIMAL if primal else DUAL)
        if self.known < self.pool.count:
            self._add(self.rows.of_columns(self.pool, np.arange(self.known, self.pool.count), self.cuts))
            self.known = self.pool.count
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + seconds)
        self.solver.run()
        self.broken = False
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return self._solved()

    def _solved(self) -> Solved:
        solution = self.solver.getSolution()
        dual = -np.array(solution.row_dual)
        rows, single = self.rows, self.flat.rows.need == 1
        row = dual[rows.agents : rows.agents + rows.units].copy()
        row[single] = np.maximum(row[single], 0.0)
        week = np.maximum(dual[rows.total - rows.weeks : rows.total], 0.0)
        cut = np.maximum(dual[rows.total :], 0.0)
        cuts = self.cuts
        prices = Prices(row, week, cut[cuts.triple_places], cut[cuts.link_places], cut[cuts.week_places])
        values = np.array(solution.col_value)
        fixed = len(self.fixed[0])
        open_ = np.zeros(rows.units)
        open_[rows.shared] = values[fixed - len(rows.shared) : fixed]
        return Solved(-self.solver.getObjectiveValue(), prices, dual[: rows.agents], values[fixed:], open_)


def add_rows(solver: highspy.Highs, rows: Sparse) -> None:
    """Adds rows without lower bounds."""
    upper, first, index, value = rows
    if len(upper):
        solver.addRows(len(upper), np.full(len(upper), -INFINITE), upper, len(index), first, index, value)


def quiet(seed: int) -> highspy.Highs:
    """A solver that says nothing, on one thread: two threads would make the answer depend on the machine."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", seed % 2**31)
    return solver
