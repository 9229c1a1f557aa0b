"""Volunteers as a file, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from timebank.core.csvfile import csv_bytes
from timebank.core.units import day_text
from timebank.exchange.queries.volunteers import VolunteerRow
from timebank.exchange.words_volunteers import STATES
from timebank.territory import queries as territory


def volunteers_file(rows: Sequence[VolunteerRow]) -> bytes:
    """Volunteers as CSV.  One statement, for the places."""
    places = territory.path_names(row.territory_code for row in rows)
    head = [_("Member number"), _("Name"), _("Place"), _("State"), _("Offers"), _("Active since"), _("Insured until")]
    lines = (
        (
            row.member_no,
            row.name,
            places[row.territory_code],
            STATES[row.state],
            ";".join(row.skills),
            day_text(row.active_since),
            day_text(row.insured_until),
        )
        for row in rows
    )
    return csv_bytes(head, [[str(cell) for cell in line] for line in lines])
