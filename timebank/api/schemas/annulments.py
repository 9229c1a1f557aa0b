"""Cases about hours that may not be true.  Amounts are minutes."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, PageQuery, body_of
from timebank.exchange.rules.annulments import CaseState, Source
from timebank.exchange.service.annulments import LONGEST, Decision, ReExamination, Suspicion

SuspicionBody = body_of(Suspicion, reason=Field(min_length=5, max_length=300))
DecisionBody = body_of(
    Decision, name="AnnulmentDecision", without=("case_id",), finding=Field(min_length=2, max_length=300)
)
ReExaminationBody = body_of(ReExamination, without=("case_id",), finding=Field(min_length=2, max_length=300))


class HearingBody(Body):
    """What the volunteer says."""

    text: str = Field(min_length=2, max_length=LONGEST)


class CasesQuery(PageQuery):
    """`all`: closed ones too."""

    all: bool = False


class CreditedQuery(Body):
    """`until`: the last day; without it today.  For older ones ask again with the day of the last one."""

    until: date | None = None


class CaseLine(Answer):
    """A case in a list."""

    id: int
    volunteer_id: int
    name: str
    state: CaseState
    minutes: int
    opened_at: datetime
    answer_until: datetime


class CasesPage(Answer):
    """Cases, newest first."""

    items: list[CaseLine]
    next: str | None = None


class CaseLines(Answer):
    """The cases against oneself."""

    items: list[CaseLine]


class SuspectVisit(Answer):
    """A visit of a case."""

    visit_id: int
    began: datetime
    service: str
    recipient: str
    minutes: int
    taken_back_at: datetime | None
    restored_at: datetime | None


class SuspectVisits(Answer):
    """Credited visits that could be questioned."""

    items: list[SuspectVisit]


class AnnulmentCase(Answer):
    """A case; `still_open`: annulled minutes that were spent and could not be taken back yet."""

    id: int
    volunteer_id: int
    name: str
    state: CaseState
    source: Source
    reason: str
    minutes: int
    held_minutes: int
    on_hold: int
    hold_until: datetime | None
    still_open: int
    opened_at: datetime
    answer_until: datetime
    answer: str
    decided_at: datetime | None
    finding: str
    barred_until: date | None
    appeal_until: datetime | None
    appeal: str
    re_examined_at: datetime | None
    re_finding: str
    visits: list[SuspectVisit]
