"""A whole plan from columns: the integer program over those that can matter, cut into parts that share nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from timebank.matching.planner.cuts import Cuts
from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.master import MISSING, Rows, add_rows, quiet
from timebank.matching.planner.pool import Pool

Interrupt = Callable[[], bool]


@dataclass(frozen=True)
class Choice:
    """Chosen columns and a bound on any choice among those offered; ``finished``: neither time nor stop ended it."""

    columns: Ints
    bound: float
    finished: bool


class Whole:
    """Chooses among columns of a pool."""

    def __init__(self, flat: Flat, pool: Pool, cuts: Cuts, seed: int) -> None:
        self.flat, self.pool, self.cuts, self.seed = flat, pool, cuts, seed
        self.rows = Rows(flat)

    def choose(
        self, which: Ints, start: Ints, seconds: float, gap: float, interrupt: Interrupt, *, tidy: bool = True
    ) -> Choice | None:
        """The best choice among ``which``, no worse than ``start`` (columns that make a plan; may be empty).

        ``tidy``: first without what cannot be chosen, which pays where most of the start stays as it is or the program
        is large; the solver does not look up when time is over meanwhile.
        None where no choice keeps every pin, or none was found in time.
        """
        solver = self._program(which)
        if not tidy:
            solver.setOptionValue("presolve", "off")
        solver.setOptionValue("time_limit", seconds)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("mip_abs_gap", 0.5)
        if len(start):
            solver.setSolution(self._solution(which, start))
        solver.cbMipInterrupt += lambda event: event.interrupt() if interrupt() else None
        solver.run()
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        values = np.array(solver.getSolution().col_value)
        if values[: self.musts].max(initial=0.0) > 0.5:
            return None
        chosen = which[values[self.fixed :] > 0.5]
        finished = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Choice(chosen, -info.mip_dual_bound, finished)

    def _program(self, which: Ints) -> highspy.Highs:
        solver = quiet(self.seed)
        lower, upper = self.rows.bounds()
        total = self.rows.total
        solver.addRows(total, lower, upper, 0, np.zeros(total, np.int32), np.zeros(0, np.int32), np.zeros(0))
        fixed = self.rows.fixed()
        self.fixed = len(fixed[0])
        self.musts = int((fixed[0] == MISSING).sum())
        for cost, first, index, value in (fixed, self.rows.of_columns(self.pool, which)):
            if len(cost):
                size = len(cost)
                solver.addCols(size, cost, np.zeros(size), np.ones(size), len(index), first, index, value)
        add_rows(solver, self.rows.of_cuts(self.pool, which, self.cuts, 0))
        size = self.fixed + len(which)
        kinds = np.full(size, highspy.HighsVarType.kInteger)
        solver.changeColsIntegrality(size, np.arange(size, dtype=np.int32), kinds)
        return solver

    def _solution(self, which: Ints, start: Ints) -> highspy.HighsSolution:
        """The start as values of all columns: a shared row is open where the start fills it."""
        values = np.zeros(self.fixed + len(which))
        values[self.fixed :][np.isin(which, start)] = 1.0
        filled = self.filled_rows(start)
        values[self.musts : self.fixed] = filled[self.rows.shared]
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        return solution

    def filled_rows(self, columns: Ints) -> Floats:
        """1 for rows of units that the columns fill."""
        row = np.append(self.flat.options.row, self.rows.units)[self.pool.options[columns]]
        filled = np.zeros(self.rows.units + 1)
        filled[row.ravel()] = 1.0
        return filled[:-1]
