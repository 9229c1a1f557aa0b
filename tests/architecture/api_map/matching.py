"""Pages of matching and what does the same in the API."""

COVERED = {
    "matching.suggestions": "list_suggestions",
}
EXCEPTIONS: dict[str, str] = {}
