"""Key elders, the life of a month's grant, and stars (domain.md B1, C3.5, F16)."""

from __future__ import annotations

import pytest

from timebank.core.errors import Refused
from timebank.exchange.rules.grants import (
    Basis,
    ElderFacts,
    GrantState,
    first_day,
    grant_state,
    key_elder,
    month_before,
    month_of,
    to_give_back,
)
from timebank.exchange.rules.parameters import BY_KEY, RULES, checked
from timebank.exchange.rules.stars import Stars, stars

RULE = BY_KEY["tb.key_elder_rule"].definition.default


@pytest.mark.parametrize(
    ("facts", "basis"),
    [
        (ElderFacts(80, True, "able"), Basis.ALONE_80),
        (ElderFacts(80, False, "full_loss", ("dibao",)), None),
        (ElderFacts(79, True, "able", ("dibao",)), None),
        (ElderFacts(60, True, "partial", ("dibao",)), Basis.POOR_DISABLED_ALONE),
        (ElderFacts(59, True, "partial", ("dibao",)), None),
        (ElderFacts(70, True, "partial"), None),
        (ElderFacts(None, True, None), None),
        (ElderFacts(85, None, None), None),
        (ElderFacts(50, False, None, listed=True), Basis.LISTED),
    ],
)
def test_nanjings_rule_says_who_is_a_key_elder(facts: ElderFacts, basis: Basis | None) -> None:
    assert key_elder(facts, RULE) == basis


def test_a_grant_is_used_up_or_goes_back() -> None:
    assert grant_state(240, 240, None) is GrantState.GRANTED
    assert grant_state(240, 60, None) is GrantState.PARTLY_USED
    assert grant_state(240, 0, None) is GrantState.USED
    assert grant_state(240, 0, 60) is GrantState.EXPIRED
    assert grant_state(240, 0, 0) is GrantState.USED


def test_what_is_neither_used_nor_on_hold_goes_back_unless_grants_add_up() -> None:
    assert to_give_back(180, cumulative=False) == 180
    assert to_give_back(180, cumulative=True) == 0
    assert to_give_back(0, cumulative=False) == 0


def test_months_are_written_as_year_and_number() -> None:
    assert month_of(first_day("2026-11")) == "2026-11"
    assert month_before("2026-01") == "2025-12"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0, 0), (99, 0), (100, 1), (300, 2), (600, 3), (1000, 4), (1499, 4), (1500, 5), (9000, 5)],
)
def test_five_stars_for_fifteen_hundred_hours(hours: int, expected: int) -> None:
    assert stars(hours * 60, [100, 300, 600, 1000, 1500]).count == expected


def test_the_next_star_is_named_in_minutes() -> None:
    assert stars(5_000, [100, 300]) == Stars(0, 5_000, 1_000)
    assert stars(99_000, [100, 300]).next_in_minutes is None


def test_every_first_value_is_a_value_its_own_rule_accepts() -> None:
    for rule in RULES:
        assert checked(rule.key, rule.definition.default) == rule.definition.default, rule.key


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("tb.daily_cap_minutes", -1, "parameter_range"),
        ("tb.daily_cap_minutes", "480", "parameter_kind"),
        ("tb.daily_cap_minutes", True, "parameter_kind"),
        ("tb.rounding", "half", "parameter_choice"),
        ("tb.cash_enabled", 1, "parameter_kind"),
        ("tb.star_hours", [100, 300, 200, 1000, 1500], "parameter_steps"),
        ("tb.redeem_split", {"service": 70, "goods": 40, "cash": 0}, "parameter_shares"),
        ("tb.relatives_allowed", ["neighbour"], "parameter_choice"),
        ("tb.key_elder_rule", {"alone_from_age": 60, "poor_from_age": 80, "poor_category": "dibao"}, "parameter_range"),
        ("tb.no_such", 1, "parameter_unknown"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(key: str, value: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(key, value)
    assert refused.value.code == code
