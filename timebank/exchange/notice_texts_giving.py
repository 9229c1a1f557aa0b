"""Notices about gifts, the pot and hours to begin with."""

from flask_babel import lazy_gettext as _l

from timebank.notices.texts import Text

TEXTS: dict[str, Text] = {
    "gift_posted": Text(
        _l("Your hours were passed on"),
        _l("%(given_minutes)s went to your relative. Thank you."),
    ),
    "gift_received": Text(
        _l("You received hours from a relative"),
        _l("%(given_minutes)s are on your account. Ask for help with them whenever you need it."),
    ),
    "gift_refused": Text(
        _l("Your gift was not passed on"),
        _l("%(given_minutes)s are free again. The reason: %(reason)s. You may ask again with another paper."),
    ),
    "gift_lapsed": Text(
        _l("Your gift was not looked at in time"),
        _l("%(given_minutes)s are free again. Bring the paper to the service point and ask once more."),
    ),
    "pot_given": Text(
        _l("You received hours from the community pot"),
        _l("Neighbours gave you %(given_minutes)s. Ask for help with them whenever you need it."),
    ),
    "welcome_volunteers": Text(
        _l("Welcome! You have hours to begin with"),
        _l("The time bank gave you %(given_minutes)s, once, because you begin to help."),
    ),
    "welcome_recipients": Text(
        _l("Welcome! You have hours to begin with"),
        _l("The time bank gave you %(given_minutes)s, once. Ask for help with them whenever you need it."),
    ),
    "welcome_hours": Text(  # as older notices are called
        _l("Welcome! You have hours to begin with"),
        _l("The time bank gave you %(given_minutes)s, once, because you begin to help."),
    ),
}
