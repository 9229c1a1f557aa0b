"""Notices about requests, offers and visits."""

from typing import Any

TEXTS: dict[str, Any] = {}
