"""Pages of the ledger and what does the same in the API."""

COVERED = {
    "ledger.account": ("get_account", "get_statement", "list_holds"),
    "ledger.account_limits": ("change_limits", "list_limit_changes"),
    "ledger.books": "get_books",
    "ledger.close_month": "close_month",
    "ledger.journal": ("get_journal", "list_tenants"),
    "ledger.journal_file": "export_journal",
    "ledger.month_sheet": "export_month_sheet",
    "ledger.months": "list_months",
    "ledger.my_hours": ("list_accounts", "get_statement", "list_holds"),
    "ledger.person_hours": ("list_accounts", "get_statement", "list_holds"),
    "ledger.reversal": ("get_reversal", "decide_reversal"),
    "ledger.reversal_list": "list_reversals",
    "ledger.withdraw_reversal": "withdraw_reversal",
    "ledger.statement_file": "export_statement",
    "ledger.transfer": ("get_transfer", "reverse_transfer", "ask_reversal"),
}
EXCEPTIONS: dict[str, str] = {}
