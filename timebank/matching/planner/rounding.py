"""A plan from fractions: the largest shares first, what does not clash; then whoever is left is put in greedily."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from timebank.matching.planner.greedy import Greedy
from timebank.matching.planner.master import Solved
from timebank.matching.planner.walks import Day

if TYPE_CHECKING:
    from timebank.matching.planner.search import Search


def rounded(search: Search, solved: Solved) -> list[Day]:
    """Days of all agents."""
    greedy = Greedy(search.flat, search.walker)
    need = search.flat.unit_need
    for column in _together(search, solved):
        day = search.pool.day(column)
        greedy.take([search.walker.unit[option] for option in day.options], [day])
    order = np.argsort(-solved.columns, kind="stable")
    for column in order[: int((solved.columns > 1e-6).sum())].tolist():
        day = search.pool.day(column)
        units = [search.walker.unit[option] for option in day.options]
        if greedy.days[day.agent].options or any(unit in greedy.served or need[unit] > 1 for unit in units):
            continue
        if greedy.fits_week(day):
            greedy.take(units, [day])
    return greedy.run()


def _together(search: Search, solved: Solved) -> list[int]:
    """Whole days that share visits, where all helpers of these visits come with whole days."""
    rows = search.flat.rows
    need, row = np.append(rows.need, 1), np.append(search.flat.options.row, len(rows.need))
    found = np.flatnonzero(solved.columns > 1 - 1e-6)
    found = found[(need[row[search.pool.options[found]]] > 1).any(axis=1)]
    while True:
        filled = np.bincount(row[search.pool.options[found]].ravel(), minlength=len(need))
        wanted = row[search.pool.options[found]]
        complete = ((filled[wanted] == need[wanted]) | (need[wanted] == 1)).all(axis=1)
        if complete.all():
            return list(found.tolist())
        found = found[complete]
