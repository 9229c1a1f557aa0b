"""Requests and visits as files, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from timebank.core.csvfile import csv_bytes
from timebank.core.units import moment_text
from timebank.exchange import words_visits as words
from timebank.exchange.queries.requests import RequestLine
from timebank.exchange.queries.visits import VisitLine


def requests_file(rows: Iterable[RequestLine]) -> bytes:
    """Requests as CSV."""
    head = [
        _("Number"),
        _("State"),
        _("Recipient"),
        _("Kind of help"),
        _("When"),
        _("Minutes"),
        _("Payer"),
        _("Urgent"),
        _("Place"),
    ]
    lines = (
        (
            line.id,
            str(words.REQUEST_STATES[line.state]),
            line.recipient,
            line.service,
            words.when(line.weekdays, line.first_day, line.last_day, line.earliest_minute, line.latest_minute),
            line.minutes,
            str(words.FUNDINGS[line.funding]),
            _("yes") if line.urgent else "",
            line.place,
        )
        for line in rows
    )
    return csv_bytes(head, lines)


def visits_file(rows: Iterable[VisitLine]) -> bytes:
    """Visits as CSV."""
    head = [
        _("Number"),
        _("State"),
        _("Begins"),
        _("Kind of help"),
        _("Recipient"),
        _("Helper"),
        _("Minutes"),
        _("Credited"),
        _("Place"),
    ]
    lines = (
        (
            line.id,
            str(words.VISIT_STATES[line.state]),
            moment_text(line.starts_at),
            line.service,
            line.recipient,
            line.volunteer,
            line.minutes_actual if line.minutes_actual is not None else line.minutes_planned,
            line.minutes_credited,
            line.place,
        )
        for line in rows
    )
    return csv_bytes(head, lines)
