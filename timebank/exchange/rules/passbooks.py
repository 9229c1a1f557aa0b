"""Where the next line of a paper passbook goes.  Lengths in tenths of a millimetre, pages and rows counted from 1."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class BookletReason(enum.StrEnum):
    """Why a booklet was begun."""

    FIRST = "first"
    FULL = "full"
    LOST = "lost"
    WORN = "worn"  # wet, torn, misprinted


class PrintKind(enum.StrEnum):
    """New lines, or the last print once more because the paper jammed."""

    NEW = "new"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Layout:
    """A booklet's pages: `first_row` is the first row used on page 1 (the title may stand above it)."""

    pages: int
    rows: int
    first_row: int
    row_height: int
    top: int
    left: int
    width: int
    height: int

    @property
    def capacity(self) -> int:
        """How many lines the whole booklet takes."""
        return self.pages * self.rows - (self.first_row - 1)

    def fits(self) -> bool:
        """Do the rows lie on the page, and is there a row at all?"""
        on_paper = self.top + self.rows * self.row_height <= self.height and self.left < self.width
        return on_paper and self.first_row <= self.rows


@dataclass(frozen=True, slots=True)
class Place:
    """A row on a page of the booklet."""

    page: int
    row: int


def place(layout: Layout, printed: int) -> Place:
    """Where the line goes that comes after `printed` lines."""
    page, row = divmod(printed + layout.first_row - 1, layout.rows)
    return Place(page + 1, row + 1)


def room(layout: Layout, printed: int) -> int:
    """How many lines still fit on the page that the next line goes on; 0 when the booklet is full."""
    if printed >= layout.capacity:
        return 0
    return layout.rows - place(layout, printed).row + 1


@dataclass(frozen=True, slots=True)
class StartBooklet:
    """A new booklet for a person's own hours.

    The first one begins with the first line of the account, or (`from_now`) with today's balance brought forward; a
    later one goes on after the last line that was printed, with the balance after it brought forward.
    """

    person_id: int
    reason: BookletReason
    from_now: bool = False
