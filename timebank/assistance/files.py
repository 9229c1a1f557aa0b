"""Lists of assistance as files."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from timebank.assistance import texts
from timebank.assistance.queries.cases import CaseRow
from timebank.core.csvfile import csv_bytes


def cases_file(rows: Iterable[CaseRow]) -> bytes:
    """Cases as CSV, in the reader's language; nothing of what was said or found."""
    header = [
        _("Case"),
        _("Name"),
        _("Age"),
        _("Place"),
        _("About"),
        _("Urgency"),
        _("State"),
        _("Opened"),
        _("Closed"),
        _("Case worker"),
        _("Next home visit"),
    ]
    lines = [[str(cell) if cell is not None else "" for cell in _cells(row)] for row in rows]
    return csv_bytes(header, lines)


def _cells(row: CaseRow) -> list[object]:
    return [
        row.id,
        row.name,
        row.age,
        row.place,
        texts.KINDS[row.kind],
        texts.URGENCIES[row.urgency],
        texts.STATES[row.state],
        row.opened_on,
        row.closed_on,
        row.worker,
        row.next_visit_on,
    ]
