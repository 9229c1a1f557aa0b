"""What expires first goes first, what has expired does not go at all (a shelf that an old person may trust)."""

from __future__ import annotations

from datetime import date

from timebank.redemption.rules.batches import Have, Taken, draw, free, give_back, pick

TODAY = date(2026, 11, 22)
OLD, SOON, LATE, NEVER = (
    Have(1, 4, date(2026, 11, 21)),
    Have(3, 2, TODAY),
    Have(2, 5, date(2027, 1, 31)),
    Have(4, 9),
)
SHELF = [NEVER, LATE, OLD, SOON]


def test_the_first_to_expire_is_handed_out_first_and_what_keeps_goes_last() -> None:
    assert pick(SHELF, 1, TODAY) == [(3, 1)]
    assert pick(SHELF, 8, TODAY) == [(3, 2), (2, 5), (4, 1)]


def test_expired_goods_are_neither_counted_nor_handed_out() -> None:
    assert free(SHELF, TODAY) == 16
    assert pick(SHELF, 16, TODAY) == [(3, 2), (2, 5), (4, 9)]
    assert pick(SHELF, 17, TODAY) is None
    assert pick([OLD], 1, TODAY) is None
    assert pick([OLD], 1, date(2026, 11, 21)) == [(1, 1)]


def test_what_a_count_misses_is_taken_from_what_expires_first_expired_or_not() -> None:
    assert draw(SHELF, 5) == [(1, 4), (3, 1)]
    assert draw(SHELF, 21) is None
    assert draw([], 0) == []


def test_what_comes_back_goes_to_the_batch_that_keeps_longest() -> None:
    takes = [Taken(1, 2, 0, TODAY), Taken(2, 3, 1, date(2027, 1, 31)), Taken(3, 1, 1)]
    assert give_back(takes, 3) == [(2, 2), (1, 1)]
