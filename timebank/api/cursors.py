"""Cursors of pages."""

from __future__ import annotations

from datetime import datetime


def number(after: str | None) -> int | None:
    """A cursor that is a number; anything else starts at the beginning."""
    return int(after) if after and after.isdecimal() and len(after) < 16 else None


def moment_and_number(after: str | None) -> str | None:
    """A cursor "moment|id" of a list by time; anything else starts at the beginning."""
    moment, _, last = (after or "").partition("|")
    try:
        aware = datetime.fromisoformat(moment).tzinfo is not None
    except ValueError:
        return None
    return after if aware and number(last) is not None else None
