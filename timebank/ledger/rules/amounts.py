"""Typed amounts of a unit, and amounts as one would type them."""

from __future__ import annotations

import re

from timebank.core.units import parse_minutes
from timebank.ledger.rules.kinds import FEN, MINUTES

_YUAN = re.compile(r"(\d{1,13})(?:[.,](\d{1,2}))?")
_PIECES = re.compile(r"\d{1,15}")
LARGEST = 10**15


def parse(typed: str, unit: str) -> int | None:
    """ "1:30" -> 90 minutes, "-12.50" -> -1250 fen, "3" -> 3 pieces, "" -> None.  Raises ValueError."""
    text = typed.strip().replace("−", "-")
    if not text:
        return None
    sign = -1 if text.startswith("-") else 1
    amount = _parse(text.removeprefix("-").strip(), unit)
    if amount > LARGEST:
        raise ValueError(typed)
    return sign * amount


def _parse(text: str, unit: str) -> int:
    if unit == MINUTES:
        return parse_minutes(text)
    if unit == FEN:
        found = _YUAN.fullmatch(text.removeprefix("¥").strip())
        if found is None:
            raise ValueError(text)
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if not _PIECES.fullmatch(text):
        raise ValueError(text)
    return int(text)


def typed(amount: int | None, unit: str) -> str:
    """The amount as one types it: 90 -> "1:30", 1250 fen -> "12.50"; None -> ""."""
    if amount is None:
        return ""
    sign, rest = "-" if amount < 0 else "", abs(amount)
    if unit == MINUTES:
        return f"{sign}{rest // 60}:{rest % 60:02d}"
    return f"{sign}{rest // 100}.{rest % 100:02d}" if unit == FEN else f"{sign}{rest}"
