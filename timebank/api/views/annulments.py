"""Cases about hours that may not be true: opened, heard, decided, looked at again."""

from __future__ import annotations

from typing import Any

from timebank.api.cursors import number
from timebank.api.routing import read, write
from timebank.api.schemas.annulments import (
    AnnulmentCase,
    CaseLines,
    CasesPage,
    CasesQuery,
    CreditedQuery,
    DecisionBody,
    HearingBody,
    ReExaminationBody,
    SuspectVisits,
    SuspicionBody,
)
from timebank.api.schemas.base import Command
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import annulments as queries
from timebank.exchange.queries import volunteers
from timebank.exchange.service import annulments as service
from timebank.exchange.service.annulments import Decision, ReExamination, Suspicion


@read("/annulments", CasesPage, permission="annulments.read", query=CasesQuery)
def list_annulments(query: CasesQuery) -> Page[queries.CaseLine]:
    """Cases in one's territories: open ones, or all."""
    return queries.cases(actor(), query.all, number(query.after), query.limit)


@read("/annulments/<int:case_id>", AnnulmentCase, permission="annulments.read")
def get_annulment(case_id: int) -> queries.CaseDetail:
    """One case."""
    return queries.case(actor(), case_id)


@read(
    "/volunteers/<int:person_id>/credited-visits", SuspectVisits, permission="annulments.propose", query=CreditedQuery
)
def list_credited_visits(person_id: int, query: CreditedQuery) -> dict[str, Any]:
    """The newest 60 credited visits of a volunteer until a day (today) that are in no open case."""
    volunteer = volunteers.volunteer(actor(), person_id)
    if not actor().may("annulments.propose", volunteer.helper.territory_code):
        raise NotFound("no_such_volunteer")
    return {"items": queries.credited_visits(person_id, query.until)}


@write("/annulments", body=SuspicionBody, permission="annulments.propose", status=201)
def suspect_hours(body: Command[Suspicion], key: str) -> dict[str, Any]:
    """Opens a case: the suspect minutes are on hold, the volunteer is asked."""
    return {"id": service.suspect(actor(), body.command(), key=key)}


@write("/annulments/<int:case_id>/decision", body=DecisionBody, permission="annulments.decide")
def decide_annulment(case_id: int, body: Command[Decision], key: str) -> dict[str, Any]:
    """Annuls the hours or frees them, after the volunteer was heard."""
    return {"id": service.decide(actor(), body.command(case_id=case_id), key=key)}


@write("/annulments/<int:case_id>/re-examination", body=ReExaminationBody, permission="annulments.decide")
def re_examine_annulment(case_id: int, body: Command[ReExamination], key: str) -> dict[str, Any]:
    """A third person decides on an appeal."""
    return {"id": service.re_examine(actor(), body.command(case_id=case_id), key=key)}


@read("/my/hearings", CaseLines, permission=SIGNED_IN)
def list_my_hearings() -> dict[str, Any]:
    """Questions about one's own hours."""
    person_id = actor().person_id
    return {"items": queries.own_cases(person_id) if person_id else []}


@read("/my/hearings/<int:case_id>", AnnulmentCase, permission=SIGNED_IN)
def get_my_hearing(case_id: int) -> queries.CaseDetail:
    """One question about one's own hours, or about those of somebody one acts for."""
    return queries.own_case(actor(), case_id)


@write("/my/hearings/<int:case_id>/answer", body=HearingBody, permission=SIGNED_IN)
def answer_hearing(case_id: int, body: HearingBody, key: str) -> dict[str, Any]:
    """Says how it was, before anybody decides."""
    return {"id": service.answer(actor(), case_id, body.text, key=key)}


@write("/my/hearings/<int:case_id>/appeal", body=HearingBody, permission=SIGNED_IN)
def appeal_hearing(case_id: int, body: HearingBody, key: str) -> dict[str, Any]:
    """Asks for another person to look again."""
    return {"id": service.appeal(actor(), case_id, body.text, key=key)}
