"""Which receipt is the same basket."""

from __future__ import annotations

from timebank.redemption.rules.again import same_basket

LINES = [(9, 1, 2), (9, 2, 1), (8, 1, 2), (7, 1, 2), (7, 3, 1)]


def test_only_exactly_the_same_pieces_are_the_same_basket() -> None:
    assert same_basket({1: 2, 2: 1}, LINES) == 9
    assert same_basket({1: 2}, LINES) == 8
    assert same_basket({1: 3}, LINES) is None
    assert same_basket({1: 2, 2: 1, 3: 1}, LINES) is None
    assert same_basket({1: 2}, []) is None
