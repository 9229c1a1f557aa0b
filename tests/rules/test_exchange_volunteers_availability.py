"""When a volunteer is free on a day."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.exchange.rules.availability import (
    DAY,
    OtherDays,
    Slot,
    free_stretches,
    public_holidays,
    slot_refusal,
    tidy,
    weekly_minutes,
)

TUESDAY = date(2026, 11, 24)
TUESDAYS_8_TO_10 = [Slot(1, 480, 600)]


def test_the_weekly_pattern_holds_on_its_day_only() -> None:
    assert free_stretches(TUESDAYS_8_TO_10, [], TUESDAY) == [(480, 600)]
    assert free_stretches(TUESDAYS_8_TO_10, [], TUESDAY + timedelta(days=1)) == []


def test_being_away_takes_its_hours_out_of_the_middle() -> None:
    away = OtherDays(TUESDAY, TUESDAY, from_minute=510, to_minute=540)
    assert free_stretches(TUESDAYS_8_TO_10, [away], TUESDAY) == [(480, 510), (540, 600)]


def test_being_away_the_whole_day_wins_over_extra_hours() -> None:
    away, extra = OtherDays(TUESDAY, TUESDAY), OtherDays(TUESDAY, TUESDAY, True, 700, 800)
    assert free_stretches(TUESDAYS_8_TO_10, [extra, away], TUESDAY) == []


def test_extra_hours_join_the_pattern() -> None:
    extra = OtherDays(TUESDAY, TUESDAY, True, 600, 660)
    assert free_stretches(TUESDAYS_8_TO_10, [extra], TUESDAY) == [(480, 660)]


def test_the_pattern_pauses_on_a_public_holiday_but_extra_hours_do_not() -> None:
    off = date(2026, 10, 1)
    slots = [Slot(off.weekday(), 480, 600)]
    assert off in public_holidays(2026)
    assert free_stretches(slots, [], off, public_holidays(2026)) == []
    assert free_stretches(slots, [OtherDays(off, off, True, 540, 600)], off, public_holidays(2026)) == [(540, 600)]


def test_overlapping_stretches_of_a_week_become_one() -> None:
    assert tidy([Slot(1, 540, 660), Slot(1, 480, 600), Slot(0, 1, 20)]) == [Slot(0, 1, 20), Slot(1, 480, 660)]
    assert weekly_minutes([Slot(1, 480, 600), Slot(1, 540, 660)]) == 180


@pytest.mark.parametrize(
    ("slot", "refusal"),
    [
        (Slot(1, 600, 480), "slot_backwards"),
        (Slot(1, 480, 490), "slot_short"),
        (Slot(7, 480, 600), "slot_outside"),
        (Slot(1, 480, 1500), "slot_outside"),
        (Slot(1, 480, 600), None),
    ],
)
def test_a_stretch_that_makes_no_sense_is_named(slot: Slot, refusal: str | None) -> None:
    assert slot_refusal([slot]) == refusal


stretches = st.tuples(st.integers(0, DAY), st.integers(0, DAY)).filter(lambda pair: pair[0] < pair[1])


@given(st.lists(stretches, max_size=6), st.lists(st.tuples(stretches, st.booleans()), max_size=6))
def test_a_minute_is_free_exactly_when_it_is_given_and_not_taken(
    pattern: list[tuple[int, int]], others: list[tuple[tuple[int, int], bool]]
) -> None:
    slots = [Slot(TUESDAY.weekday(), *pair) for pair in pattern]
    exceptions = [OtherDays(TUESDAY, TUESDAY, free, *pair) for pair, free in others]
    free = free_stretches(slots, exceptions, TUESDAY)
    minutes = {minute for start, end in free for minute in range(start, end)}
    given_minutes = {m for a, b in [*pattern, *[p for p, f in others if f]] for m in range(a, b)}
    taken = {m for (a, b), f in others if not f for m in range(a, b)}
    assert minutes == given_minutes - taken
    assert all(earlier[1] < later[0] for earlier, later in itertools.pairwise(free))
