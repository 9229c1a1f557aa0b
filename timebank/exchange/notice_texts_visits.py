"""Notices about requests, offers and visits.  No name and no illness stands in them (domain.md C8.16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.notices.texts import Text

TEXTS: dict[str, Text] = {
    "request_approved": Text(
        _l("Your request for help was approved"),
        _l("%(service)s: %(visits)s visit(s), the first on %(begins)s. We are looking for a helper."),
    ),
    "request_refused": Text(
        _l("Your request for help was not approved"),
        _l("%(service)s. Reason: %(reason)s. If you do not agree, call your coordinator."),
    ),
    "offer_made": Text(
        _l("Would you help on %(begins)s?"),
        _l("%(service)s, %(minutes)s. Please answer by %(until)s."),
    ),
    "offer_withdrawn": Text(
        _l("The visit on %(begins)s is taken"), _l("You need not answer any more. Thank you for being ready to help.")
    ),
    "visit_planned": Text(_l("A visit is planned: %(begins)s"), _l("%(service)s on %(begins)s.")),
    "partner_comes": Text(
        _l("%(partner)s comes on %(begins)s"),
        _l("%(service)s on %(begins)s is given by %(partner)s. The hours on hold pay for it."),
    ),
    "visit_moved": Text(_l("A visit has a new time: %(begins)s"), _l("%(service)s is now on %(begins)s.")),
    "visit_cancelled": Text(
        _l("The visit on %(begins)s is cancelled"), _l("%(service)s on %(begins)s will not take place.")
    ),
    "visit_freed": Text(
        _l("You are no longer planned for %(begins)s"), _l("%(service)s on %(begins)s: somebody else will be asked.")
    ),
    "helper_changes": Text(
        _l("Another helper is being looked for"), _l("%(service)s on %(begins)s: we will tell you who comes.")
    ),
    "visit_expired": Text(
        _l("No helper was found for %(begins)s"),
        _l("%(service)s: nobody could come. The hours are free again. Call your coordinator for another day."),
    ),
    "hours_short": Text(
        _l("The hours do not reach for the next visit"),
        _l("%(service)s: each visit costs %(minutes)s. Talk to your coordinator about a grant or the community pot."),
    ),
    "please_confirm": Text(
        _l("Please confirm a visit"),
        _l("%(service)s on %(begins)s, %(minutes)s. Say that it was so, or that it was not."),
    ),
    "hours_credited": Text(_l("%(minutes)s were credited to you"), _l("%(service)s on %(begins)s. Thank you.")),
    "nothing_credited": Text(
        _l("A visit was confirmed, but gives no hours"), _l("%(service)s on %(begins)s. Open the visit to see why.")
    ),
    "hours_returned": Text(
        _l("Your hours came back"),
        _l("%(service)s on %(begins)s. Reason: %(reason)s. Please correct and send them again."),
    ),
    "visit_disputed": Text(
        _l("A visit is disputed"), _l("%(service)s on %(begins)s. A coordinator will call you and decide.")
    ),
    "visit_voided": Text(
        _l("A visit was declared void"),
        _l("%(service)s on %(begins)s was not credited. Your coordinator can tell you why."),
    ),
    "no_show_noted": Text(
        _l("You were missed on %(begins)s"),
        _l("%(service)s did not take place because you were not there. If that is wrong, call your coordinator."),
    ),
    "visit_missed": Text(
        _l("A visit has not begun: please look"),
        _l(
            "%(service)s was planned for %(begins)s, and nobody has checked in. "
            "Open this message, call, and say what happened."
        ),
        paper=False,
    ),
    "visit_missed_still": Text(
        _l("A visit has still not begun: please look"),
        _l("%(service)s was planned for %(begins)s. Whoever was asked first has not answered, so you are asked now."),
        paper=False,
    ),
    "visit_reminder": Text(_l("Tomorrow: %(service)s"), _l("%(service)s on %(begins)s."), paper=False),
}
