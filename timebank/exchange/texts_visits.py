"""Refusals of requests, offers, visits and hours: one sentence per code, saying what to do."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

_REQUESTS: dict[str, Any] = {
    "no_such_request": _l("There is no such request, or you may not see it."),
    "service_not_offered": _l("This kind of help is not offered at present. Choose another one."),
    "funding_not_yours": _l("Only a coordinator can choose this payer. Choose your own hours or your grant."),
    "unknown_funding": _l("Choose whose hours pay."),
    "day_past": _l("%(day)s is over. Choose today or a later day."),
    "day_too_far": _l("Choose a day within the next year."),
    "last_before_first": _l("The last day is before the first one. Change one of them."),
    "no_such_weekday": _l("Choose the days of the week again."),
    "window_backwards": _l("The latest start is before the earliest one. Change one of them."),
    "window_outside_day": _l("The visit would run past midnight. Choose an earlier time or a shorter visit."),
    "too_short_visit": _l("A visit takes at least %(shortest_minutes)s."),
    "too_long_visit": _l(
        "This kind of help takes at most %(longest_minutes)s a visit. Ask for a shorter one, or for two visits."
    ),
    "too_many_helpers": _l("One to %(most)s helpers can come at once. For more of them, write down another request."),
    "request_not_so_far": _l("This request has been decided already. Open its page to see how."),
    "not_your_own_request": _l(
        "You cannot approve a request for yourself or for somebody you act for. Ask a colleague."
    ),
    "days_gone": _l("All days of this request are over. Refuse it, or ask for a new one with later days."),
    "not_enough_hours": _l(
        "%(visits)s visit(s) cost %(needed_minutes)s, but only %(available_minutes)s are available. "
        "Choose another payer (grant or community pot), a shorter visit, or fewer weeks."
    ),
    "hold_ran_out": _l(
        "The hours of this visit were free again before it was moved, and only %(available_minutes)s of"
        " %(needed_minutes)s are left. Cancel it and enter a new request with another payer."
    ),
    "reason_needed": _l("Write a short reason; the other side will read it."),
}

_OFFERS: dict[str, Any] = {
    "no_such_offer": _l("There is no such offer, or it is not for you."),
    "in_past": _l("This time is over. Choose a later one."),
    "same_time": _l("The visit begins on %(begins)s already. Choose another time, or leave it as it is."),
    "outside_window": _l("The visit may start between %(earliest)s and %(latest)s. Choose a time between."),
    "already_offered": _l("This helper was asked already and has not answered yet."),
    "already_offered_together": _l(
        "This helper is being asked to go there together with somebody else already. Choose another one."
    ),
    "together_start": _l(
        "Several helpers come together, and the others begin on %(begins)s. Choose that time, or move the whole visit."
    ),
    "together_cannot_move": _l(
        "%(helper)s goes there too and cannot come then. Choose another time, or replace that helper first."
    ),
    "offer_over": _l("This offer is no longer open: it was answered, taken back, ran out, or somebody else was first."),
    "overlap": _l(
        "At that time there is another visit: %(service)s, %(begins)s–%(until)s. Change the time, or open that visit."
    ),
    "overlap_now": _l("At this very moment another visit was planned for the same time. Open the page again."),
    "helper_is_recipient": _l("Nobody can be their own helper. Choose another person."),
    "helper_not_active": _l("This volunteer is not active at present. Choose another one."),
    "helper_barred": _l("This volunteer is barred until %(until)s. Choose another one."),
    "same_household": _l("Helper and recipient live in one household. Help within a family is not credited."),
    "kept_apart": _l("These two people are kept apart. Choose somebody else."),
    "helper_other_sex": _l("The help asked for needs a helper of the other sex. Choose another one."),
    "helper_other_language": _l("The recipient asked for a helper who speaks another language. Choose another one."),
    "helper_not_trained": _l("This helper has not passed the training this kind of help needs."),
    "helper_not_insured": _l("This kind of help needs insurance, and this helper has none on that day."),
    "care_too_heavy": _l("The recipient needs more care than a helper without training may give."),
    "helper_too_far": _l("It is %(metres)s m to walk, but this helper goes at most %(most)s m."),
    "day_full": _l("This helper already has %(has_minutes)s that day; at most %(cap_minutes)s are counted."),
    "week_full": _l("This helper already has %(has_minutes)s that week and wants to give at most %(cap_minutes)s."),
    "month_full": _l("This helper already has %(has_minutes)s that month; at most %(cap_minutes)s are counted."),
}

_VISITS: dict[str, Any] = {
    "no_such_visit": _l("There is no such visit, or you may not see it."),
    "visit_not_so_far": _l("This cannot be done with the visit as it stands now. Open its page again."),
    "unknown_way": _l("Choose one of the ways shown."),
    "not_your_own_clock": _l(
        "Your own visit begins and ends when you press the button. A coordinator can write another time."
    ),
    "no_visit_code": _l("The recipient's card was changed at this very moment. Type the code again."),
    "too_early": _l("You can check in from %(begins)s on."),
    "too_late": _l("This visit was planned for %(planned)s. Log the hours afterwards, or call your coordinator."),
    "in_future": _l("This moment lies in the future. Write when it really was."),
    "still_checked_in": _l("You are still checked in: %(service)s since %(begins)s. Check out there first."),
    "not_a_minute": _l("The visit began less than a minute ago. Wait a moment, then end it."),
    "ends_before_start": _l("The visit would end before it begins. Look at the two times again."),
    "too_long": _l("This kind of help takes at most %(longest_minutes)s. Look at the times again."),
    "break_negative": _l("A break cannot be shorter than nothing."),
    "break_too_long": _l("The break is as long as the whole visit (%(worked_minutes)s). Look at it again."),
    "signature_missing": _l("Please let the recipient sign in the box, or use the PIN."),
    "confirm_own": _l("Nobody confirms or decides their own visit. The recipient or a coordinator has to do it."),
    "rating_range": _l("Choose one to five stars."),
    "no_show_too_soon": _l("Wait until %(begins)s before you report that nobody came."),
    "dispute_too_late": _l("This could be disputed until %(until)s. Please call your coordinator."),
    "minutes_negative": _l("Minutes cannot be below nothing. Write 0 to void the visit."),
}

_HOURS: dict[str, Any] = {
    "too_long_ago": _l(
        "Hours can be written down from %(oldest)s on. Please talk to your coordinator about older ones."
    ),
    "not_known_recipient": _l(
        "You have not helped this person before. Write the name below, and the coordinator will look."
    ),
    "helped_name_missing": _l("Choose whom you helped, or write the name."),
    "no_such_entry": _l("There is no such entry, or you may not see it."),
    "entry_not_waiting": _l("Somebody has dealt with this entry already."),
    "review_own": _l("Whoever wrote the hours down, or took part, cannot review them. Ask a colleague."),
    "no_person": _l("This account belongs to nobody in the registry, so it has no calendar of its own."),
    "person_not_typed": _l("Type a name, member number, pinyin or phone."),
    "typed_person_not_found": _l("Nobody here is called “%(typed)s”. Try the member number, the phone, or pinyin."),
    "person_ambiguous": _l("Several people may be meant: %(names)s. Write the member number."),
}

_APART: dict[str, Any] = {
    "no_such_pair": _l("There is no such entry, or you may not see it."),
    "apart_too_early": _l("You have not met for this visit yet. Give the visit back or cancel it instead."),
    "apart_oneself": _l("These are one and the same person. Choose another one."),
    "apart_own": _l("You are one of the two yourself. Ask a colleague to decide."),
    "already_apart": _l("These two people are kept apart already."),
    "apart_reason_missing": _l("Write why; only coordinators read it."),
    "apart_over": _l("This was ended already. Open the page again."),
}

_ALARMS: dict[str, Any] = {
    "no_such_alarm": _l("There is no such alarm, or you may not see it."),
    "alarm_words_missing": _l("Say in %(fewest)s to %(most)s characters what happened; others will rely on it."),
    "alarm_closed": _l("Somebody has closed this alarm already. Open the page again to read what happened."),
}

_PASSBOOKS: dict[str, Any] = {
    "no_such_print": _l("There is no such print, or you may not see it."),
    "passbook_no_hours": _l("Nothing was posted to this person's account yet. Come back after the first visit."),
    "passbook_has_one": _l("This person has a booklet already. Choose why a new one is needed."),
    "passbook_has_none": _l("This person has no booklet yet. Begin one first."),
    "passbook_layout": _l(
        "The rows do not fit on the page of the booklet."
        " Correct its measures in the time bank's rules under “On paper”."
    ),
    "passbook_up_to_date": _l("Everything is printed already; the booklet is up to date."),
    "passbook_full": _l("The booklet is full. Begin a new one: the balance is brought forward."),
    "passbook_nothing_printed": _l("Nothing was printed into this booklet yet. Print the new lines instead."),
    "jam_reason_missing": _l("Write why it is printed again, for example: paper jam."),
}

REFUSALS: dict[str, Any] = {**_PASSBOOKS, **_ALARMS, **_REQUESTS, **_OFFERS, **_VISITS, **_HOURS, **_APART}
