"""What matching refuses; what it may not find of visits is said by the exchange."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "no_such_plan": _l("There is no such plan, or it is of another place."),
    "plan_of_no_place": _l("There is no such place. Choose one of the list."),
    "plan_too_far": _l("Plans reach as far as %(until)s. Choose an earlier day."),
    "plan_too_long": _l("A plan is of one to seven days."),
    "plan_seconds": _l("A search takes at most %(most)s seconds."),
    "plan_asked_elsewhere": _l("Somebody is being asked for this visit already, or it is settled."),
    "plan_not_ready": _l("The search has not ended yet, or brought no result. Wait, or start a new plan."),
    "plan_over": _l("The last day of this plan, %(day)s, is over. Start a new plan."),
    "plan_visit_accepted": _l(
        "The helper of this visit is being asked already. Take the offer back on the visit's page."
    ),
    "plan_changed_meanwhile": _l(
        "Somebody has changed this visit meanwhile. Nothing was done: please look at it as it stands now."
    ),
    "plan_conflict": _l("%(helper)s cannot go to %(recipient)s then: a rule forbids it. Nothing was changed."),
    "plan_same_helper": _l("Both visits have the same helper already. Choose visits of two helpers."),
    "no_such_draft": _l("This call is not parked any more: it was written down or discarded, or its time is over."),
    "no_such_emergency": _l("There is no such emergency, or it is of another place."),
    "too_late_today": _l("The visit would not be over by midnight. Make it shorter, or call the emergency number."),
    "nobody_meant": _l("Nobody is found under this. Type the name, the member number or the phone number."),
    "several_meant": _l("Several people are found: %(people)s. Type the member number."),
    "plan_lane_changed": _l(
        "Since this page was shown somebody has changed what this helper would do. Nobody was asked: please look again."
    ),
    "nothing_to_accept": _l("Nothing is left to accept here: the helpers were asked already, or promised it before."),
}
