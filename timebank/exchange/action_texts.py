"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.exchange.words_visits import ASKED_BY, CHECKED_IN, CONFIRMED

ACTIONS: dict[str, Any] = {
    "create.scheme": _l("Time bank founded"),
    "set.parameter": _l("Rule changed"),
    "withdraw.parameter": _l("Coming change of a rule withdrawn"),
    "add.service": _l("Service added to the catalogue"),
    "change.service": _l("Service in the catalogue changed"),
    "submit.volunteer": _l("Applied as a volunteer"),
    "site_review.volunteer": _l("Application passed the first review"),
    "approve.volunteer": _l("Application approved"),
    "start.volunteer": _l("Volunteer became active"),
    "reject.volunteer": _l("Application rejected"),
    "suspend.volunteer": _l("Volunteer suspended"),
    "lift.volunteer": _l("Suspension lifted"),
    "leave.volunteer": _l("Volunteer left"),
    "bar.volunteer": _l("Volunteer barred"),
    "change.volunteer": _l("Volunteer's profile changed"),
    "train.volunteer": _l("Training entered"),
    "insure.volunteer": _l("Insurance entered"),
    "export.volunteers": _l("Volunteers fetched as a file"),
    "change.availability": _l("Weekly free hours changed"),
    "add.days": _l("Free or busy days entered"),
    "remove.days": _l("Free or busy days removed"),
    "list.key_elder": _l("Put on the list of key elders"),
    "remove.key_elder": _l("Taken off the list of key elders"),
    "donate.hours": _l("Hours donated"),
    "submit.request": _l("Request entered"),
    "published.request": _l("Request approved"),
    "refused.request": _l("Request refused"),
    "cancelled.request": _l("Request cancelled"),
    "expired.request": _l("Request ran out"),
    "closed.request": _l("Request closed"),
    "offer.visit": _l("Visit offered"),
    "lapse.visit": _l("Offer lapsed"),
    "accept.visit": _l("Offer accepted"),
    "free.visit": _l("Visit is free again"),
    "move.visit": _l("Visit moved"),
    "check_in.visit": _l("Checked in"),
    "unlock_code.visit": _l("Code of a visit unlocked"),
    "check_out.visit": _l("Checked out"),
    "review.visit": _l("Visit reviewed"),
    "confirm.visit": _l("Visit confirmed"),
    "dispute.visit": _l("Visit disputed"),
    "settle.visit": _l("Dispute settled"),
    "void.visit": _l("Visit voided"),
    "annul.visit": _l("Credit of a visit annulled"),
    "cancel.visit": _l("Visit cancelled"),
    "no_show.visit": _l("Somebody did not come"),
    "expire.visit": _l("Visit ran out without a helper"),
    "allow_extra.visit": _l("Hours above the daily limit allowed"),
    "log.visit": _l("Visit written down afterwards"),
    "rate.visit": _l("Visit rated"),
    "decline.offer": _l("Offer declined"),
    "withdraw.offer": _l("Offer withdrawn"),
    "log.hour_entry": _l("Hours entered"),
    "refuse.hour_entry": _l("Hours refused"),
    "keep_apart.pair": _l("Two people are kept apart"),
    "end_apart.pair": _l("Two people may meet again"),
    "new.calendar_feed": _l("Calendar address made"),
    "end.regular_helper": _l("Regular helper ended"),
}
VALUES: dict[str, dict[str, Any]] = {
    "how": {**CONFIRMED, **CHECKED_IN},
    "source": {
        "manual": _l("one by one"),
        "sheet": _l("from a paper sheet"),
    },
    "who": {"volunteer": _l("The helper"), "recipient": _l("The recipient")},
    "asked_by": ASKED_BY,
}
