"""Spreadsheets: sending one, watching it being read, taking the rejected rows back."""

from __future__ import annotations

import base64

from flask import Response as FlaskResponse
from flask import make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.errors import Refused
from timebank.core.texts import refusal_text
from timebank.core.web import actor, download, partial, permit, submit
from timebank.people import background
from timebank.people.forms.relations import ImportForm
from timebank.people.queries import files, imports
from timebank.people.rules.headings import CHINESE
from timebank.people.service.imports import start_import
from timebank.people.views.base import bp


@bp.route("/people/imports", methods=["GET", "POST"])
@permit("people.import")
def upload() -> Response:
    """Sends a spreadsheet; the newest ones stand below."""
    form = ImportForm()
    return submit(
        form,
        lambda: _start(form),
        done=lambda run_id: url_for("people.import_run", run_id=run_id),
        template="people/import.html",
        runs=imports.latest_runs(actor()),
        columns=CHINESE,
    )


def _start(form: ImportForm) -> int:
    content = base64.b64encode(form.file.data.read()).decode()
    run_id = start_import(actor(), form.file.data.filename or "", content, form.dry_run.data, key=form.key.data)
    background.work_soon()
    return run_id


@bp.get("/people/imports/<int:run_id>")
@permit("people.import")
def import_run(run_id: int) -> Response:
    """How far a spreadsheet is, and in the end what became of it."""
    run = imports.run(actor(), run_id)
    lines = imports.rejected_lines(actor(), run_id) if run.ended else []
    failure = refusal_text(Refused(run.error)) if run.error else ""
    return make_response(render_template("people/import_run.html", run=run, lines=lines, failure=failure))


@bp.get("/people/imports/<int:run_id>/progress")
@permit("people.import")
def import_progress(run_id: int) -> Response:
    """The bar of the page; when it is full, htmx loads the page anew."""
    run = imports.run(actor(), run_id)
    if not partial():
        return redirect(url_for("people.import_run", run_id=run_id))
    response = make_response(render_template("people/_progress.html", run=run))
    if run.ended:
        response.headers["HX-Redirect"] = url_for("people.import_run", run_id=run_id)
    return response


@bp.get("/people/imports/<int:run_id>/rejected.csv")
@permit("people.import")
def import_rejects(run_id: int) -> FlaskResponse:
    """The rows that came back, with reasons in the reader's language."""
    return download(imports.rejects_file(actor(), run_id), f"{_('rejected')}-{run_id}.csv")


@bp.get("/people/imports/template.csv")
@permit("people.import")
def import_template() -> FlaskResponse:
    """An empty spreadsheet with the headings."""
    return download(files.template_csv(), "people.csv")
