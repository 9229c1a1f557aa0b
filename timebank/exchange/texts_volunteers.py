"""Refusals of schemes, parameters, the catalogue, volunteers and grants."""

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "no_such_scheme": _l("There is no such time bank."),
    "no_scheme_here": _l("No time bank covers this place yet. Ask the operator to set one up."),
    "no_such_service": _l("This service is not in the catalogue. Choose one from the list."),
    "no_such_value": _l("This value does not exist any more. Please open the page again."),
    "no_such_territory": _l("There is no place with this code. Choose a place from the list."),
    "scheme_code_taken": _l("Another time bank has this short name. Choose a different one."),
    "scheme_place_taken": _l("This place already has a time bank. Change its rules instead of adding a second one."),
    "scheme_outside_parent": _l("The place must lie inside %(parent)s. Choose a place of that time bank."),
    "scheme_needs_parent": _l("A district or street needs the time bank of its city above it. Choose it."),
    "parameter_unknown": _l("There is no rule named “%(key)s”."),
    "parameter_kind": _l("This is not the right kind of value for this rule. See the hint beside the field."),
    "parameter_range": _l("The value must lie between %(least)s and %(most)s."),
    "parameter_choice": _l("Choose from the values offered."),
    "parameter_steps": _l("Give five whole numbers of hours, each larger than the one before."),
    "parameter_shares": _l("Each share is a whole per cent from 0 up, and together they may not exceed 100."),
    "parameter_source": _l("Say where the value comes from: a document with its date, or who decided it."),
    "parameter_reason": _l("This changes what already held. Give the reason (at least 5 characters)."),
    "parameter_in_force": _l("This value already holds. Set a new value from today on instead."),
    "service_code_taken": _l("A service with this code is in the catalogue already. Edit that one."),
    "service_minutes": _l("The usual length must be more than 0 and not longer than the longest visit."),
}
