"""Statements and journals as files to keep: CSV for spreadsheets, PDF for paper."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from timebank.core import clock
from timebank.core.csvfile import csv_bytes
from timebank.core.errors import Refused
from timebank.core.pdf import Document
from timebank.core.units import day_text, moment_text
from timebank.ledger import texts
from timebank.ledger.queries.journal import JournalLine
from timebank.ledger.queries.reading import NamedAccount
from timebank.ledger.queries.statements import Line

JOURNAL_HEADS = (
    *("recorded", "happened", "transfer", "step", "purpose", "from_account", "from", "to_account", "to"),
    *("amount", "unit", "by_account", "by", "memo", "refers_to", "ended_by", "event"),
)
LIMITS = {"csv": 20_000, "pdf": 1_000}


def _check(form: str, lines: Sequence[object]) -> None:
    if len(lines) > LIMITS[form]:
        raise Refused("too_many_rows", field="from_day", limit=LIMITS[form])


def what(line: Line, explained: Mapping[uuid.UUID, str]) -> str:
    """A line of a statement in words: purpose, memo, how the amount came about."""
    parts = [texts.purpose(line.purpose), texts.memo(line.memo), explained.get(line.transfer_id, "")]
    return " · ".join(part for part in parts if part)


def statement_file(
    form: str, account: NamedAccount, lines: Sequence[Line], explained: Mapping[uuid.UUID, str]
) -> bytes:
    """A statement, oldest line first; amounts in whole minutes, yuan or pieces in the CSV file.

    Raises Refused("too_many_rows") above 20,000 lines (CSV) or 2,000 (PDF).
    """
    _check(form, lines)
    if form == "csv":
        heads = ("seq", "recorded", "happened", "purpose", "text", "amount", "balance", "transfer", "unit")
        return csv_bytes(heads, (_statement_row(line, explained, account.info.unit) for line in lines))
    return _statement_pdf(account, lines, explained)


def _statement_row(line: Line, explained: Mapping[uuid.UUID, str], unit: str) -> tuple[object, ...]:
    return (
        line.seq,
        moment_text(line.created_at),
        moment_text(line.event_at),
        line.purpose,
        what(line, explained),
        texts.figure(line.amount, unit),
        texts.figure(line.balance, unit),
        str(line.transfer_id),
        texts.figure_unit(unit),
    )


def _days(line: Line) -> str:
    """The day it happened, and below it the day it was booked where that is a later one."""
    days = [day_text(line.event_at)]
    if line.booked_on:
        days.append(_("booked on %(day)s", day=day_text(line.booked_on)))
    return "\n".join(days)


def _statement_pdf(account: NamedAccount, lines: Sequence[Line], explained: Mapping[uuid.UUID, str]) -> bytes:
    unit, balance = account.info.unit, account.info.balance
    document = Document(_("Statement of hours"))
    document.facts_of(
        [
            (_("Account"), account.side.name),
            (_("Printed"), moment_text(clock.now())),
            (_("Balance"), texts.amount(balance.posted, unit)),
            (_("On hold"), texts.amount(balance.held, unit)),
            (_("Available"), texts.amount(balance.available, unit)),
        ]
    )
    document.table_of(
        [_("No."), _("Day"), _("What for"), _("Amount"), _("Balance")],
        [
            (
                str(line.seq),
                _days(line),
                what(line, explained),
                texts.amount(line.amount, unit),
                texts.amount(line.balance, unit),
            )
            for line in lines
        ],
        (8, 22, 46, 20, 20),
        right=(0, 3, 4),
    )
    return document.content()


def journal_file(form: str, lines: Sequence[JournalLine]) -> bytes:
    """The journal, newest first.  Raises Refused("too_many_rows")."""
    _check(form, lines)
    if form == "csv":
        return csv_bytes(JOURNAL_HEADS, (_journal_row(line) for line in lines))
    document = Document(_("Journal"), size=9)
    document.facts_of([(_("Printed"), moment_text(clock.now())), (_("Lines"), str(len(lines)))])
    document.table_of(
        [_("Recorded"), _("Step"), _("From account"), _("To account"), _("Amount"), _("Done by"), _("Why")],
        [_journal_cells(line) for line in lines],
        (17, 14, 22, 22, 16, 16, 34),
        right=(4,),
    )
    return document.content()


def _journal_row(line: JournalLine) -> tuple[object, ...]:
    return (
        moment_text(line.created_at),
        moment_text(line.event_at),
        str(line.id),
        line.kind,
        line.purpose,
        line.debit.account_id,
        line.debit.name,
        line.credit.account_id,
        line.credit.name,
        texts.figure(line.amount, line.unit),
        texts.figure_unit(line.unit),
        line.actor_id,
        line.actor_name,
        texts.memo(line.memo),
        line.ref_id,
        line.ended_by,
        line.group_id,
    )


def _journal_cells(line: JournalLine) -> tuple[str, ...]:
    why = " · ".join(part for part in (texts.purpose(line.purpose), texts.memo(line.memo)) if part)
    return (
        moment_text(line.created_at),
        texts.step(line.kind),
        line.debit.name,
        line.credit.name,
        texts.amount(line.amount, line.unit),
        line.actor_name,
        why,
    )
