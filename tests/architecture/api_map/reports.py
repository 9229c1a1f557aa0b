"""First pages and reports, and what does the same in the API."""

COVERED = {
    "reports.mine": ("get_overview", "get_today"),
    "reports.timebank": "get_time_bank_report",
    "reports.timebank_csv": "export_time_bank_report",
    "reports.today": ("get_today", "get_overview"),
}
EXCEPTIONS: dict[str, str] = {}
