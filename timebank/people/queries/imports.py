"""Imports: how far they are, what came of them, the rows that came back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import get_locale
from sqlalchemy import select

from timebank.core.authority import Actor
from timebank.core.csvfile import csv_bytes
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.people.models import ImportRun
from timebank.people.rules.headings import CHINESE
from timebank.people.rules.import_row import Fault
from timebank.people.texts import ROW_HEADINGS, VALUE_TEXTS

IMPORT = "people.import"


@dataclass(frozen=True, slots=True)
class RunLine:
    """An import: `done` of `rows` have been read."""

    id: int
    file_name: str
    state: str
    rows: int
    done: int
    counts: dict[str, int]
    error: str
    starter_name: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state in {"done", "failed", "checked"}

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return 100 if self.state in {"done", "checked"} else self.done * 100 // max(self.rows, 1)


def _line(run: ImportRun) -> RunLine:
    return RunLine(
        id=run.id,
        file_name=run.file_name,
        state=run.state,
        rows=run.rows,
        done=run.done,
        counts=dict(run.counts or {}),
        error=run.error,
        starter_name=run.starter_name,
        created_at=run.created_at,
        finished_at=run.finished_at,
    )


def _run(actor: Actor, run_id: int) -> ImportRun:
    mine = in_scope(ImportRun.territory_code, actor.scopes(IMPORT))
    run = db.session.scalar(select(ImportRun).where(ImportRun.id == run_id, mine))
    if run is None:
        raise NotFound("import_not_found")
    return run


def run(actor: Actor, run_id: int) -> RunLine:
    """An import into the actor's territory.  Raises `NotFound("import_not_found")`."""
    return _line(_run(actor, run_id))


def latest_runs(actor: Actor, limit: int = 10) -> list[RunLine]:
    """The newest imports into the actor's territory."""
    mine = in_scope(ImportRun.territory_code, actor.scopes(IMPORT))
    rows = db.session.scalars(select(ImportRun).where(mine).order_by(ImportRun.id.desc()).limit(limit))
    return [_line(row) for row in rows]


def rejects_file(actor: Actor, run_id: int) -> bytes:
    """The rows that came back as a CSV file, with row number and reason in the reader's language."""
    kept = json.loads(_run(actor, run_id).rejects or '{"header": [], "rows": []}')
    rows = {item["row"]: (item["cells"], [Fault(**fault) for fault in item["faults"]]) for item in kept["rows"]}
    return rejects_csv(kept["header"], rows)


def rejected_lines(actor: Actor, run_id: int, limit: int = 50) -> list[tuple[int, str]]:
    """The first rows that came back: number and reason, for the page."""
    kept = json.loads(_run(actor, run_id).rejects or '{"rows": []}')
    rows = sorted(kept["rows"], key=lambda item: int(item["row"]))[:limit]
    return [(item["row"], reason([Fault(**fault) for fault in item["faults"]])) for item in rows]


def rejects_csv(header: Iterable[str], rows: Mapping[int, tuple[Iterable[str], list[Fault]]]) -> bytes:
    """The original columns, then the number of the row and the reason."""
    names = list(header)
    lines: list[list[Any]] = []
    for number, (cells, faults) in sorted(rows.items()):
        padded = [*cells, *[""] * len(names)][: len(names)]
        lines.append([*padded, number, reason(faults)])
    return csv_bytes([*names, *(str(heading) for heading in ROW_HEADINGS)], lines)


def reason(faults: Iterable[Fault]) -> str:
    """Everything that is wrong with a row, in the reader's language."""
    return " ".join(_sentence(fault) for fault in faults)


def _sentence(fault: Fault) -> str:
    text = str(VALUE_TEXTS.get(fault.code, fault.code))
    return f"{_heading(fault.column)}: {text % fault.facts}" if fault.column else text % fault.facts


def _heading(column: str) -> str:
    """A column as it stands over the template the reader was given."""
    return CHINESE.get(column, column) if str(get_locale()).startswith("zh") else column
