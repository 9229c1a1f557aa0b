"""What requests and visits can say when another domain asks."""

from __future__ import annotations

from timebank.core.hooks import on
from timebank.exchange.queries import schemes


@on("fact_words")
def fact_words(name: str, value: str) -> list[str]:
    """The name of a kind of help in the reader's language."""
    if name != "service":
        return []
    return [schemes.service_names([value])[value]]
