"""The log as files, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from timebank.access import words
from timebank.access.queries import log
from timebank.core import units
from timebank.core.authority import Actor

Table = tuple[list[str], Sequence[Sequence[object]]]


def events_table(actor: Actor, wanted: log.LogFilter) -> Table:
    """What was done: headings and at most 50,000 rows."""
    header = [
        _("When"),
        _("Who"),
        _("Through"),
        _("What"),
        _("Code"),
        _("About whom"),
        _("Number"),
        _("Territory"),
        _("Detail"),
    ]
    rows = [
        [
            units.moment_text(line.at),
            line.actor_name,
            words.channel(line.channel),
            words.action(line.action),
            line.action,
            words.subject(line.subject_type),
            line.subject_id,
            line.territory_code,
            words.facts(line.detail),
        ]
        for line in log.all_events(actor, wanted)
    ]
    return header, rows


def reads_table(actor: Actor, wanted: log.LogFilter) -> Table:
    """Who saw whose sensitive data: headings and at most 50,000 rows."""
    header = [_("When"), _("Who"), _("Person"), _("Territory"), _("Fields"), _("Purpose")]
    rows = [
        [
            units.moment_text(line.at),
            line.actor_name,
            line.person_name,
            line.territory_code,
            words.fields(line.fields),
            words.purpose(line.purpose),
        ]
        for line in log.all_reads(actor, wanted)
    ]
    return header, rows
