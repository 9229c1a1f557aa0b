"""Where the next line of a passbook goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from timebank.exchange.rules.passbooks import Layout, Place, place, room

BOOK = Layout(pages=3, rows=5, first_row=3, row_height=70, top=200, left=80, width=1250, height=1760)


@pytest.mark.parametrize(
    ("printed", "where", "left"),
    [(0, Place(1, 3), 3), (2, Place(1, 5), 1), (3, Place(2, 1), 5), (8, Place(3, 1), 5), (12, Place(3, 5), 1)],
)
def test_lines_begin_below_the_title_and_go_on_on_the_next_page(printed: int, where: Place, left: int) -> None:
    assert (place(BOOK, printed), room(BOOK, printed)) == (where, left)


def test_a_full_booklet_has_room_for_nothing() -> None:
    assert BOOK.capacity == 13
    assert room(BOOK, 13) == room(BOOK, 14) == 0


def test_every_row_of_the_booklet_is_used_once() -> None:
    places = [place(BOOK, printed) for printed in range(BOOK.capacity)]
    assert len(set(places)) == BOOK.capacity
    assert places[-1] == Place(BOOK.pages, BOOK.rows)


def test_rows_that_do_not_lie_on_the_page_are_noticed() -> None:
    assert BOOK.fits()
    assert not replace(BOOK, row_height=400).fits()
    assert not replace(BOOK, first_row=6).fits()
    assert not replace(BOOK, left=1250).fits()
