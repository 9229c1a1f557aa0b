"""Lists of cases, scoped by territory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select

from timebank.access import queries as access
from timebank.assistance.models import AssistanceCase, PlanLine
from timebank.assistance.rules.cases import CaseKind, CaseState, CloseReason, Urgency, days_overdue
from timebank.assistance.rules.plans import LineState
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.people import queries as people
from timebank.territory import queries as territory

SEARCHED_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; nothing of what was said or found."""

    id: int
    person_id: int
    name: str
    age: int | None
    place: str
    kind: CaseKind
    urgency: Urgency
    state: CaseState
    opened_on: date
    closed_on: date | None
    close_reason: CloseReason | None
    worker_id: int
    worker: str
    next_visit_on: date | None
    overdue_days: int
    open_lines: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to.  `state` "open" means not closed, "" means all."""

    text: str = ""
    state: str = "open"
    kind: str = ""
    urgency: str = ""
    mine: bool = False
    overdue: bool = False


def page(actor: Actor, filters: Filters, before: int | None = None, limit: int = PER_PAGE) -> Page[CaseRow]:
    """Cases the actor may read, newest first; `before` is the id to go on from.  Six statements at most."""
    query = _narrowed(actor, filters).order_by(AssistanceCase.id.desc()).limit(limit + 1)
    if before:
        query = query.where(AssistanceCase.id < before)
    cases = list(db.session.scalars(query))
    rows = _rows(cases, actor.scopes("cases.read"))
    return cut(rows, [row.id for row in rows], limit)


def every(actor: Actor, filters: Filters, at_most: int = 20_000) -> list[CaseRow]:
    """The same cases without pages, for the export."""
    return _rows(list(db.session.scalars(_narrowed(actor, filters).order_by(AssistanceCase.id).limit(at_most))))


def _narrowed(actor: Actor, filters: Filters) -> Select[AssistanceCase]:
    query = select(AssistanceCase).where(in_scope(AssistanceCase.territory_code, actor.scopes("cases.read")))
    if filters.state == "open":
        query = query.where(AssistanceCase.state != CaseState.CLOSED)
    elif filters.state in set(CaseState):
        query = query.where(AssistanceCase.state == CaseState(filters.state))
    if filters.kind in set(CaseKind):
        query = query.where(AssistanceCase.kind == CaseKind(filters.kind))
    if filters.urgency in set(Urgency):
        query = query.where(AssistanceCase.urgency == Urgency(filters.urgency))
    if filters.mine:
        query = query.where(AssistanceCase.case_worker_id == actor.account_id)
    if filters.overdue:
        query = query.where(visit_overdue())
    if filters.text.strip():
        hits = people.search(actor, filters.text, permission="cases.read", limit=SEARCHED_AT_MOST)
        query = query.where(AssistanceCase.person_id.in_([hit.id for hit in hits]))
    return query


def visit_overdue() -> ColumnElement[bool]:
    """Open cases whose next visit was due before today."""
    return (AssistanceCase.state != CaseState.CLOSED) & (AssistanceCase.next_visit_on < clock.today())


def _rows(cases: Sequence[AssistanceCase], scopes: Iterable[str] = ()) -> list[CaseRow]:
    briefs = people.briefs([case.person_id for case in cases])
    places = territory.local_names([case.territory_code for case in cases], scopes)
    workers = access.names_of_accounts(case.case_worker_id for case in cases)
    open_lines = _open_lines([case.id for case in cases])
    today = clock.today()
    return [
        CaseRow(
            id=case.id,
            person_id=case.person_id,
            name=briefs[case.person_id].name,
            age=briefs[case.person_id].age(today),
            place=places.get(case.territory_code, ""),
            kind=case.kind,
            urgency=case.urgency,
            state=case.state,
            opened_on=case.opened_on,
            closed_on=case.closed_on,
            close_reason=case.close_reason,
            worker_id=case.case_worker_id,
            worker=workers.get(case.case_worker_id, ""),
            next_visit_on=case.next_visit_on,
            overdue_days=days_overdue(case.next_visit_on, today),
            open_lines=open_lines.get(case.id, 0),
        )
        for case in cases
        if case.person_id in briefs
    ]


def _open_lines(case_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(PlanLine.case_id, func.count())
        .where(PlanLine.case_id.in_(case_ids), PlanLine.state == LineState.PLANNED)
        .group_by(PlanLine.case_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody in assistance."""

    mine: int
    overdue: int
    plans: int


def waiting(actor: Actor) -> Waiting:
    """Counts for the first page: own open cases, visits overdue, plans to approve.  One statement."""
    is_open = AssistanceCase.state != CaseState.CLOSED
    own = AssistanceCase.case_worker_id == actor.account_id
    own_plan = own | (AssistanceCase.created_by == actor.account_id) | (AssistanceCase.planned_by == actor.account_id)
    row = db.session.execute(
        select(
            func.count().filter(is_open, own),
            func.count().filter(visit_overdue()),
            func.count().filter(AssistanceCase.state == CaseState.PLANNED, ~own_plan),
        ).where(in_scope(AssistanceCase.territory_code, actor.scopes("cases.read")))
    ).one()
    return Waiting(*row)
