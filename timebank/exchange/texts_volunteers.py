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
    "no_such_volunteer": _l("There is no such volunteer, or you may not see them."),
    "no_such_listing": _l("This entry is not on the list any more."),
    "volunteer_step_impossible": _l(
        "This step is not possible any more; somebody may have been first. Look at the state."
    ),
    "own_application": _l("You cannot decide on yourself. Ask a colleague."),
    "same_reviewer": _l("You made the first review. The second must be by another account."),
    "reason_needed": _l("Give a reason; it is kept and the person is told."),
    "already_volunteer": _l("This person already is a volunteer or has applied. Open their page to change something."),
    "still_barred": _l("Volunteering is barred until %(until)s. Apply again after that day."),
    "birth_date_missing": _l("The birth date is not known. Ask the service point to add it first."),
    "too_young": _l("Volunteers must be at least %(age)s years old, or %(minor_age)s with a guardian if allowed."),
    "volunteer_guardian_needed": _l(
        "Volunteers under %(age)s need their guardian: the guardian applies, or signs the form at the service point."
    ),
    "skills_missing": _l("Choose at least one kind of help."),
    "slot_backwards": _l("The end must be later than the beginning."),
    "slot_short": _l("A free stretch must last at least 15 minutes."),
    "slot_outside": _l("Times go from 00:00 to 24:00."),
    "distance_range": _l("The way must be between %(least)s and %(most)s metres."),
    "week_range": _l("The time in a week must be more than 0 and at most 7 days."),
    "training_in_future": _l("The training cannot have been passed in the future."),
    "training_missing": _l("None of the services offered may be given yet. Record a passed training first."),
    "skill_not_offered": _l("The volunteer does not offer this service."),
    "nothing_to_record": _l("Choose what was passed, or that the volunteer may begin."),
    "bar_in_past": _l("The last day must be today or later."),
    "days_backwards": _l("The last day must not be before the first."),
    "days_over": _l("These days are already over."),
    "days_too_long": _l("At most one year at a time. For a longer time, stop volunteering and come back."),
    "grant_nobody_found": _l("Nobody in your area fits. Try the member number."),
    "grant_several_found": _l("Several people fit, for example %(first)s and %(second)s. Give the member number."),
    "already_listed": _l("This person is on the list already."),
    "donation_minutes": _l("Give at least one minute."),
    "donation_too_large": _l("You have %(available_minutes)s free. Give that or less."),
}
