"""Who may receive hours from a relative, what room an account has, and who comes first at the pot (C3.5, F2)."""

from __future__ import annotations

import pytest

from timebank.exchange.rules.giving import GiftRules, Overflow, gift_refusal, overflow_of, room, waits_behind

NANJING = GiftRules(("spouse", "parent", "grandparent", "parent_in_law", "child"), 60, 90_000)


@pytest.mark.parametrize(
    ("relation", "age", "code"),
    [
        ("parent", 60, None),
        ("spouse", 59, "gift_too_young"),
        ("parent", None, "gift_age_unknown"),
        ("sibling", 80, "gift_relation"),
        ("", 80, "gift_relation"),
    ],
)
def test_spouse_and_direct_relatives_from_sixty_receive_hours(relation: str, age: int | None, code: str | None) -> None:
    assert gift_refusal(relation, age, NANJING) == code


def test_without_an_age_rule_no_birth_date_is_needed() -> None:
    assert gift_refusal("child", None, GiftRules(("child",), 0, 90_000)) is None


def test_an_account_is_never_filled_above_the_cap() -> None:
    assert room(89_970, 90_000) == 30
    assert room(90_500, 90_000) == 0


def test_the_own_choice_goes_before_the_usual_way() -> None:
    assert overflow_of(None, "pot") is Overflow.POT
    assert overflow_of(Overflow.HONOUR, "pot") is Overflow.HONOUR


def test_nobody_passes_key_elders_without_hours_unless_the_order_of_requests_counts() -> None:
    assert waits_behind(False, "key_elders", 1)
    assert not waits_behind(True, "key_elders", 5)
    assert not waits_behind(False, "key_elders", 0)
    assert not waits_behind(False, "order_of_request", 5)
