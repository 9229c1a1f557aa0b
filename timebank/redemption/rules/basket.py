"""A basket of goods: lines, prices on a day, totals.  Minutes and pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from timebank.redemption.rules.allowance import Reason

MOST_PIECES = 99
"""More of one item in one receipt is a typing mistake (a scanned bar code in the quantity field)."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many pieces of an item at a price in minutes each."""

    item_id: int
    quantity: int
    price_minutes: int

    @property
    def minutes(self) -> int:
        return self.quantity * self.price_minutes


def total(lines: Iterable[Line]) -> int:
    """Minutes of all lines together."""
    return sum(line.minutes for line in lines)


def price_on(prices: Iterable[tuple[date, int]], day: date) -> int | None:
    """The price in minutes that holds on a day out of (valid from, minutes); none before the first."""
    valid = [(since, minutes) for since, minutes in prices if since <= day]
    return max(valid)[1] if valid else None


def changed(basket: Mapping[int, int], item_id: int, pieces: int) -> dict[int, int]:
    """The basket with ``pieces`` more (or fewer) of an item; an item without pieces leaves it."""
    after = dict(basket)
    after[item_id] = min(MOST_PIECES, after.get(item_id, 0) + pieces)
    return {item: count for item, count in after.items() if count > 0}


def typed(text: str) -> tuple[int, str]:
    """What the clerk typed or scanned: "RICE5" is one piece, "3*RICE5" or "3 x RICE5" are three."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*[*x×]\s*(\S.*)", text, re.IGNORECASE)
    return (int(found[1]), found[2].strip()) if found else (1, text.strip())


def fault(quantities: Sequence[int]) -> Reason | None:
    """What is wrong with the quantities of a basket, or nothing."""
    if not quantities:
        return Reason("basket_empty")
    if any(count < 1 or count > MOST_PIECES for count in quantities):
        return Reason("quantity_odd", {"most": MOST_PIECES})
    return None
