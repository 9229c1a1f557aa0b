"""Pages of plans and what does the same in the API."""

COVERED = {
    "matching.plans": "list_plans",
    "matching.new_plan": "start_plan",
    "matching.plan": ("get_plan", "get_plan_board"),
    "matching.plan_progress": "get_plan",
    "matching.plan_asking": "get_plan_board",
    "matching.stop_plan": "stop_plan",
    "matching.accept_plan": "accept_plan",
    "matching.plan_again": "plan_again",
    "matching.planned_visit": "list_plan_choices",
    "matching.check_pair": "check_plan_pair",
    "matching.check_swap": "check_plan_swap",
    "matching.assign_visit": "assign_planned_visit",
    "matching.take_out_visit": "take_out_planned_visit",
    "matching.pin_visit": "pin_planned_visit",
    "matching.swap_visits": "swap_planned_visits",
    "matching.new_emergency": "call_somebody",
    "matching.emergency": "get_emergency",
    "matching.emergency_state": "get_emergency",
}
EXCEPTIONS: dict[str, str] = {}
