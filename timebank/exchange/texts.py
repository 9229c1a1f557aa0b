"""Refusals of the exchange, one sentence per code."""

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.exchange import (
    texts_annulments,
    texts_giving,
    texts_netting,
    texts_partners,
    texts_slips,
    texts_visits,
    texts_volunteers,
)

REFUSALS: dict[str, Any] = {
    **texts_volunteers.REFUSALS,
    **texts_giving.REFUSALS,
    **texts_netting.REFUSALS,
    **texts_annulments.REFUSALS,
    **texts_partners.REFUSALS,
    **texts_visits.REFUSALS,
    **texts_slips.REFUSALS,
    "credit_in_closed_month": _l(
        "The credit lies in a month that is closed, so two people must reverse it. Open it from the page of the visit"
        " (“In the books”) and ask for its reversal there; settle the dispute when it is done."
    ),
}
