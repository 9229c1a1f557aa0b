"""Reversals of something in a closed month: those that wait for a second person, and how others were decided."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.ledger.models import ReversalRequest, Transfer
from timebank.ledger.queries.closings import closed_until
from timebank.ledger.queries.details import TransferDetail, is_reversible
from timebank.ledger.queries.journal import JournalLine, find
from timebank.ledger.queries.owners import reading_scopes
from timebank.ledger.rules.seconding import PERMISSION

REQUESTS: Any = ReversalRequest.__table__


@dataclass(frozen=True, slots=True)
class ReversalLine:
    """A request and the transfer it is about; `decision` is None while it waits, then "agreed", "declined" or
    "withdrawn" (by who asked)."""

    id: int
    tenant: int
    transfer_id: uuid.UUID
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
    reversal_id: uuid.UUID | None
    transfer: JournalLine


def _visible(actor: Actor) -> ColumnElement[bool]:
    return in_scope(ReversalRequest.territory_code, reading_scopes(actor))


def reversals(actor: Actor, waiting: bool, after: int | None = None, limit: int = PER_PAGE) -> Page[ReversalLine]:
    """The requests that wait (`waiting`), or the decided ones, newest first; the cursor is the id of the last one."""
    columns = REQUESTS.c
    question = select(REQUESTS).where(_visible(actor), columns.decision.is_(None) == waiting)
    if after is not None:
        question = question.where(columns.id < after)
    rows = db.session.execute(question.order_by(columns.id.desc()).limit(limit + 1)).all()
    lines = _lines(rows)
    return cut(lines, [line.id for line in lines], limit)


def reversal(actor: Actor, request_id: int) -> ReversalLine:
    """One request.  Raises NotFound outside the actor's territories."""
    rows = db.session.execute(select(REQUESTS).where(REQUESTS.c.id == request_id, _visible(actor))).all()
    if not rows:
        raise NotFound("no_such_reversal")
    return _lines(rows)[0]


def of_transfer(tenant: int, transfer_ids: list[uuid.UUID]) -> ReversalLine | None:
    """The request that waits for one of these transfers, if there is one (no rights are asked)."""
    columns = REQUESTS.c
    rows = db.session.execute(
        select(REQUESTS)
        .where(columns.tenant_id == tenant, columns.transfer_id.in_(transfer_ids), columns.decision.is_(None))
        .limit(1)
    ).all()
    return _lines(rows)[0] if rows else None


def waiting_for(actor: Actor) -> int:
    """How many requests of others wait for the actor's agreement.  One statement."""
    another = or_(ReversalRequest.asked_by != actor.account_id, ReversalRequest.asked_by.is_(None))
    here = in_scope(ReversalRequest.territory_code, actor.scopes(PERMISSION))
    question = (
        select(func.count()).select_from(ReversalRequest).where(ReversalRequest.decision.is_(None), here, another)
    )
    return db.session.scalar(question) or 0


def needs_second(detail: TransferDetail, whole: bool) -> bool:
    """Does what would be reversed (the transfer, or each step of its event) lie in a closed month?"""
    until = closed_until(detail.line.tenant)
    steps = detail.reversible if whole and is_reversible(detail.line) else (detail.line,)
    return until is not None and any(step.event_at < until for step in steps)


def _lines(rows: Any) -> list[ReversalLine]:
    tenants = {row.tenant_id for row in rows}
    known: dict[tuple[int, uuid.UUID], JournalLine] = {}
    for tenant in tenants:
        wanted = [row.transfer_id for row in rows if row.tenant_id == tenant]
        known |= {(tenant, line.id): line for line in find(tenant, Transfer.id.in_(wanted))}
    return [_line(row, known[row.tenant_id, row.transfer_id]) for row in rows]


def _decision(row: Any) -> str | None:
    """What nobody else declined was taken back by who asked."""
    taken_back = row.decision == "declined" and row.decided_by is None
    return "withdrawn" if taken_back else row.decision


def _line(row: Any, transfer: JournalLine) -> ReversalLine:
    return ReversalLine(
        *(row.id, row.tenant_id, row.transfer_id, row.whole, row.reason, row.territory_code),
        *(row.asked_by, row.asked_name, row.asked_at, _decision(row), row.decided_by, row.decided_name),
        *(row.decided_at, row.note, row.reversal_id, transfer),
    )
