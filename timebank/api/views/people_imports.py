"""Spreadsheets of people: sent at once, read in the background."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from timebank.api.routing import read, read_file, write
from timebank.api.schemas.people_relations import ImportBody, ImportFile, Imports
from timebank.core.errors import Refused
from timebank.core.texts import refusal_text
from timebank.core.web import actor, download
from timebank.people import background
from timebank.people.queries import files, imports
from timebank.people.service.imports import start_import as begin

IMPORT = "people.import"
RUN = "/people/imports/<int:run_id>"


@write("/people/imports", body=ImportBody, permission=IMPORT, status=201)
def start_import(body: ImportBody, key: str) -> dict[str, Any]:
    """Hands a spreadsheet in; ask `GET /people/imports/{id}` until it has `ended`.

    A file that is no table is refused at once.  Rows outside one's territories come back, as wrong ones do.
    """
    run_id = begin(actor(), body.file_name, body.content, body.dry_run, key=key)
    background.work_soon()
    return {"id": run_id}


@read("/people/imports", Imports, permission=IMPORT)
def list_imports() -> dict[str, Any]:
    """The newest ten imports of one's territories."""
    return {"items": imports.latest_runs(actor())}


@read(RUN, ImportFile, permission=IMPORT)
def get_import(run_id: int) -> dict[str, Any]:
    """How far a spreadsheet is, and in the end what became of it."""
    run = imports.run(actor(), run_id)
    lines = imports.rejected_lines(actor(), run_id) if run.ended else []
    return {name: getattr(run, name) for name in ImportFile.model_fields if hasattr(run, name)} | {
        "failure": refusal_text(Refused(run.error)) if run.error else "",
        "clean": run.state in {"done", "checked"} and not run.counts.get("rejected"),
        "rejected": [{"row": number, "reason": reason} for number, reason in lines],
    }


@read_file(f"{RUN}/rejects/file", "text/csv", permission=IMPORT)
def get_import_rejects(run_id: int) -> Response:
    """All rows that came back, as they were sent, with number and reason in the language asked for."""
    return download(imports.rejects_file(actor(), run_id), f"{_('rejected')}-{run_id}.csv")


@read_file("/people/imports/template/file", "text/csv", permission=IMPORT)
def get_import_template() -> Response:
    """An empty spreadsheet with the headings."""
    return download(files.template_csv(), "people.csv")
