"""Reports of matching as files."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from timebank.core.csvfile import csv_bytes
from timebank.core.units import moment_text
from timebank.matching.queries.unmet import NeedLine, UnmetNeed
from timebank.matching.queries.use import UseLine


def unmet_need_file(report: UnmetNeed) -> bytes:
    """Places, kinds of help and hours, one after the other; codes beside names."""
    parts = ((_("Place"), report.places), (_("Help"), report.services), (_("Hour"), report.hours))
    header = [
        _("Grouped by"),
        _("Code"),
        _("Place, help or hour"),
        _("Visits needed"),
        _("Without a helper"),
        _("Still waiting"),
        _("Minutes missing"),
    ]
    return csv_bytes(header, [[by, *_need(line)] for by, lines in parts for line in lines])


def _need(line: NeedLine) -> Iterable[object]:
    need = line.need
    return line.code, line.name, need.visits, need.unmet, need.waiting, need.minutes


def helper_use_file(lines: Iterable[UseLine]) -> bytes:
    """Every active helper of the area, the most used first; the share in percent."""
    header = [
        _("Person number"),
        _("Name"),
        _("Place"),
        _("Visits"),
        _("Minutes given"),
        _("Minutes offered"),
        _("Share of the offer, percent"),
        _("Asked"),
        _("Said no"),
        _("Last visit"),
    ]
    return csv_bytes(
        header,
        [
            [
                line.person_id,
                line.name,
                line.place,
                line.visits,
                line.minutes,
                line.offered_minutes,
                line.permille / 10,
                line.asked,
                line.declined,
                moment_text(line.last_visit),
            ]
            for line in lines
        ],
    )
