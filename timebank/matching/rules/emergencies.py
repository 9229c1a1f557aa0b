"""Somebody must come now: what is asked for, and when the visit may begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from timebank.core.errors import Refused

DAY = 1440
QUARTER = 15


@dataclass(frozen=True, slots=True)
class EmergencyCall:
    """Who needs somebody, what for, for how many minutes, who pays, and what has happened (the helper reads it)."""

    recipient_id: int
    service_code: str
    what: str
    minutes: int = 60
    funding: str = "own"


def could_pay(left: Iterable[tuple[str, int | None]], needed: int) -> str:
    """The first of those who could pay with enough minutes left (None: without limit), else "issued": nobody pays."""
    return next((funding for funding, minutes in left if minutes is None or minutes >= needed), "issued")


def window(now: int, within: int, minutes: int) -> tuple[int, int]:
    """When the visit may begin, in minutes of the day: from now on, within so many minutes (tb.emergency_within).

    The last start is a full quarter of an hour, as plans have them.  Raises `Refused("too_late_today")` when it would
    not be over by midnight: then the telephone is quicker.
    """
    latest = min(-(-(now + within) // QUARTER) * QUARTER, (DAY - minutes) // QUARTER * QUARTER)
    if latest < now:
        raise Refused("too_late_today")
    return now, latest
