"""Menu entries of the ledger."""

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [
    MenuItem(endpoint="ledger.my_hours", text=_l("My hours"), sort=20, face="portal"),
    MenuItem(endpoint="ledger.journal", text=_l("Journal"), permission="ledger.audit", sort=70),
    MenuItem(endpoint="ledger.books", text=_l("Books"), permission="ledger.audit", sort=71),
    MenuItem(endpoint="ledger.months", text=_l("Months"), permission="ledger.audit", sort=72),
    MenuItem(endpoint="ledger.reversal_list", text=_l("Reversals"), permission="ledger.reverse", sort=73),
]
