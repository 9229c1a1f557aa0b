"""What a visit is worth (domain.md F1) and what of it a member may keep (F2).  All numbers are integer minutes.

    actual   = check-out - check-in - breaks
    credited = min(rounded(actual) x weight, longest visit, left of the day, left of the month, paid for)

Every step is kept, so that a statement can say in words why 97 minutes became 90.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from timebank.core.errors import Refused


class Rounding(enum.StrEnum):
    """Values of the parameter tb.rounding."""

    MINUTE = "minute"
    QUARTER_NEAREST = "quarter_nearest"
    QUARTER_UP = "quarter_up"
    HOUR_FLOOR = "hour_floor"


class StepRule(enum.StrEnum):
    """Which rule a step of the reckoning applied."""

    ROUNDING = "rounding"
    WEIGHT = "weight"
    TOO_SHORT = "too_short"
    LONGEST = "longest"
    DAY = "day"
    MONTH = "month"
    PAID_FOR = "paid_for"


@dataclass(frozen=True, slots=True)
class Limits:
    """The parameters of one visit: minutes, weight in thousandths.  `paid_for` None: nothing bounds what is paid."""

    rounding: Rounding = Rounding.MINUTE
    weight_permille: int = 1000
    min_session: int = 0
    longest: int = 1440
    day_left: int = 1440
    month_left: int = 44_640
    paid_for: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rule and what it did; `limit` is its number (weight, cap …), `how` the rounding."""

    rule: StepRule
    before: int
    after: int
    limit: int | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """The reckoning of one visit, in minutes."""

    actual: int
    credited: int
    steps: tuple[Step, ...]

    def explained(self) -> dict[str, Any]:
        """Plain data for `visit.credit_explained`; `texts_visits.explain` turns it into sentences."""
        return {"actual": self.actual, "credited": self.credited, "steps": [asdict(step) for step in self.steps]}


@dataclass(frozen=True, slots=True)
class Stored:
    """F2: what of a credit stays with the member and what goes elsewhere; minutes."""

    kept: int
    overflow: int


def actual_minutes(check_in: datetime, check_out: datetime, break_minutes: int = 0) -> int:
    """Whole minutes worked, breaks taken off (seconds are dropped: domain.md tb.rounding, floor to 1 min).

    Raises `Refused`: not_a_minute, ends_before_start, break_negative, break_too_long.
    """
    worked = int((check_out - check_in).total_seconds() // 60)
    if check_out > check_in and worked == 0:
        raise Refused("not_a_minute", field="ended")
    if worked <= 0:
        raise Refused("ends_before_start", field="ended")
    if break_minutes < 0:
        raise Refused("break_negative", field="break_minutes")
    if break_minutes >= worked:
        raise Refused("break_too_long", field="break_minutes", worked_minutes=worked)
    return worked - break_minutes


def rounded(minutes: int, rounding: Rounding) -> int:
    """97 -> minute 97, quarter_nearest 90, quarter_up 105, hour_floor 60 (F1)."""
    return _ROUND[rounding](minutes)


_ROUND: dict[Rounding, Callable[[int], int]] = {
    Rounding.MINUTE: lambda minutes: minutes,
    Rounding.QUARTER_NEAREST: lambda minutes: (2 * minutes + 15) // 30 * 15,
    Rounding.QUARTER_UP: lambda minutes: -(-minutes // 15) * 15,
    Rounding.HOUR_FLOOR: lambda minutes: minutes // 60 * 60,
}


def credit(actual: int, limits: Limits) -> Credit:
    """F1 with its steps.  Below the shortest session nothing is credited; a weight drops the fraction of a minute."""
    if actual < limits.min_session:
        return Credit(actual, 0, (Step(StepRule.TOO_SHORT, actual, 0, limits.min_session),))
    value = rounded(actual, limits.rounding)
    steps = [Step(StepRule.ROUNDING, actual, value, how=limits.rounding.value)]
    if limits.weight_permille != 1000:
        weighted = value * limits.weight_permille // 1000
        steps.append(Step(StepRule.WEIGHT, value, weighted, limits.weight_permille))
        value = weighted
    for rule, limit in _caps(limits):
        if value > limit:
            steps.append(Step(rule, value, limit, limit))
            value = limit
    return Credit(actual, value, tuple(steps))


def _caps(limits: Limits) -> list[tuple[StepRule, int]]:
    caps = [
        (StepRule.LONGEST, limits.longest),
        (StepRule.DAY, max(0, limits.day_left)),
        (StepRule.MONTH, max(0, limits.month_left)),
    ]
    return caps if limits.paid_for is None else [*caps, (StepRule.PAID_FOR, limits.paid_for)]


def stored(credited: int, balance: int, cap: int) -> Stored:
    """F2: balance 89,970, credit 97, cap 90,000 -> 30 kept, 67 overflow.  All in minutes."""
    kept = min(credited, max(0, cap - balance))
    return Stored(kept, credited - kept)
