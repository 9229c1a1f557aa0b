"""Assistance cases, for those who work on them.  Reading a file is written down with its purpose."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, PageQuery
from timebank.assistance.models.plans import VisitKind
from timebank.assistance.rules.cases import CaseKind, CaseState, CloseReason, LegalBasis, Urgency
from timebank.assistance.rules.plans import LineKind, LineState, NeedKind


class CaseLine(Answer):
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
    worker: str
    next_visit_on: date | None
    overdue_days: int
    open_lines: int


class CasesPage(Answer):
    """Cases, newest first."""

    items: list[CaseLine]
    next: str | None = None


class CasesQuery(PageQuery):
    """`state` "open": not closed, "": all."""

    text: str = Field(default="", max_length=64)
    state: str = Field(default="open", max_length=16)
    kind: CaseKind | None = None
    urgency: Urgency | None = None
    mine: bool = False
    overdue: bool = False


class Purpose(Body):
    """Why the file is opened; whoever is responsible for data protection reads it."""

    purpose: str = Field(min_length=1, max_length=200)


class Need(Answer):
    """Something the person needs."""

    id: int
    kind: NeedKind
    words: str
    heard_on: date
    met_on: date | None


class PlanLineFacts(Answer):
    """A line of the plan: cash in fen, goods in pieces, services in minutes."""

    id: int
    kind: LineKind
    state: LineState
    programme: str
    provider: str
    amount_fen: int | None
    quantity: int | None
    unit: str
    minutes: int | None
    monthly: bool
    due_on: date
    overdue_days: int
    delivered_on: date | None
    delivered_by: str
    need: str
    note: str


class LookTaken(Answer):
    """Somebody looked into the file."""

    at: datetime
    who: str
    purpose: str


class HomeVisitFacts(Answer):
    """A home visit that took place."""

    id: int
    kind: VisitKind
    visitors: list[str]
    started_at: datetime
    ended_at: datetime
    findings: str
    next_action: str
    next_due_on: date | None
    signed_by: str
    recorded_by: str


class CaseEventLine(Answer):
    """A change of the case."""

    at: datetime
    actor_name: str
    from_state: CaseState | None
    to_state: CaseState
    note: str | None


class ClientFacts(Answer):
    """Whom the case is about."""

    id: int
    member_no: str
    name: str
    birth_date: date | None
    address: str
    phone_masked: str


class PlanFacts(Answer):
    """What the plan covers: ways used, needs that nothing answers, lines to deliver and delivered."""

    kinds: list[LineKind]
    needs_without_line: list[int]
    planned: int
    delivered: int
    three_ways: bool


class CaseFacts(Answer):
    """The case itself."""

    id: int
    person_id: int
    territory_code: str
    kind: CaseKind
    urgency: Urgency
    state: CaseState
    opened_on: date
    closed_on: date | None
    close_reason: CloseReason | None
    legal_basis: LegalBasis
    summary: str
    case_worker_id: int
    approved_on: date | None
    next_visit_on: date | None


class CaseFileFacts(Answer):
    """The file of a case."""

    case: CaseFacts
    person: ClientFacts
    place: str
    worker: str
    approver: str
    needs: list[Need]
    lines: list[PlanLineFacts]
    plan: PlanFacts
    visits: list[HomeVisitFacts]
    events: list[CaseEventLine]
    overdue_days: int
    monthly_fen: int
    reads: list[LookTaken]
