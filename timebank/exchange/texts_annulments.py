"""Refusals of cases about untrue hours."""

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "no_such_annulment": _l("There is no such case, or you may not see it."),
    "annul_own": _l("This case concerns you. Somebody else must deal with it."),
    "annul_same_person": _l("You dealt with this case before. Who opens, decides and re-examines are three people."),
    "annul_no_visits": _l("Choose at least one visit."),
    "annul_visit_odd": _l("Only credited visits of this volunteer can be chosen. Open the page again."),
    "annul_visit_twice": _l("One of the visits is in an open case already. Choose others."),
    "annul_not_heard": _l("The volunteer may answer until %(until)s. Decide after the answer, or after that."),
    "annul_decided": _l("This case was decided already. Open the page again to read how."),
    "annul_answered": _l("You have answered already. Somebody reads it before anything is decided."),
    "annul_words_needed": _l("Write a few words; others will rely on them."),
    "annul_no_appeal": _l("Nothing was decided against you that an appeal could change."),
    "annul_appeal_late": _l("The appeal was possible until %(until)s. Please talk to the service point."),
    "annul_not_appealed": _l("There is no appeal to look at."),
}
