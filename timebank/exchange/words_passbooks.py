"""Words for paper passbooks, and the few that stand in the booklet in its holder's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.core.units import day_text, minutes_text
from timebank.exchange.queries.passbooks import PrintedRow, PrintSheet
from timebank.exchange.rules.passbooks import BookletReason, PrintKind
from timebank.ledger import texts as ledger_texts

REASONS: dict[str, Any] = {
    BookletReason.FIRST: _l("first booklet"),
    BookletReason.FULL: _l("the booklet is full"),
    BookletReason.LOST: _l("the booklet was lost"),
    BookletReason.WORN: _l("the booklet is worn or spoilt"),
}
KINDS: dict[str, Any] = {PrintKind.NEW: _l("new lines"), PrintKind.AGAIN: _l("printed again")}

LETTERS_ACROSS = 39  # so wide are six columns, with "1500小时59分" three times


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of paper in words."""

    number: str
    day: str
    what: str
    came: str
    went: str
    balance: str


def cells(sheet: PrintSheet) -> list[Cells]:
    """The rows in the language the holder of the booklet reads."""
    with force_locale(sheet.reads if sheet.reads in ("zh", "en") else "zh"):
        return [_cells(row) for row in sheet.rows]


def _cells(row: PrintedRow) -> Cells:
    return Cells(
        str(row.seq) if row.seq is not None else "",
        day_text(row.day),
        ledger_texts.purpose(row.purpose) if row.seq is not None else str(_("Brought forward")),
        minutes_text(row.came) if row.came is not None else "",
        minutes_text(row.went) if row.went is not None else "",
        minutes_text(row.balance),
    )


def sheet_css(sheet: PrintSheet) -> str:
    """Where the rows stand on paper: the page as large as the booklet's, each row exactly as high as its lines."""
    layout = sheet.layout
    height = _mm(layout.row_height)
    top = _mm(layout.top + (sheet.print.place.row - 1) * layout.row_height)
    wide = layout.width - 2 * layout.left
    letters = _mm(min(round(layout.row_height * 0.45), wide // LETTERS_ACROSS))
    width = _mm(wide)
    where = f"position: absolute; top: {top}; left: {_mm(layout.left)}; width: {width}; font-size: {letters};"
    return (
        f"@page {{ size: {_mm(layout.width)} {_mm(layout.height)}; margin: 0; }}\n"
        "@media print {\n"
        "  html, body, main { margin: 0; padding: 0; }\n"
        f"  .passbook-sheet {{ {where} }}\n"
        f"  .passbook-sheet tbody td {{ height: {height}; line-height: {height}; }}\n"
        "}\n"
    )


def _mm(tenths: int) -> str:
    return f"{tenths / 10:g}mm"
