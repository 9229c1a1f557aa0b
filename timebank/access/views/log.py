"""The access log: what was done, and who saw whose sensitive data."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from timebank.access import service, words
from timebank.access.forms.staff import LogForm
from timebank.access.queries import log as lines
from timebank.access.queries import log_files
from timebank.access.views.base import bp
from timebank.core.csvfile import csv_bytes
from timebank.core.web import actor, download, permit
from timebank.territory import queries as territory


def _form() -> LogForm:
    form = LogForm(MultiDict(request.args))
    form.validate()
    return form


def _filter(form: LogForm) -> lines.LogFilter:
    return lines.log_filter(
        form.day_from.data,
        form.day_to.data,
        form.who.data or "",
        form.action.data or "",
        form.subject.data or "",
        form.member_no.data or "",
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
    return make_response(render_template("access/log_reads.html", form=form, page=page, words=words))


@bp.get("/log.csv")
@permit("audit.read")
def log_csv() -> Response:
    """What was done, as a file (at most 50,000 lines)."""
    return _file(*log_files.events_table(actor(), _filter(_form())), "log.csv")


@bp.get("/log/reads.csv")
@permit("audit.read")
def log_reads_csv() -> Response:
    """Who saw whose sensitive data, as a file (at most 50,000 lines)."""
    return _file(*log_files.reads_table(actor(), _filter(_form())), "reads.csv")


def _file(header: list[str], rows: Sequence[Sequence[object]], name: str) -> Response:
    service.note_export(actor(), name, len(rows))
    return download(csv_bytes(header, rows), name)
