"""What is written down while working on a case: bodies with the bounds of the pages' forms."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, Id, body_of
from timebank.assistance.rules.cases import CloseReason
from timebank.assistance.rules.plans import NeedKind
from timebank.assistance.service.cases import NewCase
from timebank.assistance.service.plans import NewHomeVisit, NewLine

MOST = 2**31 - 1

NewCaseBody = body_of(NewCase, name="NewCase", summary=Field(min_length=1, max_length=4000))
NewHomeVisitBody = body_of(
    NewHomeVisit,
    name="NewHomeVisit",
    without=("case_id",),
    visitors=Field(min_length=1, max_length=20),
    findings=Field(min_length=1, max_length=8000),
    next_action=Field(max_length=300),
    signed_by=Field(max_length=80),
    signature=Field(max_length=20_000),
)
NewPlanLine = body_of(
    NewLine,
    name="NewPlanLine",
    without=("case_id",),
    programme=Field(min_length=1, max_length=200),
    provider=Field(min_length=1, max_length=80),
    amount_fen=Field(ge=0, le=MOST),
    quantity=Field(ge=1, le=100_000),
    unit=Field(max_length=16),
    minutes=Field(ge=1, le=MOST),
)


class NewNeed(Body):
    """A need in the person's words."""

    kind: NeedKind
    words: str = Field(min_length=1, max_length=2000)


class Words(Body):
    """A sentence that says why."""

    words: str = Field(min_length=1, max_length=1000)


class Closing(Body):
    """Why the case is closed."""

    reason: CloseReason
    words: str = Field(default="", max_length=1000)


class Delivered(Body):
    """What was promised was given."""

    on: date
    note: str = Field(default="", max_length=200)


class NewWorker(Body):
    """The account that answers for the case from now on."""

    case_worker_id: Id


class WorkerLine(Answer):
    """Somebody who may answer for a case."""

    id: int
    name: str


class Workers(Answer):
    """Accounts that may answer for cases of a person."""

    items: list[WorkerLine]
