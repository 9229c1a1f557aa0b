"""The statement of a partner organisation as a file, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from timebank.core.csvfile import csv_bytes
from timebank.core.units import moment_text
from timebank.exchange.queries.partners import PartnerDetail
from timebank.ledger import texts


def statement_file(one: PartnerDetail) -> bytes:
    """The lines of the month, oldest first, in whole minutes."""
    head = [_("Number"), _("Booked"), _("Day of the care"), _("What for"), _("Text"), _("Minutes"), _("Balance")]
    rows = (
        (
            line.seq,
            moment_text(line.created_at),
            moment_text(line.event_at),
            texts.purpose(line.purpose),
            texts.memo(line.memo),
            line.amount,
            line.balance,
        )
        for line in one.statement
    )
    return csv_bytes(head, rows)
