"""The pages of settling up between time banks, and what does the same in the API."""

COVERED = {
    "exchange.netting": "get_netting",
    "exchange.netted_pair": "get_netted_pair",
    "exchange.pay_netting": "pay_netting",
    "exchange.agree_netting": "agree_netting",
    "exchange.decline_netting": "decline_netting",
    "exchange.confirm_netting": "confirm_netting",
    "exchange.object_netting": "object_netting",
    "exchange.undo_netting": "undo_netting",
}
EXCEPTIONS: dict[str, str] = {}
