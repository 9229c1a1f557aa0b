"""Notices about cases of untrue hours."""

from flask_babel import lazy_gettext as _l

from timebank.notices.texts import Text

TEXTS: dict[str, Text] = {
    "annulment_opened": Text(
        _l("Somebody has a question about your hours"),
        _l(
            "%(held_minutes)s are on hold while it is looked into; the rest of your hours is free. "
            "Read why, and tell us how it was, until %(until)s."
        ),
    ),
    "annulment_dismissed": Text(
        _l("Your hours are free again"),
        _l("Nothing was found against you: %(finding)s. Thank you for your patience."),
    ),
    "annulment_upheld": Text(
        _l("Hours were annulled"),
        _l(
            "The finding: %(finding)s. You may appeal until %(until)s; "
            "then a person who had nothing to do with it looks again."
        ),
    ),
    "annulment_upheld_rest": Text(
        _l("Hours were annulled"),
        _l(
            "The finding: %(finding)s. %(rest_minutes)s of the annulled hours were spent before; they are taken back "
            "from your account, and %(held_minutes)s wait on hold for that. You may appeal until %(until)s; "
            "then a person who had nothing to do with it looks again."
        ),
    ),
    "annulment_confirmed": Text(
        _l("Your appeal was looked at"),
        _l("The annulment stays: %(finding)s."),
    ),
    "annulment_overturned": Text(
        _l("Your hours were given back"),
        _l("Your appeal was right: %(finding)s. We are sorry."),
    ),
}
