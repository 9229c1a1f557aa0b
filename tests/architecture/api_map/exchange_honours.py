"""Pages of stars and honours, and what does the same in the API."""

COVERED = {
    "exchange.honours": "list_honours",
    "exchange.my_honours": "get_honours",
    "exchange.my_proof": "get_honours",
    "exchange.volunteer_proof": "get_honours",
}
EXCEPTIONS: dict[str, str] = {}
