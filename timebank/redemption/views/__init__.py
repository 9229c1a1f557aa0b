"""Pages of the desk."""

from timebank.redemption.views import (
    checks,
    counter,
    days,
    goods,
    intentions,
    mine,
    packages,
    pictures,
    receipts,
    stock,
    transfers,
)
from timebank.redemption.views.blueprint import bp

__all__ = [
    "bp",
    "checks",
    "counter",
    "days",
    "goods",
    "intentions",
    "mine",
    "packages",
    "pictures",
    "receipts",
    "stock",
    "transfers",
]
