"""Care packages: several visits bought at once (T11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from timebank.core.errors import Refused

FEWEST, MOST = 2, 60  # visits
LONGEST_MINUTES = 720


@dataclass(frozen=True, slots=True)
class NewPackage:
    """So many visits of a kind of help, each of so many minutes; offered at the desks of a place."""

    name_zh: str
    name_en: str
    service_code: str
    visits: int
    minutes: int
    territory_code: str


def check(new: NewPackage, longest: int) -> None:
    """`longest`: minutes of a visit of that kind.  Raises `Refused`: package_visits_odd, package_minutes_odd."""
    if not FEWEST <= new.visits <= MOST:
        raise Refused("package_visits_odd", field="visits", fewest=FEWEST, most=MOST)
    if not 1 <= new.minutes <= min(longest, LONGEST_MINUTES):
        raise Refused("package_minutes_odd", field="minutes", most_minutes=min(longest, LONGEST_MINUTES))


def last_day(first_day: date, weekdays: str, visits: int) -> date:
    """The day of the last of so many visits on these days of the week ("02": Mondays and Wednesdays).

    Raises `Refused("package_days_missing")` where no day is named.
    """
    wanted = {int(digit) for digit in weekdays if digit in "0123456"}
    if not wanted:
        raise Refused("package_days_missing", field="weekdays")
    day, left = first_day, visits
    while True:
        left -= day.weekday() in wanted
        if not left:
            return day
        day += timedelta(days=1)
