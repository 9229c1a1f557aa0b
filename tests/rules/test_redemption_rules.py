"""Redeem limits and baskets (domain.md F4, F5, C3.4)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.redemption.rules import basket, returns
from timebank.redemption.rules.allowance import (
    Kind,
    RedeemRules,
    Standing,
    allowance,
    allowances,
    broken,
    needs_second_clerk,
    next_exchange_day,
    split_over,
)

HOUR = 60
TODAY = date(2026, 11, 23)
YAOHUA = RedeemRules(threshold_minutes=20 * HOUR, shares={"service": 70, "goods": 20, "cash": 10})


def standing(hours: int, minutes: int = 0, **used: int) -> Standing:
    earned = hours * HOUR + minutes
    return Standing(available_minutes=earned - sum(used.values()), earned_minutes=earned, used_minutes=used)


def test_thirty_hours_allow_21_for_care_6_for_goods_and_no_cash() -> None:
    thirty = standing(30)
    assert allowance(Kind.SERVICE, YAOHUA, thirty, TODAY).minutes == 21 * HOUR
    assert allowance(Kind.GOODS, YAOHUA, thirty, TODAY).minutes == 6 * HOUR
    cash = allowance(Kind.CASH, YAOHUA, thirty, TODAY)
    assert (cash.minutes, cash.reason.code) == (0, "cash_disabled")


def test_cash_is_three_hours_where_a_scheme_has_switched_it_on() -> None:
    rules = RedeemRules(YAOHUA.threshold_minutes, YAOHUA.shares, cash_enabled=True)
    assert allowance(Kind.CASH, rules, standing(30), TODAY).minutes == 3 * HOUR
    assert [one.kind for one in allowances(rules, standing(30), TODAY)] == ["service", "goods", "cash"]
    assert [one.kind for one in allowances(YAOHUA, standing(30), TODAY)] == ["service", "goods"]


def test_one_minute_short_of_twenty_hours_is_nothing_and_says_how_much_is_missing() -> None:
    for one in allowances(YAOHUA, standing(19, 59), TODAY):
        assert one.minutes == 0
        assert one.reason.code == "below_threshold"
        assert one.reason.facts["missing_minutes"] == 1
    assert allowance(Kind.GOODS, YAOHUA, standing(20), TODAY).minutes == 4 * HOUR


@given(st.lists(st.integers(1, 400), max_size=40), st.integers(1200, 90_000))
def test_repeated_small_redemptions_never_exceed_the_share(wanted: list[int], earned: int) -> None:
    taken = 0
    for minutes in wanted:
        now = Standing(earned - taken, earned, used_minutes={"goods": taken})
        if broken(Kind.GOODS, YAOHUA, now, minutes, TODAY) is None:
            taken += minutes
    assert taken <= earned * 20 // 100


def test_the_share_used_up_is_explained() -> None:
    one = allowance(Kind.GOODS, YAOHUA, standing(30, goods=6 * HOUR), TODAY)
    assert (one.minutes, one.reason.code) == (0, "share_used")
    part = broken(Kind.GOODS, YAOHUA, standing(30, goods=5 * HOUR), 61, TODAY)
    assert part is not None
    assert part.code == "over_share"
    assert part.facts["left_minutes"] == 60


def test_what_is_on_hold_cannot_be_redeemed() -> None:
    free = RedeemRules()
    now = Standing(available_minutes=360, earned_minutes=600, held_minutes=240)
    assert allowance(Kind.GOODS, free, now, TODAY).minutes == 360
    refused = broken(Kind.GOODS, free, now, 361, TODAY)
    assert refused is not None
    assert refused.code == "insufficient_time"
    assert refused.facts == {"available_minutes": 360, "needed_minutes": 361}
    assert broken(Kind.GOODS, free, now, 360, TODAY) is None


def test_age_gate_of_the_city_does_not_bind_the_street() -> None:
    city, mother = RedeemRules(min_age=60), Standing(900, 900, age=34)
    assert allowance(Kind.GOODS, city, mother, TODAY).reason.code == "too_young"
    assert allowance(Kind.GOODS, RedeemRules(), mother, TODAY).minutes == 900
    assert allowance(Kind.GOODS, city, Standing(900, 900), TODAY).reason.code == "age_unknown"


def test_goods_wait_for_the_exchange_day_and_care_does_not() -> None:
    rules = RedeemRules(exchange_day=15)
    assert allowance(Kind.GOODS, rules, standing(5), TODAY).reason.facts["next_day"] == date(2026, 12, 15)
    assert allowance(Kind.SERVICE, rules, standing(5), TODAY).minutes == 300
    assert allowance(Kind.GOODS, rules, standing(5), date(2026, 12, 15)).minutes == 300


@pytest.mark.parametrize(
    ("today", "day", "expected"),
    [
        (date(2026, 2, 28), 31, date(2026, 2, 28)),
        (date(2026, 12, 31), 15, date(2027, 1, 15)),
        (date(2026, 1, 1), 1, date(2026, 1, 1)),
    ],
)
def test_next_exchange_day(today: date, day: int, expected: date) -> None:
    assert next_exchange_day(today, day) == expected


def test_second_clerk_only_above_the_limit() -> None:
    rules = RedeemRules(second_clerk_minutes=1200)
    assert not needs_second_clerk(rules, 1200)
    assert needs_second_clerk(rules, 1201)
    assert not needs_second_clerk(RedeemRules(), 9999)


def test_a_merged_person_pays_from_both_accounts_and_an_overdraft_stays_on_the_first() -> None:
    assert split_over([(7, 100), (9, 50)], 120) == [(7, 100), (9, 20)]
    assert split_over([(7, 100), (9, 50)], 80) == [(7, 80)]
    assert split_over([(7, 10), (9, 0)], 30) == [(7, 30)]


def test_basket_arithmetic() -> None:
    lines = [basket.Line(1, 2, 45), basket.Line(2, 1, 30)]
    assert basket.total(lines) == 120
    assert basket.changed({1: 2}, 1, -2) == {}
    assert basket.changed({1: 2}, 2, 1) == {1: 2, 2: 1}
    assert basket.changed({1: 90}, 1, 90) == {1: 99}


def test_prices_are_dated() -> None:
    prices = [(date(2026, 1, 1), 60), (date(2026, 12, 1), 90)]
    assert basket.price_on(prices, TODAY) == 60
    assert basket.price_on(prices, date(2026, 12, 1)) == 90
    assert basket.price_on(prices, date(2025, 1, 1)) is None


@pytest.mark.parametrize(("pieces", "code"), [([], "basket_empty"), ([0], "quantity_odd"), ([100], "quantity_odd")])
def test_odd_baskets_are_named(pieces: list[int], code: str) -> None:
    found = basket.fault(pieces)
    assert found is not None
    assert found.code == code


def test_returns_whole_and_in_part() -> None:
    lines = [returns.Handed(1, 3, 1, 45), returns.Handed(2, 1, 0, 30)]
    assert returns.fault(lines, {1: 2, 2: 1}) is None
    assert returns.minutes_back(lines, {1: 2}) == 90
    assert returns.state_after(lines, {1: 2}) == "partly_returned"
    assert returns.state_after(lines, {1: 2, 2: 1}) == "returned"


@pytest.mark.parametrize(
    ("pieces", "code"),
    [({}, "return_empty"), ({1: 0}, "return_empty"), ({1: 3}, "return_too_many"), ({9: 1}, "return_odd")],
)
def test_odd_returns_are_named(pieces: dict[int, int], code: str) -> None:
    found = returns.fault([returns.Handed(1, 3, 1, 45)], pieces)
    assert found is not None
    assert found.code == code


def test_the_clerk_corrects_today_and_somebody_else_later() -> None:
    assert returns.permission_for(TODAY, TODAY) == "desk.serve"
    assert returns.permission_for(date(2026, 11, 22), TODAY) == "desk.returns"
    assert returns.too_late(date(2026, 11, 16), TODAY, 7) is None
    late = returns.too_late(date(2026, 11, 15), TODAY, 7)
    assert late is not None
    assert late.facts["last_day"] == date(2026, 11, 22)
