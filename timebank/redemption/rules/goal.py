"""A place in a care home as a long goal of saving: how far, and when at the present pace (T9, tb.care_home_credits)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

PACE_DAYS = 365  # the pace is that of the last year
SHORTEST_DAYS = 30  # of less nothing can be said
DAYS_A_MONTH = 365 / 12
LIFETIME_DAYS = 60 * 365


@dataclass(frozen=True, slots=True)
class Goal:
    """Minutes of the goal, saved and missing; what a month brings (earned less used); the day it would be reached.

    ``monthly_minutes`` is None where the account is too young to tell; ``reached_on`` None where the present pace does
    not lead there within 60 years.
    """

    goal_minutes: int
    saved_minutes: int
    monthly_minutes: int | None
    reached_on: date | None

    @property
    def missing_minutes(self) -> int:
        return max(0, self.goal_minutes - self.saved_minutes)

    @property
    def reached(self) -> bool:
        return self.missing_minutes == 0

    @property
    def percent(self) -> int:
        """Full per cent of the goal, 100 only when it is reached."""
        return min(100, max(0, self.saved_minutes) * 100 // self.goal_minutes)


def goal(goal_minutes: int, saved_minutes: int, grown_minutes: int, days: int, today: date) -> Goal:
    """Where somebody stands who saved `saved_minutes`, `grown_minutes` of them within the last `days` days."""
    if days < SHORTEST_DAYS:
        return Goal(goal_minutes, saved_minutes, None, None)
    monthly = round(grown_minutes / days * DAYS_A_MONTH)
    missing = max(0, goal_minutes - saved_minutes)
    needed = missing * days / grown_minutes if grown_minutes > 0 else None
    near = missing > 0 and needed is not None and needed <= LIFETIME_DAYS
    return Goal(goal_minutes, saved_minutes, monthly, today + timedelta(days=round(needed or 0)) if near else None)
