"""Pages of the ledger and what does the same in the API."""

COVERED = {
    "ledger.account": ("get_account", "get_statement", "list_holds"),
    "ledger.books": "get_books",
    "ledger.journal": ("get_journal", "list_tenants"),
    "ledger.journal_file": "export_journal",
    "ledger.my_hours": ("list_accounts", "get_statement", "list_holds"),
    "ledger.person_hours": ("list_accounts", "get_statement", "list_holds"),
    "ledger.statement_file": "export_statement",
    "ledger.transfer": ("get_transfer", "reverse_transfer"),
}
EXCEPTIONS: dict[str, str] = {}
