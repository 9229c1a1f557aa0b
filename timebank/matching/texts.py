"""Matching refuses nothing itself; what it may not find is said by the exchange."""

from __future__ import annotations

from typing import Any

REFUSALS: dict[str, Any] = {}
