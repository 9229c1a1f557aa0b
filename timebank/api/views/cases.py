"""Assistance cases, for those who work on them."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.access import queries as access
from timebank.api.cursors import number
from timebank.api.routing import read, read_file, write
from timebank.api.schemas.base import Command
from timebank.api.schemas.case_work import Closing, NewCaseBody, NewWorker, Words, Workers
from timebank.api.schemas.cases import CaseFileFacts, CasesPage, CasesQuery, Purpose
from timebank.assistance import files
from timebank.assistance.queries import cases, file, health
from timebank.assistance.service import cases as service
from timebank.assistance.service.cases import NewCase
from timebank.core.paging import Page
from timebank.core.web import actor, download

ONE = "/cases/<int:case_id>"


def _filters(query: CasesQuery) -> cases.Filters:
    kind = query.kind.value if query.kind else ""
    urgency = query.urgency.value if query.urgency else ""
    return cases.Filters(query.text, query.state, kind, urgency, query.mine, query.overdue)


@read("/cases", CasesPage, permission="cases.read", query=CasesQuery)
def list_cases(query: CasesQuery) -> Page[cases.CaseRow]:
    """Cases of the territories one may read."""
    return cases.page(actor(), _filters(query), number(query.after), query.limit)


@read_file("/cases/file", "text/csv", permission="cases.read", query=CasesQuery)
def export_cases(query: CasesQuery) -> Response:
    """The same as a file, without pages.  That the list left the system is written down."""
    rows = cases.every(actor(), _filters(query))
    service.note_export(actor(), len(rows))
    return download(files.cases_file(rows), "cases.csv")


@read(ONE, CaseFileFacts, permission="cases.read", query=Purpose)
def get_case(case_id: int, query: Purpose) -> dict[str, Any]:
    """The file of a case.  The look is written down with its purpose."""
    service.open_file(actor(), case_id, query.purpose)
    found = file.file(actor(), case_id)
    named = {name: getattr(found, name) for name in CaseFileFacts.model_fields if name not in {"visits", "events"}}
    visits = [_visit(moment) for moment in found.timeline if moment.what == "visit"]
    events = [moment.item for moment in found.timeline if moment.what == "state"]
    return {**named, "visits": visits, "events": events}


def _visit(moment: file.Moment) -> dict[str, Any]:
    names = ("id", "kind", "visitors", "started_at", "ended_at", "findings", "next_action", "next_due_on", "signed_by")
    return {**{name: getattr(moment.item, name) for name in names}, "recorded_by": moment.who}


@read("/people/<int:person_id>/case-workers", Workers, permission="cases.write")
def list_case_workers(person_id: int) -> dict[str, Any]:
    """The accounts that may answer for a case of this person, by name."""
    person = health.patient(actor(), person_id, "cases.write")
    found = access.accounts_with("cases.write", person.territory_code)
    return {"items": [{"id": one.id, "name": one.display_name} for one in found]}


@write("/cases", body=NewCaseBody, permission="cases.write", status=201)
def open_case(body: Command[NewCase], key: str) -> dict[str, Any]:
    """Opens a case for a person; without `case_worker_id` one answers for it oneself."""
    return {"id": service.open_case(actor(), body.command(), key=key)}


@write(f"{ONE}/worker", body=NewWorker, permission="cases.write", method="PUT")
def hand_case_over(case_id: int, body: NewWorker, key: str) -> dict[str, Any]:
    """Hands the case over to another case worker."""
    return {"id": service.assign_worker(actor(), case_id, body.case_worker_id, key=key)}


@write(f"{ONE}/proposal", permission="cases.write")
def propose_plan(case_id: int, key: str) -> dict[str, Any]:
    """Puts the plan forward; another person approves it."""
    return {"id": service.propose_plan(actor(), case_id, key=key)}


@write(f"{ONE}/approval", permission="cases.approve")
def approve_plan(case_id: int, key: str) -> dict[str, Any]:
    """Approves the plan; it can be delivered from now on."""
    return {"id": service.approve_plan(actor(), case_id, key=key)}


@write(f"{ONE}/return", body=Words, permission="cases.approve")
def return_plan(case_id: int, body: Words, key: str) -> dict[str, Any]:
    """Sends the plan back to the case worker."""
    return {"id": service.return_plan(actor(), case_id, body.words, key=key)}


@write(f"{ONE}/revision", body=Words, permission="cases.write")
def revise_plan(case_id: int, body: Words, key: str) -> dict[str, Any]:
    """Takes an approved plan up again; it needs approval once more."""
    return {"id": service.revise_plan(actor(), case_id, body.words, key=key)}


@write(f"{ONE}/closure", body=Closing, permission="cases.write")
def close_case(case_id: int, body: Closing, key: str) -> dict[str, Any]:
    """Closes the case, with the reason."""
    return {"id": service.close_case(actor(), case_id, body.reason, body.words, key=key)}


@write(f"{ONE}/reopening", body=Words, permission="cases.write")
def reopen_case(case_id: int, body: Words, key: str) -> dict[str, Any]:
    """Takes a closed case up again, once."""
    return {"id": service.reopen_case(actor(), case_id, body.words, key=key)}
