"""Menu entries of schemes, volunteers and grants."""

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU: list[MenuItem] = [
    MenuItem("exchange.my_volunteering", _l("Helping"), None, 50, face="portal"),
    MenuItem("exchange.volunteers", _l("Volunteers"), "volunteers.read", 35),
    MenuItem("exchange.honours", _l("Stars and honours"), "volunteers.read", 65),
    MenuItem("exchange.grants", _l("Key elders"), "grants.read", 60),
    MenuItem("exchange.pot", _l("Community pot"), "pot.give", 61),
    MenuItem("exchange.gifts", _l("Hours for relatives"), "gifts.read", 62),
    MenuItem("exchange.annulments", _l("Hours in question"), "annulments.read", 63),
    MenuItem("exchange.netting", _l("Settling up"), "netting.read", 64),
    MenuItem("exchange.partners", _l("Partners"), "partners.read", 67),
    MenuItem("exchange.services", _l("Kinds of help"), "services.read", 75),
    MenuItem("exchange.schemes", _l("Rules"), "schemes.read", 76),
]
