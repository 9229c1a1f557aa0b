"""Pages of matching and what does the same in the API."""

COVERED = {
    "matching.suggestions": "list_suggestions",
    "matching.helpers_out": "list_helpers_out",
}
EXCEPTIONS: dict[str, str] = {}
