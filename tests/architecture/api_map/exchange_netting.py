"""The page of settling up between time banks, and what does the same in the API."""

COVERED = {"exchange.netting": "get_netting"}
EXCEPTIONS: dict[str, str] = {}
