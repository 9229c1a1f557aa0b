"""Months of the books, reversals that need two people, and the limits of accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, PageQuery
from timebank.api.schemas.ledger import JournalEntry


class Closing(Answer):
    """A closed month: `transfers` that moved something until its end, `liability` minutes owed to members then."""

    month: str
    ends_at: datetime
    transfers: int
    liability: int
    seal_n: int
    note: str
    actor_id: int | None
    actor_name: str
    created_at: datetime


class OpenPoint(Answer):
    """Something to look at before a month is closed; `settled`: the closing itself does it."""

    text: str
    count: int
    settled: bool


class Months(Answer):
    """Closed months, newest first; `due`: the month that can be closed now, `points`: what is open in it."""

    items: list[Closing]
    due: str | None
    points: list[OpenPoint]


class CloseMonth(Body):
    """`acknowledged`: the open points were seen, and the month is closed all the same."""

    note: str = Field(default="", max_length=200)
    acknowledged: bool = False


class ReversalRequest(Answer):
    """A reversal in a closed month; `decision` is null while it waits, then "agreed", "declined" or "withdrawn"."""

    id: int
    tenant: int
    transfer_id: UUID
    whole: bool
    reason: str
    territory_code: str
    asked_by: int
    asked_name: str
    asked_at: datetime
    decision: str | None
    decided_by: int | None
    decided_name: str
    decided_at: datetime | None
    note: str
    reversal_id: UUID | None
    transfer: JournalEntry


class Reversals(Answer):
    """Requests, newest first."""

    items: list[ReversalRequest]
    next: str | None = None


class ReversalsQuery(PageQuery):
    """Those that wait, or those that were decided."""

    state: Literal["waiting", "decided"] = "waiting"


class Decision(Body):
    """Agree, and it is reversed; or decline and say why."""

    agree: bool
    note: str = Field(default="", max_length=300)


class Decided(Answer):
    """The reversal that was made; null when the request was declined."""

    reversal_id: str | None


class Limits(Body):
    """Integer minutes, fen or pieces; null: without limit."""

    floor: int | None = Field(ge=-(10**15), le=10**15)
    ceiling: int | None = Field(ge=-(10**15), le=10**15)
    state: Literal["open", "frozen", "closed"]
    reason: str = Field(min_length=1, max_length=300)


class LimitChange(Answer):
    """A change of an account's limits or state."""

    id: UUID
    floor_before: int | None
    floor_after: int | None
    ceiling_before: int | None
    ceiling_after: int | None
    state_before: str
    state_after: str
    reason: str
    actor_id: int | None
    actor_name: str
    created_at: datetime


class LimitChanges(Answer):
    """The changes of an account, newest first."""

    items: list[LimitChange]
