"""Pages of cases about untrue hours, and what does the same in the API."""

COVERED = {
    "exchange.annulment": "get_annulment",
    "exchange.annulments": "list_annulments",
    "exchange.answer_hearing": "answer_hearing",
    "exchange.appeal_hearing": "appeal_hearing",
    "exchange.decide_annulment": "decide_annulment",
    "exchange.my_hearing": "get_my_hearing",
    "exchange.my_hearings": "list_my_hearings",
    "exchange.re_examine_annulment": "re_examine_annulment",
    "exchange.suspect_hours": ("suspect_hours", "list_credited_visits"),
}
EXCEPTIONS: dict[str, str] = {}
