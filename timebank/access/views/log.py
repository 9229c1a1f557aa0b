"""The access log: what was done, and who saw whose sensitive data."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from timebank.access import queries, service, words
from timebank.access.forms.staff import LogForm
from timebank.access.queries import log as lines
from timebank.access.views.base import bp
from timebank.core import units
from timebank.core.csvfile import csv_bytes
from timebank.core.web import actor, download, permit
from timebank.territory import queries as territory


def _form() -> LogForm:
    form = LogForm(MultiDict(request.args))
    form.validate()
    return form


def _filter(form: LogForm) -> lines.LogFilter:
    number = (form.member_no.data or "").strip()
    deed = (form.action.data or "").strip()
    return lines.LogFilter(
        day_from=form.day_from.data,
        day_to=form.day_to.data,
        who=(form.who.data or "").strip(),
        action=deed,
        actions=tuple(words.actions_like(deed)) if deed else (),
        subject=(form.subject.data or "").strip(),
        person_id=(queries.person_by_number(number) or 0) if number else None,
    )


@bp.get("/log")
@permit("audit.read")
def log() -> Response:
    """What was done."""
    form = _form()
    page = lines.events(actor(), _filter(form), request.args.get("after", ""))
    places = territory.path_names({line.territory_code for line in page.items if line.territory_code})
    return make_response(render_template("access/log.html", form=form, page=page, places=places, words=words))


@bp.get("/log/reads")
@permit("audit.read")
def log_reads() -> Response:
    """Who saw whose sensitive data."""
    form = _form()
    page = lines.reads(actor(), _filter(form), request.args.get("after", ""))
    return make_response(render_template("access/log_reads.html", form=form, page=page))


@bp.get("/log.csv")
@permit("audit.read")
def log_csv() -> Response:
    """What was done, as a file (at most 50,000 lines)."""
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
        for line in lines.all_events(actor(), _filter(_form()))
    ]
    return _file(header, rows, "log.csv")


@bp.get("/log/reads.csv")
@permit("audit.read")
def log_reads_csv() -> Response:
    """Who saw whose sensitive data, as a file (at most 50,000 lines)."""
    header = [_("When"), _("Who"), _("Person"), _("Territory"), _("Fields"), _("Purpose")]
    rows = [
        [units.moment_text(line.at), line.actor_name, line.person_name, line.territory_code, line.fields, line.purpose]
        for line in lines.all_reads(actor(), _filter(_form()))
    ]
    return _file(header, rows, "reads.csv")


def _file(header: list[str], rows: Sequence[Sequence[object]], name: str) -> Response:
    service.note_export(actor(), name, len(rows))
    return download(csv_bytes(header, rows), name)
