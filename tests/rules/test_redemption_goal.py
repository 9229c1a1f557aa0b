"""A place in a care home: 10,000 hours, what is saved, when at the present pace (T9)."""

from __future__ import annotations

from datetime import date

import pytest

from timebank.redemption.rules.goal import goal

TODAY = date(2026, 11, 22)
TEN_THOUSAND = 600_000  # minutes


def test_at_the_pace_of_the_last_year_the_goal_has_a_day() -> None:
    found = goal(TEN_THOUSAND, 240_000, 36_000, 365, TODAY)  # 4,000 h saved, 600 h a year
    assert (found.missing_minutes, found.percent, found.monthly_minutes) == (360_000, 40, 3_000)
    assert found.reached_on == date(2036, 11, 19)  # ten years of 365 days


@pytest.mark.parametrize(
    ("saved", "grown", "days", "monthly"),
    [
        (1_200, 1_200, 20, None),  # a young account
        (1_200, 0, 365, 0),
        (1_200, -600, 365, -50),  # more used than earned
        (1_200, 1_200, 365, 100),  # 499 years
    ],
)
def test_without_a_pace_that_leads_there_no_day_is_named(
    saved: int, grown: int, days: int, monthly: int | None
) -> None:
    found = goal(TEN_THOUSAND, saved, grown, days, TODAY)
    assert (found.monthly_minutes, found.reached_on) == (monthly, None)


def test_hundred_per_cent_is_said_only_when_it_is_reached() -> None:
    assert goal(600, 599, 100, 365, TODAY).percent == 99
    done = goal(600, 601, 100, 365, TODAY)
    assert (done.percent, done.reached, done.reached_on, done.missing_minutes) == (100, True, None, 0)
    assert goal(600, -30, 100, 365, TODAY).percent == 0
