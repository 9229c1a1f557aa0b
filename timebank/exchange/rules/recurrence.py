"""When the visits of a request are: once, or on weekdays, each with a window in which it may start.

Days and minutes are civil time (Asia/Shanghai); windows are UTC moments.  Public holidays do not move a visit (people
need help on holidays too); they are pointed out, with China's make-up workdays known to the `holidays` library.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import holidays

from timebank.core.clock import at


@dataclass(frozen=True, slots=True)
class Pattern:
    """`weekdays` empty: once, on `first_day`.  `last_day` None with weekdays: until cancelled.  Minutes of the day."""

    first_day: date
    last_day: date | None
    weekdays: frozenset[int]  # 0 = Monday
    earliest_minute: int
    latest_minute: int


@dataclass(frozen=True, slots=True)
class Window:
    """One visit: it may start from `earliest` until `latest` ("any time between")."""

    day: date
    earliest: datetime
    latest: datetime


def weekdays_of(text: str) -> frozenset[int]:
    """ "135" -> {1, 3, 5}: Tuesday, Thursday, Saturday."""
    return frozenset(int(digit) for digit in text if digit in "0123456")


def days(pattern: Pattern, after: date | None, until: date) -> Iterator[date]:
    """The days of visits later than `after` up to and including `until`."""
    if not pattern.weekdays:
        if after is None or pattern.first_day > after:
            yield pattern.first_day
        return
    day = pattern.first_day if after is None else max(pattern.first_day, after + timedelta(days=1))
    end = until if pattern.last_day is None else min(until, pattern.last_day)
    while day <= end:
        if day.weekday() in pattern.weekdays:
            yield day
        day += timedelta(days=1)


def windows(pattern: Pattern, after: date | None, until: date) -> list[Window]:
    """The visits of those days as windows of moments."""
    return [
        Window(day, at(day, pattern.earliest_minute), at(day, pattern.latest_minute))
        for day in days(pattern, after, until)
    ]


def finished(pattern: Pattern, made_until: date) -> bool:
    """Is there no visit later than `made_until`?"""
    if not pattern.weekdays:
        return made_until >= pattern.first_day
    return pattern.last_day is not None and made_until >= pattern.last_day


@functools.lru_cache(maxsize=16)
def _china(year: int, language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year, language=language)


def holiday_name(day: date, language: str = "zh_CN") -> str:
    """The name of the public holiday, or ""; languages zh_CN and en_US."""
    return str(_china(day.year, language).get(day) or "")
