"""What runs by the clock."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import PageQuery
from timebank.api.schemas.jobs import JobLine, Jobs, RunLine, Runs, Started
from timebank.core.errors import NotFound
from timebank.core.web import actor
from timebank.jobs import queries, service
from timebank.jobs.words import summary

ONE = "/jobs/<name>"


@read("/jobs", Jobs, permission="jobs.read")
def list_jobs() -> dict[str, Any]:
    """Every job with its last run and its next one."""
    return {"items": [_line(line) for line in queries.lines()]}


@read(ONE, JobLine, permission="jobs.read")
def get_job(name: str) -> dict[str, Any]:
    """One job."""
    return _line(_known(name))


def _known(name: str) -> queries.JobLine:
    found = queries.line(name)
    if found is None:
        raise NotFound("job_unknown")
    return found


def _line(line: queries.JobLine) -> dict[str, Any]:
    told = {"text": str(line.text), "last_summary": summary(line.last_summary)}
    return {**{field: getattr(line, field) for field in JobLine.model_fields if field not in told}, **told}


@read(f"{ONE}/runs", Runs, permission="jobs.read", query=PageQuery)
def list_job_runs(name: str, query: PageQuery) -> dict[str, Any]:
    """The runs of a job, newest first."""
    page = queries.history(_known(name).name, query.after or "", query.limit)
    return {"items": [_run(run) for run in page.items], "next": page.next}


def _run(run: queries.RunLine) -> dict[str, Any]:
    named = {field: getattr(run, field) for field in RunLine.model_fields}
    return {**named, "summary": summary(run.summary)}


@write(f"{ONE}/run", answer=Started, permission="jobs.manage", status=202)
def run_job(name: str, key: str) -> dict[str, Any]:
    """Starts a job now, in the background."""
    service.run_in_background(actor(), name, key=key)
    return {"name": name}
