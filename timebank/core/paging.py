"""Pages by key: the next page starts after the last row seen, so deep pages are as fast as the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page; `next` is the cursor of the following page, or None on the last; `total` where it is known."""

    items: Sequence[T]
    next: str | None = None
    total: int | None = None


def cut(rows: Sequence[T], cursors: Sequence[object], limit: int = PER_PAGE, total: int | None = None) -> Page[T]:
    """A page from `limit + 1` rows that were read; `cursors` are the keys of the rows."""
    more = len(rows) > limit
    return Page(rows[:limit], str(cursors[limit - 1]) if more else None, total)
