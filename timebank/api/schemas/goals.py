"""A place in a care home as a goal of saving."""

from __future__ import annotations

from datetime import date

from timebank.api.schemas.base import Answer


class MyGoal(Answer):
    """Minutes; `monthly_minutes` null in the first month; `reached_on` null where the pace does not lead there."""

    goal_minutes: int
    saved_minutes: int
    missing_minutes: int
    percent: int
    monthly_minutes: int | None
    reached_on: date | None
