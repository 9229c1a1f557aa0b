"""Refusals of partner organisations."""

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "no_such_partner": _l("There is no such partner organisation, or you may not see it."),
    "partner_known": _l("An organisation with this number is a partner here already. Open it in the list."),
    "partner_services_missing": _l("Choose at least one kind of help."),
    "partner_until_before_from": _l("The last day lies before the first. Choose a later one."),
    "partner_place_stays": _l("The place of a partner stays. For another place add a partner there."),
    "partner_has_visits": _l(
        "%(visits)s visit(s) on later days are given to this partner. Take them back first, or choose a later day."
    ),
    "partner_cannot": _l("This partner does not give this help here on this day. Choose another."),
    "partner_cannot_then": _l(
        "The partner does not work here on %(day)s. Choose another day, or take the visit back "
        "so that a helper can come."
    ),
    "partner_not_told": _l("Call the partner, then write down who there knows it."),
    "partner_knows": _l("Choose at least one visit that the partner does not know of yet."),
    "partner_unsigned": _l("Write down who signed the sheet."),
    "partner_month_open": _l("%(month)s is not closed yet. Settle it when the books of the month are closed."),
    "partner_invoice_missing": _l("Write down the number of the invoice."),
    "partner_month_settled": _l("%(month)s is settled already. What came later belongs to a later month."),
    "partner_settlement_waits": _l("A settlement with this partner waits for a second person. Decide on it first."),
    "partner_nothing_due": _l("Nothing is due until the end of %(month)s."),
    "no_such_settlement": _l("There is no such settlement, or you may not see it."),
    "partner_settlement_decided": _l("Somebody has decided on this settlement already."),
    "partner_second_is_first": _l("You asked for this settlement yourself. A colleague must agree."),
    "partner_due_changed": _l(
        "Meanwhile %(now_minutes)s are due, because a visit was settled otherwise. Decline it and ask again."
    ),
}
