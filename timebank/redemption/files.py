"""Receipts as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from timebank.core.csvfile import csv_bytes
from timebank.core.units import moment_text
from timebank.redemption import words
from timebank.redemption.queries.receipts import ReceiptLine, Row


def redemptions_file(found: Iterable[tuple[Row, Sequence[ReceiptLine]]]) -> bytes:
    """Receipts as CSV, a line for each article, in the reader's language."""
    head = [
        _("Receipt"),
        _("When"),
        _("Desk"),
        _("Member number"),
        _("Member"),
        _("State"),
        _("Article number"),
        _("Article"),
        _("Pieces"),
        _("Returned"),
        _("Minutes"),
        _("Clerk"),
    ]
    return csv_bytes(head, [_cells(row, line) for row, lines in found for line in lines])


def _cells(row: Row, line: ReceiptLine) -> list[Any]:
    return [
        row.receipt_no,
        moment_text(row.created_at),
        row.desk_name,
        row.member_no,
        row.person_name,
        str(words.STATES[row.state.value]),
        line.sku,
        line.name,
        line.quantity,
        line.returned,
        line.minutes,
        row.clerk_name,
    ]
