"""Refusals of requests, offers, visits and hours."""

from typing import Any

REFUSALS: dict[str, Any] = {}
