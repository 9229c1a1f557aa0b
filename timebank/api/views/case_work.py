"""Work on a case: home visits, needs, and the lines of the plan."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import write
from timebank.api.schemas.base import Command
from timebank.api.schemas.case_work import Delivered, NewHomeVisitBody, NewNeed, NewPlanLine, Words
from timebank.assistance.service import plans as service
from timebank.assistance.service.plans import NewHomeVisit, NewLine
from timebank.core.web import actor

CASE = "/cases/<int:case_id>"
LINE = "/plan-lines/<int:line_id>"


@write(f"{CASE}/visits", body=NewHomeVisitBody, permission="cases.write", status=201)
def record_home_visit(case_id: int, body: Command[NewHomeVisit], key: str) -> dict[str, Any]:
    """Writes down a home visit that took place."""
    return {"id": service.record_visit(actor(), body.command(case_id=case_id), key=key)}


@write(f"{CASE}/needs", body=NewNeed, permission="cases.write", status=201)
def add_need(case_id: int, body: NewNeed, key: str) -> dict[str, Any]:
    """Writes down a need in the person's words."""
    return {"id": service.add_need(actor(), case_id, body.kind, body.words, key=key)}


@write("/needs/<int:need_id>/met", permission="cases.write")
def meet_need(need_id: int, key: str) -> dict[str, Any]:
    """The need is met; the answer is the number of the case."""
    return {"id": service.meet_need(actor(), need_id, key=key)}


@write(f"{CASE}/plan-lines", body=NewPlanLine, permission="cases.write", status=201)
def add_plan_line(case_id: int, body: Command[NewLine], key: str) -> dict[str, Any]:
    """Adds a promise to the plan: cash in fen, goods in pieces, or a service in minutes."""
    return {"id": service.add_line(actor(), body.command(case_id=case_id), key=key)}


@write(f"{LINE}/delivery", body=Delivered, permission="cases.write")
def deliver_plan_line(line_id: int, body: Delivered, key: str) -> dict[str, Any]:
    """What was promised was given; the answer is the number of the case."""
    return {"id": service.deliver_line(actor(), line_id, body.on, body.note, key=key)}


@write(f"{LINE}/cancellation", body=Words, permission="cases.write")
def cancel_plan_line(line_id: int, body: Words, key: str) -> dict[str, Any]:
    """A promise falls away; the answer is the number of the case."""
    return {"id": service.cancel_line(actor(), line_id, body.words, key=key)}
