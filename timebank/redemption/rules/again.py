"""The same basket twice within minutes is more often a dropped line than a second wish.  Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping


def same_basket(pieces: Mapping[int, int], lines: Iterable[tuple[int, int, int]]) -> int | None:
    """The first receipt with exactly these pieces (item to count), out of lines (receipt, item, count); or none."""
    receipts: dict[int, dict[int, int]] = defaultdict(dict)
    for receipt, item, count in lines:
        receipts[receipt][item] = count
    return next((receipt for receipt, taken in receipts.items() if taken == dict(pieces)), None)
