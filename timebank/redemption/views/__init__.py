"""Pages of the desk."""

from timebank.redemption.views import counter, days, goods, mine, receipts, stock, transfers
from timebank.redemption.views.blueprint import bp

__all__ = ["bp", "counter", "days", "goods", "mine", "receipts", "stock", "transfers"]
