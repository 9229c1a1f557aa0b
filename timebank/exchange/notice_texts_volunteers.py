"""Notices about being a volunteer."""

from typing import Any

TEXTS: dict[str, Any] = {}
