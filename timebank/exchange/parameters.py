"""The parameters this domain asks for; installed with their first values for every scheme."""

from timebank.exchange.rules.parameters import DEFINITIONS

__all__ = ["DEFINITIONS"]
