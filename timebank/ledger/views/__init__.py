"""Pages of the ledger."""

from timebank.ledger.views import auditing, closing, limits, proofs, statements
from timebank.ledger.views.blueprint import bp

__all__ = ["auditing", "bp", "closing", "limits", "proofs", "statements"]
