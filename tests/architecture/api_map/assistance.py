"""Pages of assistance and what does the same in the API."""

COVERED = {
    "assistance.approve": "approve_plan",
    "assistance.cancel_line": "cancel_plan_line",
    "assistance.case": "get_case",
    "assistance.categories": "list_categories",
    "assistance.close": "close_case",
    "assistance.deliver": "deliver_plan_line",
    "assistance.edit_health": ("get_health", "save_health"),
    "assistance.end_category": "end_category",
    "assistance.export": "export_cases",
    "assistance.health": "get_health",
    "assistance.health_purpose": "get_health",
    "assistance.index": "list_cases",
    "assistance.need_met": "meet_need",
    "assistance.new_case": ("open_case", "list_case_workers", "list_people"),
    "assistance.new_category": "add_category",
    "assistance.new_line": "add_plan_line",
    "assistance.new_need": "add_need",
    "assistance.new_visit": "record_home_visit",
    "assistance.plan_sheet": "get_case",
    "assistance.propose": "propose_plan",
    "assistance.purpose": "get_case",
    "assistance.reopen": "reopen_case",
    "assistance.return_plan": "return_plan",
    "assistance.revise_plan": "revise_plan",
    "assistance.worker": ("hand_case_over", "list_case_workers"),
}
EXCEPTIONS: dict[str, str] = {}
SHOWN = {"assistance.health_purpose", "assistance.purpose"}
