"""Pages of the ledger."""

from timebank.ledger.views import auditing, proofs, statements
from timebank.ledger.views.blueprint import bp

__all__ = ["auditing", "bp", "proofs", "statements"]
