"""What board, jobs and command line call.  All functions are pure: instances in, plans out; nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from timebank.matching import checker
from timebank.matching.planner import files
from timebank.matching.rules.day import DayPlan, Instance
from timebank.matching.rules.model import Broken
from timebank.matching.rules.pairs import broken_in_day

KEEP_ALL: frozenset[str] = frozenset()  # no promise is moved
MOVE_ALL = None  # every promise that is not pinned may be moved, at a price
MOVE_SECONDS = 3_000  # a moved promise costs as much as so many seconds of walking


class Infeasible(Exception):
    """No plan keeps every pin.  ``problems``: request id to the rules that its pinned helpers would break."""

    def __init__(self, problems: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__("; ".join(f"{request}: {', '.join(rules)}" for request, rules in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is: ``phase`` is greedy, columns (bound and plan improve) or whole (the integer plan)."""

    phase: str
    seconds: float
    served: int
    objective: int
    upper_bound: int | None

    @property
    def gap(self) -> float | None:
        """Share of the bound that is still open; None before the first bound."""
        if self.upper_bound is None:
            return None
        return (self.upper_bound - self.objective) / max(1, abs(self.upper_bound))


Callback = Callable[[Progress], None]
Stop = Callable[[], bool]


def plan(
    instance: Instance,
    *,
    seconds: float = 60.0,
    seed: int = 1,
    progress: Callback | None = None,
    should_stop: Stop | None = None,
) -> DayPlan:
    """The best plan of a day that ``seconds`` of computing allow.

    ``progress`` is called some times a second at most, ``should_stop`` asked about as often; when it says True the best
    plan so far comes back with the best bound so far.  Raises `Infeasible` where pins contradict each other or a rule.
    """
    from timebank.matching.planner.budget import Budget
    from timebank.matching.planner.engine import plan_days

    budget = Budget(seconds, should_stop, progress)
    return plan_days([instance], {}, budget, seed)[0]


def plan_week(
    days: Sequence[Instance],
    week_minutes: Mapping[str, int] | None = None,
    *,
    seconds: float = 60.0,
    seed: int = 1,
    progress: Callback | None = None,
    should_stop: Stop | None = None,
) -> list[DayPlan]:
    """Plans of several days together: no helper serves more than ``week_minutes[helper id]`` minutes over all of them.

    The bound of the whole is the sum of the ``upper_bound`` of the days.  Otherwise as `plan`.
    """
    from timebank.matching.planner.budget import Budget
    from timebank.matching.planner.engine import plan_days

    return plan_days(list(days), dict(week_minutes or {}), Budget(seconds, should_stop, progress), seed)


def replan(
    instance: Instance,
    current: DayPlan,
    *,
    may_move: Collection[str] | None = MOVE_ALL,
    move_seconds: int = MOVE_SECONDS,
    seconds: float = 1.6,
    seed: int = 1,
    should_stop: Stop | None = None,
) -> DayPlan:
    """A plan for what has become of the day, as near to ``current`` as can be.

    ``instance`` is the day as it is now: without the helper who fell ill, with the emergency that came in.  Visits of
    ``current`` whose helpers and request are still there and whose rules still hold are promises: those outside
    ``may_move`` (request ids; `KEEP_ALL`, or `MOVE_ALL` for all) keep helpers and start, the others may move where that
    is worth more than ``move_seconds``.  Pinned requests never change their helpers.  ``moved`` of the answer are the
    promises with another helper or start, and those dropped.  Raises `Infeasible`.
    """
    from timebank.matching.planner.again import Promises, plan_again
    from timebank.matching.planner.budget import Budget

    promises = Promises(current, may_move, move_seconds)
    return plan_again(instance, promises, Budget(seconds, should_stop, None), seed)


def explain(
    instance: Instance, request: str, helper: str, *, current: DayPlan | None = None, start: int | None = None
) -> tuple[Broken, ...]:
    """Every hard rule that keeps a helper from a request, with its remedy; empty means: the pair is possible.

    ``current``: beside what this plan gives the helper already.  ``start``: at this start only.
    """
    return broken_in_day(instance, request, helper, current, start)


def check(instance: Instance, plan: DayPlan) -> checker.Verdict:
    """Every rule and the objective again, by code that shares nothing with the planner."""
    return checker.check(files.instance_document(instance), files.plan_document(plan))
