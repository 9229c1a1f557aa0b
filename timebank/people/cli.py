"""`flask people import`: a spreadsheet of people from the command line (formats.md §2)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from timebank.core.authority import Actor
from timebank.core.errors import TimebankError
from timebank.core.texts import refusal_text
from timebank.people.queries.imports import rejects_csv
from timebank.people.service.imports import ImportReport, import_people

people = AppGroup("people", help="The registry of people.")
commands = [people]


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a row was rejected.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write the rejected rows with their reasons there.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one line of JSON.")
def import_command(file: Path, dry_run: bool, strict: bool, rejects: Path | None, as_json: bool) -> None:
    """Takes the rows of FILE (.csv or .xlsx) into the registry; wrong rows come back with reasons."""
    with current_app.test_request_context(), force_locale(_language()):
        report = _run(file, dry_run)
        if rejects:
            _write(rejects, report)
        _print(report, as_json)
    sys.exit(1 if strict and report.faults else 0)


def _language() -> str:
    """The language of the terminal: reasons are written in it."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if spoken.startswith("zh") else "en"


def _run(file: Path, dry_run: bool) -> ImportReport:
    try:
        return import_people(Actor.system("people import", channel="cli"), file.read_bytes(), dry_run=dry_run)
    except OSError as error:
        _stop(f"{file}: {error.strerror}")
    except TimebankError as error:
        _stop(f"{file}: {refusal_text(error)}")


def _stop(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(2)


def _write(path: Path, report: ImportReport) -> None:
    cells = dict(report.sheet.rows)
    rows = {number: (cells[number], faults) for number, faults in report.faults.items()}
    try:
        path.write_bytes(rejects_csv(report.sheet.header, rows))
    except OSError as error:
        _stop(f"{path}: {error.strerror}")


def _print(report: ImportReport, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.counts))
        return
    click.echo(", ".join(f"{name.replace('_', ' ')} {count}" for name, count in report.counts.items()))
