"""The worked examples of domain.md F1 and F2, and what lies around them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from timebank.core.errors import Refused
from timebank.exchange.rules.credit import Credit, Limits, Rounding, StepRule, actual_minutes, credit, rounded, stored


@pytest.mark.parametrize(
    ("rounding", "minutes"),
    [("minute", 97), ("quarter_nearest", 90), ("quarter_up", 105), ("hour_floor", 60)],
)
def test_f1_nine_three_to_ten_forty_is_97_minutes_rounded_by_the_rule(rounding: str, minutes: int) -> None:
    actual = actual_minutes(datetime(2026, 11, 24, 9, 3, tzinfo=UTC), datetime(2026, 11, 24, 10, 40, tzinfo=UTC))
    assert actual == 97
    assert credit(actual, Limits(Rounding(rounding))).credited == minutes


def test_f2_the_storage_cap_keeps_30_and_sends_67_on() -> None:
    split = stored(97, balance=89_970, cap=90_000)
    assert (split.kept, split.overflow) == (30, 67)


def test_above_the_cap_nothing_is_kept() -> None:
    assert stored(97, balance=90_500, cap=90_000).kept == 0


@pytest.mark.parametrize(("minutes", "nearest"), [(7, 0), (8, 15), (22, 15), (23, 30), (60, 60)])
def test_the_nearest_quarter_goes_up_from_the_half(minutes: int, nearest: int) -> None:
    assert rounded(minutes, Rounding.QUARTER_NEAREST) == nearest


def test_breaks_are_taken_off() -> None:
    begin, end = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert actual_minutes(begin, end, 30) == 90


@pytest.mark.parametrize(("break_minutes", "code"), [(-1, "break_negative"), (120, "break_too_long")])
def test_absurd_breaks_are_refused(break_minutes: int, code: str) -> None:
    begin, end = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    with pytest.raises(Refused) as refusal:
        actual_minutes(begin, end, break_minutes)
    assert refusal.value.code == code


def test_a_visit_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(Refused, match="ends_before_start"):
        actual_minutes(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, 59, tzinfo=UTC))


def _rules(result: Credit) -> list[StepRule]:
    return [step.rule for step in result.steps]


def test_each_limit_that_bites_is_kept_as_a_step() -> None:
    result = credit(
        300, Limits(Rounding.QUARTER_NEAREST, 1500, 15, longest=240, day_left=200, month_left=180, paid_for=120)
    )
    assert result.credited == 120
    assert [(step.before, step.after) for step in result.steps] == [
        (300, 300),
        (300, 450),
        (450, 240),
        (240, 200),
        (200, 180),
        (180, 120),
    ]
    assert _rules(result) == [
        StepRule.ROUNDING,
        StepRule.WEIGHT,
        StepRule.LONGEST,
        StepRule.DAY,
        StepRule.MONTH,
        StepRule.PAID_FOR,
    ]


def test_a_visit_shorter_than_the_shortest_is_credited_nothing() -> None:
    result = credit(14, Limits(min_session=15))
    assert (result.credited, _rules(result)) == (0, [StepRule.TOO_SHORT])


def test_a_used_up_day_leaves_nothing() -> None:
    assert credit(60, Limits(day_left=-20)).credited == 0


def test_the_reckoning_is_plain_data() -> None:
    assert credit(97, Limits(Rounding.QUARTER_NEAREST)).explained() == {
        "actual": 97,
        "credited": 90,
        "steps": [{"rule": "rounding", "before": 97, "after": 90, "limit": None, "how": "quarter_nearest"}],
    }
