"""What the ledger answers: balances, statements, the journal, the books."""

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
from timebank.ledger.queries.books import Books, books, off_balance, tenants
from timebank.ledger.queries.details import TransferDetail, detail, ended, used_keys
from timebank.ledger.queries.journal import JournalFilter, JournalLine, journal, transfer
from timebank.ledger.queries.statements import Line, OpenHold, open_holds, statement

__all__ = [
    "AccountInfo",
    "Balance",
    "Books",
    "JournalFilter",
    "JournalLine",
    "Line",
    "OpenHold",
    "TransferDetail",
    "account",
    "account_of",
    "accounts_of",
    "balance",
    "balances",
    "books",
    "detail",
    "ended",
    "journal",
    "member_balance",
    "off_balance",
    "open_holds",
    "statement",
    "tenants",
    "transfer",
    "used_keys",
]
