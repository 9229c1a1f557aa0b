"""From days to plans: greedy at once, then the search for the best plan and its proof."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from timebank.matching.planner.api import Infeasible
from timebank.matching.planner.budget import Budget
from timebank.matching.planner.flat import Flat, flatten
from timebank.matching.planner.greedy import Greedy
from timebank.matching.planner.listed import Listed, TooMany
from timebank.matching.planner.outcome import plans
from timebank.matching.planner.pairs import Promised
from timebank.matching.planner.pricing import Pricing
from timebank.matching.planner.search import Search
from timebank.matching.planner.walks import Walker
from timebank.matching.rules.day import DayPlan, Instance

SMALL = 20_000  # options: fewer are listed in full, if their days are not too many


def plan_days(
    days: Sequence[Instance],
    week: Mapping[str, int],
    budget: Budget,
    seed: int,
    promised: Promised | None = None,
    looks: Sequence[float] | None = None,
) -> list[DayPlan]:
    """Plans of the days together; ``looks`` as in `search`.  Raises `Infeasible`."""
    flat = flatten(days, week, promised)
    walker = Walker(flat)
    search = Search(flat, walker, _pricing(flat, budget), budget, seed, looks)
    search.start(Greedy(flat, walker).run())
    budget.tell("greedy", search)
    search.run()
    if search.days is None:
        raise Infeasible(_unkept(flat, walker))
    found = plans(flat, walker, search.days, _proven(search), search.finished)
    return [replace(plan, seconds=budget.used) for plan in found]


def _pricing(flat: Flat, budget: Budget) -> Pricing | Listed:
    if len(flat.options.unit) <= SMALL:
        try:
            return Listed(flat)
        except TooMany:
            pass
    with budget.beside():
        pricing = Pricing(flat)
        pricing.warm()
    return pricing


def _proven(search: Search) -> int:
    """Every objective is a whole number; what a float may be off is added before cutting off."""
    return max(int(search.value), math.floor(search.bound + 1e-9 * abs(search.bound) + 1e-3))


def _unkept(flat: Flat, walker: Walker) -> dict[str, tuple[str, ...]]:
    """Pinned requests and what is wrong with each: the pair itself, or the other pins of the helper."""
    able = {(walker.unit[option], walker.agent[option]) for option, must in enumerate(walker.must) if must}
    number = {(int(flat.agents.day[a]), flat.helper(a).id): a for a in range(flat.size)}
    problems: dict[str, tuple[str, ...]] = {}
    for unit, day in enumerate(flat.unit_day.tolist()):
        request = flat.request(unit)
        missing = [name for name in request.pinned or () if (unit, number[day, name]) not in able]
        if missing:
            problems[request.id] = tuple(f"{name} cannot serve it" for name in missing)
    if problems:
        return problems
    return {
        flat.request(unit).id: ("the pins of its helpers do not fit into one day",)
        for unit in range(len(flat.unit_value))
        if flat.request(unit).pinned
    }
