"""Months of the books: civil months of Asia/Shanghai, written "2026-10"."""

from __future__ import annotations

import re
from datetime import date, datetime

from timebank.core.clock import at, civil
from timebank.core.errors import Refused

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
ASKED_FROM = 5  # day of the following month from which a month that is still open is asked for


def first_day(month: str) -> date:
    """ "2026-10" -> its first civil day.  Raises Refused("bad_month")."""
    found = _MONTH.fullmatch(month)
    if found is None:
        raise Refused("bad_month", field="month")
    return date(int(found[1]), int(found[2]), 1)


def after(month: str) -> str:
    """The month that follows: "2026-12" -> "2027-01"."""
    day = first_day(month)
    return of_day(date(day.year + day.month // 12, day.month % 12 + 1, 1))


def starts_at(month: str) -> datetime:
    """The first moment of the month, in UTC."""
    return at(first_day(month), 0)


def ends_at(month: str) -> datetime:
    """The first moment after the month, in UTC."""
    return starts_at(after(month))


def of_day(day: date) -> str:
    """The month of a civil day."""
    return f"{day.year:04d}-{day.month:02d}"


def of_moment(moment: datetime) -> str:
    """The civil month of a moment."""
    return of_day(civil(moment).date())


def next_to_close(closed: str | None, first: str | None, today: date) -> str | None:
    """The month to be closed next: the one after the last closed one, or the `first` that has anything written down.

    None while that month is not over, and where nothing was ever written.
    """
    month = after(closed) if closed else first
    return month if month is not None and month < of_day(today) else None


def asked_for(month: str, today: date) -> bool:
    """Is it time to remind somebody of this open month?  From the 5th of the month after it on."""
    return first_day(after(month)).replace(day=ASKED_FROM) <= today
