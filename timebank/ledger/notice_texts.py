"""What the ledger tells those who watch over the books."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from timebank.notices.texts import Text

TEXTS: dict[str, Text] = {
    "reversal_asked": Text(
        _l("%(name)s asks for a reversal in a closed month."),
        _l("Reason: %(reason)s. It waits for the agreement of another person."),
    ),
    "reversal_agreed": Text(
        _l("%(name)s agreed to the reversal you asked for."), _l("The books were corrected. %(note)s")
    ),
    "reversal_declined": Text(_l("%(name)s declined the reversal you asked for."), _l("Why: %(note)s")),
}
