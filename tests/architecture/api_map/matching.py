"""Pages of matching and what does the same in the API."""

COVERED = {
    "matching.new_call": ("create_person", "add_agent", "create_request", "approve_request"),
    "matching.call_people": "list_people",
    "matching.call_taken": ("get_request", "list_suggestions"),
    "matching.suggestions": "list_suggestions",
    "matching.helpers_out": "list_helpers_out",
    "matching.unmet_need": "get_unmet_need",
    "matching.unmet_need_csv": "export_unmet_need",
    "matching.helper_use": "list_helper_use",
    "matching.helper_use_csv": "export_helper_use",
}
EXCEPTIONS: dict[str, str] = {
    "matching.keep_call": "Keeps what is being typed into the page of a call; a program keeps its own drafts",
    "matching.drop_call": "Forgets what was typed into the page of a call; a program keeps its own drafts",
}
