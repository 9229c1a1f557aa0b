"""What the exchange hears from the registry, and what it can say about a person."""

from __future__ import annotations

from timebank.exchange import listeners_volunteers

__all__ = ["listeners_volunteers"]
