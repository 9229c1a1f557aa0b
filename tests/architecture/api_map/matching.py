"""Pages of matching and what does the same in the API."""

COVERED = {
    "matching.suggestions": "list_suggestions",
    "matching.helpers_out": "list_helpers_out",
    "matching.unmet_need": "get_unmet_need",
    "matching.unmet_need_csv": "export_unmet_need",
    "matching.helper_use": "list_helper_use",
    "matching.helper_use_csv": "export_helper_use",
}
EXCEPTIONS: dict[str, str] = {}
