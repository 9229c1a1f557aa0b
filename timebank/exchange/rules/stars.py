"""Stars of volunteers (domain.md F16): lifetime valid minutes against rising hours; spending does not lower them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stars:
    """Stars reached (0-5) and the minutes still missing for the next one (None: there is none)."""

    count: int
    minutes: int
    next_in_minutes: int | None


def stars(minutes: int, steps_in_hours: Sequence[int]) -> Stars:
    """`minutes`: credited and not reversed, over a lifetime; `steps_in_hours`: tb.star_hours (100, 300 …)."""
    reached = sum(1 for hours in steps_in_hours if minutes >= hours * 60)
    rest = steps_in_hours[reached] * 60 - minutes if reached < len(steps_in_hours) else None
    return Stars(reached, minutes, rest)
