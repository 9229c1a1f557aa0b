"""What the ledger answers.  Balances and statements here; journal, books and owners in modules of their own."""

from timebank.ledger.queries.accounts import (
    AccountInfo,
    Balance,
    account,
    account_of,
    accounts_of,
    balance,
    balances,
    member_balance,
)
from timebank.ledger.queries.statements import Line, OpenHold, open_holds, statement

__all__ = [
    "AccountInfo",
    "Balance",
    "Line",
    "OpenHold",
    "account",
    "account_of",
    "accounts_of",
    "balance",
    "balances",
    "member_balance",
    "open_holds",
    "statement",
]
