"""What a domain does by the clock.  A domain lists its jobs in `clockwork.py: JOBS`; the domain `jobs` runs them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from timebank.core import clock

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every so many minutes, or once a day at a civil time ("02:30").

    `function` takes nothing and returns a sentence about what it did; it opens its own transactions, in small pieces,
    and may be stopped after any of them.  `text` says in the reader's language what the job is for.
    """

    name: str
    function: Callable[[], str]
    every_minutes: int | None = None
    daily_at: str | None = None
    text: Any = ""

    def __post_init__(self) -> None:
        if (self.every_minutes is None) == (self.daily_at is None):
            raise ValueError(f"job {self.name}: either every_minutes or daily_at")
        if self.daily_at is not None and not _CLOCK.fullmatch(self.daily_at):
            raise ValueError(f"job {self.name}: daily_at is written HH:MM")

    @property
    def daily_minute(self) -> int:
        """The civil minute of the day of a daily job."""
        hour, minute = (self.daily_at or "00:00").split(":")
        return int(hour) * 60 + int(minute)

    def due_after(self, last: datetime | None, now: datetime) -> datetime:
        """When it is due again after a start at `last` (None: it never ran, and is due now or at today's time)."""
        if self.every_minutes is not None:
            return now if last is None else last + timedelta(minutes=self.every_minutes)
        day = clock.civil(last or now).date()
        today = clock.at(day, self.daily_minute)
        if last is None or last < today:
            return today
        return clock.at(day + timedelta(days=1), self.daily_minute)
