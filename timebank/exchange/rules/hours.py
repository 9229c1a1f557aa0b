"""Hours written down afterwards: what is needed, what cannot be (domain.md C3.3, tb.manual_entry_days)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from timebank.core.errors import Refused


@dataclass(frozen=True, slots=True)
class LoggedVisit:
    """A visit that took place.  Minutes are of the civil day; `source`: manual (typed) or sheet (paper list)."""

    volunteer_id: int
    recipient_id: int
    service_code: str
    day: date
    from_minute: int
    to_minute: int
    break_minutes: int = 0
    note: str = ""
    funding: str = "own"
    source: str = "manual"


@dataclass(frozen=True, slots=True)
class LoggedByName:
    """The same for somebody the volunteer could only name."""

    volunteer_id: int
    recipient_name: str
    service_code: str
    day: date
    from_minute: int
    to_minute: int
    break_minutes: int = 0
    note: str = ""


def check(entry: LoggedVisit | LoggedByName, *, today: date, minute_now: int, back_days: int, longest: int) -> None:
    """Refuses what cannot be.  Minutes of the day, days back, longest visit in minutes.

    Raises `Refused` beside the field: ends_before_start, in_future, too_long_ago (oldest), too_long (longest),
    break_negative, break_too_long.
    """
    if entry.to_minute <= entry.from_minute:
        raise Refused("ends_before_start", field="to_minute")
    if not (entry.from_minute >= 0 and entry.to_minute <= 1440):
        raise Refused("window_outside_day", field="to_minute")
    if entry.day > today or (entry.day == today and entry.to_minute > minute_now):
        raise Refused("in_future", field="day")
    oldest = today - timedelta(days=back_days)
    if entry.day < oldest:
        raise Refused("too_long_ago", field="day", oldest=oldest)
    worked = entry.to_minute - entry.from_minute
    if entry.break_minutes < 0:
        raise Refused("break_negative", field="break_minutes")
    if entry.break_minutes >= worked:
        raise Refused("break_too_long", field="break_minutes", worked_minutes=worked)
    if worked - entry.break_minutes > longest:
        raise Refused("too_long", field="to_minute", longest_minutes=longest)
