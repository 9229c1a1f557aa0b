"""Conditions that many queries share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def below(column: Column, code: str) -> ColumnElement[bool]:
    """Rows whose territory code lies in `code` (published codes nest, so this is an index range, not a join)."""
    if not code:
        return true()
    return (column >= code) & (column < code + "~")


def in_scope(column: Column, scopes: Iterable[str]) -> ColumnElement[bool]:
    """Rows in any of the territories; no territory means no row (deny by default)."""
    parts = [below(column, code) for code in scopes]
    return or_(*parts) if parts else false()
