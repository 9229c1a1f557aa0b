"""The days and the place that a report of matching is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from timebank.core import clock

BACK = 27  # days before the last one, where nothing is asked for: four weeks
AHEAD = 14  # days on, for what still waits
LEVELS = (2, 4, 6, 9, 12, 15)  # digits of a province … of a grid


@dataclass(frozen=True, slots=True)
class Asked:
    """Days with both ends, and a territory ("" for all that the reader may see)."""

    since: date
    until: date
    territory: str = ""

    @property
    def start(self) -> datetime:
        return clock.at(self.since, 0)

    @property
    def end(self) -> datetime:
        return clock.at(self.until + timedelta(days=1), 0)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


def asked_for(since: date | None, until: date | None, territory: str, *, ahead: int = 0) -> Asked:
    """The days that were named, in their order; those that were not become four weeks back and `ahead` days on."""
    last = until or clock.today() + timedelta(days=ahead)
    first = since or min(last, clock.today()) - timedelta(days=BACK)
    return Asked(min(first, last), max(first, last), territory if territory.isdecimal() and len(territory) < 16 else "")


def finer(asked: Asked, scopes: Sequence[str]) -> int:
    """Digits of the places that stand in the lines: one level below what is asked for."""
    start = len(asked.territory) or min((len(code) for code in scopes), default=0)
    return next((digits for digits in LEVELS if digits > start), LEVELS[-1])
