"""Taking goods back (domain.md C3.4: a return is a posting in the opposite direction)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from timebank.redemption.rules.allowance import Reason


@dataclass(frozen=True, slots=True)
class Handed:
    """A line of a receipt: pieces handed out, taken back so far, minutes for each."""

    line_id: int
    quantity: int
    returned: int
    price_minutes: int

    @property
    def left(self) -> int:
        return self.quantity - self.returned


def permission_for(handed_on: date, today: date) -> str:
    """The clerk corrects the same day's receipts; later ones need the right to take goods back."""
    return "desk.serve" if handed_on == today else "desk.returns"


def too_late(handed_on: date, today: date, return_days: int) -> Reason | None:
    """Goods come back within ``return_days`` of the day they were handed out (tb.goods_return_days)."""
    last_day = handed_on + timedelta(days=return_days)
    return Reason("return_too_late", {"last_day": last_day}) if today > last_day else None


def fault(lines: Iterable[Handed], pieces: Mapping[int, int]) -> Reason | None:
    """What is wrong with taking back ``pieces`` (line id to count), or nothing."""
    if not any(pieces.values()):
        return Reason("return_empty")
    known = {line.line_id: line for line in lines}
    for line_id, count in pieces.items():
        line = known.get(line_id)
        if line is None or count < 0:
            return Reason("return_odd")
        if count > line.left:
            return Reason("return_too_many", {"left": line.left, "asked": count})
    return None


def minutes_back(lines: Iterable[Handed], pieces: Mapping[int, int]) -> int:
    """Minutes that come back for the pieces, at the price paid."""
    return sum(line.price_minutes * pieces.get(line.line_id, 0) for line in lines)


def state_after(lines: Iterable[Handed], pieces: Mapping[int, int]) -> str:
    """``returned`` when nothing is left with the member, else ``partly_returned``."""
    left = sum(line.left - pieces.get(line.line_id, 0) for line in lines)
    return "partly_returned" if left else "returned"
