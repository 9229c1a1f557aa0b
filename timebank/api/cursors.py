"""Cursors of pages."""

from __future__ import annotations


def number(after: str | None) -> int | None:
    """A cursor that is a number; anything else starts at the beginning."""
    return int(after) if after and after.isdigit() and len(after) < 16 else None
