"""How many pieces of an article one person may have in a day, a week, a month or a year.  Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from timebank.redemption.rules.allowance import Reason


class Period(enum.StrEnum):
    """Calendar periods; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many pieces for one person in a period."""

    pieces: int
    period: Period


def first_day(period: Period, today: date) -> date:
    """The first day of the period that runs."""
    if period is Period.WEEK:
        return today - timedelta(days=today.weekday())
    if period is Period.MONTH:
        return today.replace(day=1)
    return today.replace(month=1, day=1) if period is Period.YEAR else today


def next_day(period: Period, today: date) -> date:
    """The first day of the next one."""
    first = first_day(period, today)
    if period is Period.YEAR:
        return date(first.year + 1, 1, 1)
    if period is Period.MONTH:
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if period is Period.WEEK else 1)


def broken(limit: Limit | None, item: str, taken: int, asked: int, today: date) -> Reason | None:
    """The limit that ``asked`` pieces would break when ``taken`` were had in this period, or nothing."""
    if limit is None or taken + asked <= limit.pieces:
        return None
    return Reason(
        f"limit_{limit.period.value}",
        {
            "item": item,
            "most": limit.pieces,
            "taken": taken,
            "left": max(0, limit.pieces - taken),
            "next_day": next_day(limit.period, today),
        },
    )
