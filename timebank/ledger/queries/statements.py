"""An account's lines, newest first, by key: page 1000 is as fast as page 1."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from timebank.core.db import db
from timebank.core.paging import Page, cut
from timebank.ledger.models import Entry, LedgerAccount, Transfer

OTHER: Any = aliased(LedgerAccount.__table__)
RESOLVED: Any = aliased(Transfer.__table__)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with the transfer behind it.  `amount` is signed; `balance` is what was there after it."""

    seq: int
    transfer_id: uuid.UUID
    amount: int
    balance: int
    kind: str
    purpose: str
    memo: str
    event_at: datetime
    created_at: datetime
    actor_name: str
    other_id: int
    other_kind: str
    other_owner_id: int
    reversed_by: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A promise that has not ended: what is held for which purpose until when."""

    transfer_id: uuid.UUID
    tenant: int
    debit_id: int
    credit_id: int
    amount: int
    purpose: str
    memo: str
    created_at: datetime
    expires_at: datetime | None  # always there: a CHECK of the table says so


def _lines(*conditions: ColumnElement[bool]) -> Any:
    other_is = and_(
        OTHER.c.tenant_id == Transfer.tenant_id,
        OTHER.c.id == Transfer.debit_id + Transfer.credit_id - Entry.account_id,
    )
    reversed_by = and_(RESOLVED.c.tenant_id == Transfer.tenant_id, RESOLVED.c.ref_id == Transfer.id)
    return (
        select(
            Entry.seq,
            Entry.transfer_id,
            Entry.amount,
            Entry.balance,
            Transfer.kind,
            Transfer.purpose,
            Transfer.memo,
            Transfer.event_at,
            Transfer.created_at,
            Transfer.actor_name,
            OTHER.c.id.label("other_id"),
            OTHER.c.kind.label("other_kind"),
            OTHER.c.owner_id.label("other_owner_id"),
            RESOLVED.c.id.label("reversed_by"),
        )
        .join(Transfer, and_(Transfer.tenant_id == Entry.tenant_id, Transfer.id == Entry.transfer_id))
        .join(OTHER, other_is)
        .outerjoin(RESOLVED, reversed_by)
        .where(*conditions)
    )


def statement(tenant: int, account: int, before: int | None = None, limit: int = 50) -> Page[Line]:
    """The account's lines with a `seq` below `before`, newest first; the cursor of the next page is a `seq`."""
    question = _lines(Entry.tenant_id == tenant, Entry.account_id == account)
    if before is not None:
        question = question.where(Entry.seq < before)
    rows = db.session.execute(question.order_by(Entry.seq.desc()).limit(limit + 1))
    lines = [Line(**row._mapping) for row in rows]
    return cut(lines, [line.seq for line in lines], limit)


def lines_between(tenant: int, account: int, start: datetime | None, end: datetime | None) -> list[Line]:
    """Every line written from `start` up to (not including) `end`, oldest first, for a file."""
    question = _lines(Entry.tenant_id == tenant, Entry.account_id == account)
    if start is not None:
        question = question.where(Transfer.created_at >= start)
    if end is not None:
        question = question.where(Transfer.created_at < end)
    return [Line(**row._mapping) for row in db.session.execute(question.order_by(Entry.seq))]


def open_holds(tenant: int, accounts: Iterable[int]) -> list[OpenHold]:
    """The promises on these accounts that have not ended, oldest first."""
    return _holds(Transfer.tenant_id == tenant, Transfer.debit_id.in_(list(accounts)))


def expired_holds(moment: datetime, limit: int = 500) -> list[OpenHold]:
    """Promises whose time is over and that nobody has ended."""
    return _holds(Transfer.expires_at < moment, limit=limit)


def _holds(*conditions: ColumnElement[bool], limit: int | None = None) -> list[OpenHold]:
    ended = select(RESOLVED.c.id).where(RESOLVED.c.tenant_id == Transfer.tenant_id, RESOLVED.c.ref_id == Transfer.id)
    rows = db.session.execute(
        select(
            Transfer.id,
            Transfer.tenant_id,
            Transfer.debit_id,
            Transfer.credit_id,
            Transfer.amount,
            Transfer.purpose,
            Transfer.memo,
            Transfer.created_at,
            Transfer.expires_at,
        )
        .where(Transfer.kind == "hold", *conditions, ~ended.exists())
        .order_by(Transfer.tenant_id, Transfer.id)
        .limit(limit)
    )
    return [OpenHold(*row) for row in rows]
