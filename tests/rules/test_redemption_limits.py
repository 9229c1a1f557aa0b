"""How much of an article one person may have in a day, a week, a month or a year."""

from __future__ import annotations

from datetime import date

import pytest

from timebank.redemption.rules.allowance import RedeemRules, closed_until
from timebank.redemption.rules.limits import Limit, Period, broken, first_day, next_day

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("period", "day", "first", "following"),
    [
        (Period.DAY, SUNDAY, SUNDAY, date(2026, 11, 23)),
        (Period.WEEK, SUNDAY, date(2026, 11, 16), date(2026, 11, 23)),
        (Period.MONTH, date(2026, 1, 31), date(2026, 1, 1), date(2026, 2, 1)),
        (Period.MONTH, date(2026, 12, 1), date(2026, 12, 1), date(2027, 1, 1)),
        (Period.YEAR, date(2026, 12, 31), date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_periods_are_those_of_the_calendar(period: Period, day: date, first: date, following: date) -> None:
    assert (first_day(period, day), next_day(period, day)) == (first, following)


def test_the_limit_counts_what_was_had_and_says_what_is_left_until_when() -> None:
    limit = Limit(2, Period.MONTH)
    assert broken(limit, "Rice", 1, 1, SUNDAY) is None
    assert broken(None, "Rice", 9, 9, SUNDAY) is None
    reason = broken(limit, "Rice", 1, 2, SUNDAY)
    assert reason is not None
    assert reason.code == "limit_month"
    assert reason.facts == {"item": "Rice", "most": 2, "taken": 1, "left": 1, "next_day": date(2026, 12, 1)}


def test_outside_of_the_exchange_days_the_next_one_is_named_and_without_them_every_day_is_one() -> None:
    assert closed_until(RedeemRules(), SUNDAY) is None
    assert closed_until(RedeemRules(exchange_day=15), SUNDAY) == date(2026, 12, 15)
    assert closed_until(RedeemRules(exchange_day=22), SUNDAY) is None
