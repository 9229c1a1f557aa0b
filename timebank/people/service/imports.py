"""Spreadsheets of people: at once (command line), or in the background with progress (pages)."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from timebank.core import audit, clock
from timebank.core.authority import Actor, Grant
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotAllowed, Refused
from timebank.core.spreadsheet import Unreadable, records, table
from timebank.people.models import ImportRun
from timebank.people.rules.codes import Wrong
from timebank.people.rules.headings import Sheet, sheet
from timebank.people.rules.import_plan import Plan, plan
from timebank.people.rules.import_row import Fault, ImportedRow
from timebank.people.service.import_rows import IMPORT, Outcome, take

BATCH = 200  # rows in one transaction of a run in the background
LEASE = timedelta(minutes=5)  # a batch takes seconds; a run whose worker died is taken over after this
CHECK_LEASE = timedelta(hours=1)  # a check is one transaction, however long the file
BEGUN = {"waiting": "running", "to_check": "checking"}
KEPT = timedelta(days=30)
WORKER = frozenset({"people.read", "people.write", IMPORT})


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.  `faults` by row number; `sheet` to give back the rows that were not taken."""

    counts: dict[str, int]
    faults: dict[int, list[Fault]]
    sheet: Sheet


class _DryRun(Exception):
    """Carries the outcome out of a transaction that must leave nothing behind."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


def read_sheet(content: bytes) -> Sheet:
    """The file as a table with known headings.

    Raises `Refused("file_unreadable" | "file_empty" | "headings_missing" | "headings_twice")`.
    """
    try:
        return sheet(records(table(content)))
    except Unreadable:
        raise Refused("file_unreadable", field="file")
    except Wrong as wrong:
        raise Refused(wrong.code, field="file", **wrong.facts)


def import_people(actor: Actor, content: bytes, *, dry_run: bool = False) -> ImportReport:
    """Takes a whole spreadsheet in one transaction (formats.md §1): all good rows, or with `dry_run` none.

    Rows outside the territories of the actor's `people.import` come back.  The same file again changes nothing.
    Raises as `read_sheet`, and `NotAllowed` for somebody who may import nowhere.
    """
    if not actor.has(IMPORT):
        raise NotAllowed(IMPORT)
    found = read_sheet(content)
    try:
        return _import(actor, found, dry_run)
    except _DryRun as end:
        return end.report


@transaction
def _import(actor: Actor, found: Sheet, dry_run: bool) -> ImportReport:
    made = plan(found, clock.today())
    outcome = _rejected_by_plan(made)
    for batch in _batches(made.rows):
        outcome.add(take(actor, made, batch))
    report = ImportReport(outcome.counts, dict(sorted(outcome.faults.items())), found)
    if dry_run:
        raise _DryRun(report)
    audit.record(actor, "import.people", "import", "file", "", **outcome.counts)
    return report


def _rejected_by_plan(made: Plan) -> Outcome:
    outcome = Outcome(faults=dict(made.faults))
    outcome.counts["read"] = outcome.counts["rejected"] = len(made.faults)
    return outcome


def _batches(rows: Sequence[ImportedRow]) -> Iterator[Sequence[ImportedRow]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


# -- in the background -------------------------------------------------------------------------------------------------


@command
def start_import(actor: Actor, file_name: str, content: str, dry_run: bool = False, *, key: str | None = None) -> int:
    """Keeps a file (base64 text) until it has been read in the background; returns the number of the run.

    With `dry_run` it is only checked: counts and faults are as they would be, and nothing of it is taken in.
    Raises as `read_sheet`: a file that is no table is refused at once.
    """
    scopes = actor.scopes(IMPORT)
    if not scopes:
        raise NotAllowed(IMPORT)
    found = read_sheet(base64.b64decode(content))
    run = ImportRun(
        territory_code=scopes[0] if len(scopes) == 1 else _shared(scopes),
        file_name=file_name[:200],
        content=content,
        state="to_check" if dry_run else "waiting",
        rows=len(found.rows),
        started_by=actor.account_id,
        starter_name=actor.name[:80],
        scopes=list(scopes),
    )
    db.session.add(run)
    db.session.flush()
    audit.record(actor, "start.import", "import", run.id, run.territory_code, rows=run.rows)
    return run.id


def _shared(scopes: Sequence[str]) -> str:
    """The narrowest territory around all of them."""
    from timebank.people.queries.duplicates import around

    shared = scopes[0]
    for scope in scopes[1:]:
        shared = around(shared, scope)
    return shared


def work_imports() -> int:
    """Reads every file that waits, one after the other; returns how many.  For the job and the thread of the page."""
    worked = 0
    while (claimed := _claim()) is not None:
        worked += 1
        _work(*claimed)
    return worked


@transaction
def _claim() -> tuple[int, str] | None:
    """Takes the oldest waiting run, or one whose worker died; only one worker can win it."""
    free = or_(
        ImportRun.state.in_(tuple(BEGUN)),
        ImportRun.state.in_(tuple(BEGUN.values())) & (ImportRun.leased_until < clock.now()),
    )
    oldest = select(ImportRun.id, ImportRun.state).where(free).order_by(ImportRun.id).limit(1)
    found = db.session.execute(oldest).one_or_none()
    if found is None:
        return None
    lease, state = secrets.token_hex(16), BEGUN.get(found.state, found.state)
    until = clock.now() + (CHECK_LEASE if state == "checking" else LEASE)
    claimed = {"state": state, "lease": lease, "leased_until": until}
    won: Any = db.session.execute(update(ImportRun).where(ImportRun.id == found.id, free).values(claimed))
    return (found.id, lease) if won.rowcount else None


def _work(run_id: int, lease: str) -> None:
    try:
        while _work_batch(run_id, lease):
            pass
        _check(run_id, lease)
    except Exception as error:  # whatever it is, the person waiting for the page must learn that it ended
        _fail(run_id, lease, error)
        if not isinstance(error, Refused):
            raise


@transaction
def _work_batch(run_id: int, lease: str) -> bool:
    """The next 200 rows, their counts and how far it got, in one transaction; False when nothing is left to do."""
    run = db.session.get(ImportRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.lease != lease or run.state != "running" or run.content is None:
        return False
    found = read_sheet(base64.b64decode(run.content))
    made = plan(found, clock.civil(run.created_at).date())
    start = run.done - len(made.faults) if run.counts else 0
    outcome = Outcome() if run.counts else _rejected_by_plan(made)
    batch = made.rows[start : start + BATCH]
    outcome.add(take(_starter(run), made, batch))
    _note(run, found, outcome)
    run.leased_until = clock.now() + LEASE
    if run.done < run.rows:
        return True
    run.state, run.content, run.finished_at, run.lease = "done", None, clock.now(), ""
    audit.record(_starter(run), "finish.import", "import", run.id, run.territory_code, **run.counts)
    return False


def _check(run_id: int, lease: str) -> None:
    """Of a run that is only a check: reads the file in a transaction that is taken back, then notes what came of it."""
    run = db.session.get(ImportRun, run_id, populate_existing=True)
    if run is not None and run.state == "checking" and run.content is not None:
        _note_check(run_id, lease, import_people(_starter(run), base64.b64decode(run.content), dry_run=True))


@transaction
def _note_check(run_id: int, lease: str, report: ImportReport) -> None:
    run = db.session.get(ImportRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.lease != lease:
        return
    _note(run, report.sheet, Outcome(counts=report.counts, faults=report.faults))
    run.state, run.content, run.finished_at, run.lease = "checked", None, clock.now(), ""
    audit.record(_starter(run), "check.import", "import", run.id, run.territory_code, **run.counts)


def _note(run: ImportRun, found: Sheet, outcome: Outcome) -> None:
    run.done += outcome.counts["read"]
    run.counts = {name: count + run.counts.get(name, 0) for name, count in outcome.counts.items()}
    kept = json.loads(run.rejects) if run.rejects else {"header": list(found.header), "rows": []}
    cells = dict(found.rows)
    kept["rows"] += [
        {"row": number, "cells": list(cells[number]), "faults": [asdict(fault) for fault in faults]}
        for number, faults in outcome.faults.items()
    ]
    run.rejects = json.dumps(kept, ensure_ascii=False)


def _starter(run: ImportRun) -> Actor:
    """Whoever sent the file, with the territories they could import into at that moment."""
    grants = tuple(Grant("import", scope, WORKER) for scope in run.scopes)
    return Actor(account_id=run.started_by, name=run.starter_name, grants=grants, channel="import")


@transaction
def forget_rejects() -> int:
    """Erases the rows that came back from files read over 30 days ago (PIPL art. 19); returns of how many files."""
    old = (ImportRun.rejects.is_not(None)) & (ImportRun.finished_at < clock.now() - KEPT)
    erased: Any = db.session.execute(update(ImportRun).where(old).values(rejects=None))
    return int(erased.rowcount)


@transaction
def _fail(run_id: int, lease: str, error: Exception) -> None:
    run = db.session.get(ImportRun, run_id)
    if run and run.lease == lease:
        run.state, run.lease, run.finished_at = "failed", "", clock.now()
        run.error = error.code if isinstance(error, Refused) else "import_failed"
