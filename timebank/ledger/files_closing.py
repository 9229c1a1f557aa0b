"""The closing sheet: what was there, came, went and remained in a month; Chinese and English on one paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from flask_babel import force_locale
from flask_babel import gettext as _

from timebank.core.pdf import Document
from timebank.core.units import minutes_text, moment_text
from timebank.ledger import texts
from timebank.ledger.queries.closings import ClosingInfo
from timebank.ledger.queries.month import MonthLine
from timebank.ledger.rules.kinds import MINUTES
from timebank.territory import queries as territory

LANGUAGES = ("zh", "en")


def _both(words: Callable[[], str]) -> str:
    """The words in Chinese and in English; once where they are the same."""
    said = []
    for language in LANGUAGES:
        with force_locale(language):
            said.append(words())
    return " / ".join(dict.fromkeys(said))


def sheet(closing: ClosingInfo, lines: Sequence[MonthLine]) -> bytes:
    """The trial balance of a closed month as a PDF, with who closed it and a place to sign."""
    place = territory.names([str(closing.tenant)]).get(str(closing.tenant), str(closing.tenant))
    document = Document(_both(lambda: _("Closing of %(month)s", month=texts.month(closing.month))))
    document.facts_of(
        [
            (_both(lambda: _("City")), place),
            (_both(lambda: _("Closed by")), closing.actor_name),
            (_both(lambda: _("Closed on")), moment_text(closing.created_at)),
            (_both(lambda: _("Transfers until then")), str(closing.transfers)),
            (_both(lambda: _("Owed to members")), _both(lambda: minutes_text(closing.liability))),
            (_both(lambda: _("Newest seal")), str(closing.seal_n)),
            (_both(lambda: _("Note")), closing.note or "–"),
        ]
    )
    for unit in dict.fromkeys(line.unit for line in lines):
        document.line_of(_both(partial(texts.unit_name, unit)), 12)
        _table(document, [line for line in lines if line.unit == unit], unit)
    document.line_of(_both(lambda: _("Signature")) + ": ____________________")
    return document.content()


def _table(document: Document, lines: Sequence[MonthLine], unit: str) -> None:
    heads = (
        *(lambda: _("Kind of account"), lambda: _("At the beginning"), lambda: _("In")),
        *(lambda: _("Out"), lambda: _("At the end")),
    )
    rows = [
        (
            _both(partial(texts.kind_name, line.kind, unit)),
            *(_amount(value, unit) for value in (line.opening, line.came, line.went, line.closing)),
        )
        for line in lines
    ]
    sums = [sum(values) for values in zip(*((o.opening, o.came, o.went, o.closing) for o in lines), strict=True)]
    rows.append((_both(lambda: _("Sum")), *(_amount(value, unit) for value in sums)))
    document.table_of([_both(head) for head in heads], rows, (34, 20, 20, 20, 20), right=(1, 2, 3, 4))
    document.ln(4)


def _amount(value: int, unit: str) -> str:
    """Hours as 12:30, which both languages read; money as yuan; pieces as a number."""
    if unit != MINUTES:
        return str(texts.figure(value, unit))
    return f"{'−' if value < 0 else ''}{abs(value) // 60}:{abs(value) % 60:02d}"
