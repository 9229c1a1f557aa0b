"""The functions of the API, one module for each part of the product.  Importing a module declares its addresses."""

from timebank.api.routing import bp
from timebank.api.views import (
    account,
    cases,
    ledger,
    matching,
    notices,
    people,
    redemption,
    requests,
    schemes,
    visits,
    volunteers,
)

__all__ = [
    "account",
    "bp",
    "cases",
    "ledger",
    "matching",
    "notices",
    "people",
    "redemption",
    "requests",
    "schemes",
    "visits",
    "volunteers",
]
