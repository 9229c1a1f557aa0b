"""Words of assistance: refusals, and the names of states and kinds."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "case_not_found": _l("There is no such case in your area."),
    "case_state": _l("The case has moved on in the meantime. Look at its state and decide again."),
    "case_closed": _l("The case is closed. Open it again before you change anything."),
    "case_reopened_before": _l("A case can be opened again only once. Open a new case instead."),
    "case_lines_open": _l("Something in the plan is still to be delivered. Mark it as delivered or cancel it first."),
    "case_open_already": _l("This person already has an open case of this kind. Work on in that one."),
    "case_worker_missing": _l("Choose who answers for the case."),
    "case_worker_not_here": _l("This account may not work on cases here. Choose another case worker."),
    "case_worker_relative": _l("This case worker is a relative of the person. Choose another one."),
    "guardian_missing": _l(
        "A child under 14 cannot agree alone. Enter the guardian first, or choose another legal basis."
    ),
    "own_case": _l("You cannot handle your own case. A colleague must do it."),
    "relative_of_client": _l(
        "You cannot handle the case of a relative or of somebody you act for. A colleague must do it."
    ),
    "approver_worked_on_case": _l("Who worked on a case cannot approve its plan. Another person must do it."),
    "case_purpose_missing": _l("Say why you need to look into this file. The reason is kept."),
    "words_missing": _l("Write a sentence that says why."),
    "plan_empty": _l("The plan promises nothing yet. Add cash, goods or a service first."),
    "needs_without_line": _l("Some needs are not answered by the plan. Add a line for each, or mark the need as met."),
    "plan_is_fixed": _l("The plan is fixed now. Take it up for changes first."),
    "plan_not_approved": _l("The plan is not approved yet. Only in an emergency may help come first."),
    "line_needs_cash": _l("Enter the amount in yuan, for example 500."),
    "line_needs_in_kind": _l("Enter how many, for example 2."),
    "line_needs_service": _l("Enter how long, for example 1:30."),
    "line_has_other_measure": _l("Fill in only the amount, the quantity or the time that fits the kind of help."),
    "line_settled": _l("This line was already delivered or cancelled."),
    "line_not_found": _l("There is no such line in the plan."),
    "need_not_found": _l("There is no such need."),
    "need_of_other_case": _l("This need belongs to another case."),
    "delivered_in_future": _l("The day of delivery cannot be in the future."),
    "home_visit_order": _l("The visit must end after it starts."),
    "home_visit_too_long": _l("A home visit of more than 12 hours is unlikely. Check the times."),
    "home_visit_in_future": _l("Write a visit down after it took place."),
    "next_visit_in_past": _l("The next visit must be after this one."),
    "checked_in_future": _l("The day of the check cannot be in the future."),
    "status_overlaps": _l("In this period the person already has this category, or another one that excludes it."),
    "status_ends_before_start": _l("The last day must not be before the first day."),
    "status_not_found": _l("There is no such category entry."),
}

STATES = {
    "opened": _l("Opened"),
    "assessing": _l("Assessing"),
    "planned": _l("Plan waits for approval"),
    "active": _l("Plan is being delivered"),
    "closed": _l("Closed"),
}
STATE_STYLES = {"opened": "info", "assessing": "info", "planned": "wait", "active": "good", "closed": "plain"}
KINDS = {
    "living": _l("Basic living"),
    "medical": _l("Illness"),
    "disability": _l("Disability"),
    "elder_care": _l("Care in old age"),
    "child": _l("Child in difficulty"),
    "sudden": _l("Sudden hardship"),
}
URGENCIES = {
    "ordinary": _l("Ordinary"),
    "urgent": _l("Urgent"),
    "emergency": _l("Emergency: help first, papers later"),
}
BASES = {
    "consent": _l("The person (or the guardian) agrees"),
    "statutory_duty": _l("Duty by law"),
    "emergency": _l("Emergency for life or health"),
}
CLOSE_REASONS = {
    "needs_met": _l("Needs are met"),
    "declined": _l("The person does not want help"),
    "moved_away": _l("Moved away"),
    "referred": _l("Handed over to another office"),
    "deceased": _l("Died"),
    "opened_in_error": _l("Opened in error"),
}
VISIT_KINDS = {
    "screening": _l("Screening visit"),
    "verification": _l("Verification visit"),
    "follow_up": _l("Follow-up visit"),
    "care": _l("Care visit"),
}
NEED_KINDS = {
    "money": _l("Money"),
    "food": _l("Food"),
    "medicine": _l("Medicine"),
    "care": _l("Care at home"),
    "housing": _l("Housing and repairs"),
    "work": _l("A job"),
    "school": _l("Schooling"),
    "equipment": _l("Aids and equipment"),
    "company": _l("Company and talk"),
    "other": _l("Something else"),
}
LINE_KINDS = {"cash": _l("Cash"), "in_kind": _l("Goods"), "service": _l("Service")}
LINE_STATES = {"planned": _l("Promised"), "delivered": _l("Delivered"), "cancelled": _l("Cancelled")}
LINE_STYLES = {"planned": "wait", "delivered": "good", "cancelled": "plain"}
CARE_ITEMS = {
    "eat": _l("Eating"),
    "dress": _l("Dressing"),
    "bed": _l("Getting in and out of bed"),
    "toilet": _l("Using the toilet"),
    "walk": _l("Walking indoors"),
    "bathe": _l("Bathing"),
}
LEVELS = {
    "able": _l("Copes alone"),
    "partial": _l("Partly loses self-care"),
    "full_loss": _l("Fully loses self-care"),
}
CATEGORIES = {
    "dibao": _l("Minimum living guarantee (dibao)"),
    "tekun": _l("Destitute support (tekun)"),
    "near_dibao": _l("Near-dibao household"),
    "rigid_expenditure": _l("Rigid-expenditure household"),
    "return_monitor": _l("Monitored against return to poverty"),
    "disabled": _l("Disability certificate"),
    "other": _l("Other category"),
}
PURPOSES = {
    "supervise": _l("Supervising or approving the plan"),
    "stand_in": _l("Standing in for the case worker"),
    "asked": _l("The person asked me"),
    "verify": _l("Verifying what was reported"),
    "audit": _l("Audit"),
    "other": _l("Another reason"),
}
