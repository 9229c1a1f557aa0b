"""An account's lines, newest first, by key: page 1000 is as fast as page 1.

Lines of a batched account that still wait in the daybook stand on top, with the number and balance that they will get
(a line that is written down a moment later, but began earlier, may yet come before them).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.db import db
from timebank.core.paging import Page, cut
from timebank.ledger.models import DaybookLine, Entry, LedgerAccount, Transfer

ENTRIES: Any = Entry.__table__
LINES: Any = DaybookLine.__table__
ACCOUNTS: Any = LedgerAccount.__table__
OTHER: Any = aliased(LedgerAccount.__table__)
RESOLVED: Any = aliased(Transfer.__table__)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with the transfer behind it.  `amount` is signed; `balance` is what was there after it.

    `carried` is False while the line waits in the daybook.
    """

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
    carried: bool = True

    @property
    def booked_on(self) -> date | None:
        """The civil day on which it was written down, where that is a later one than the day it happened."""
        booked = clock.civil(self.created_at).date()
        return booked if booked > clock.civil(self.event_at).date() else None


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


def _waiting(tenant: int, account: int) -> Any:
    """Lines of the daybook with the numbers and balances they will get."""
    order = {"order_by": LINES.c.transfer_id}
    return (
        select(
            *(LINES.c.tenant_id, LINES.c.account_id, LINES.c.transfer_id, LINES.c.amount),
            (ACCOUNTS.c.seq + func.row_number().over(**order)).label("seq"),
            (ACCOUNTS.c.posted + func.sum(LINES.c.amount).over(**order)).label("balance"),
        )
        .join(ACCOUNTS, and_(ACCOUNTS.c.tenant_id == LINES.c.tenant_id, ACCOUNTS.c.id == LINES.c.account_id))
        .where(LINES.c.tenant_id == tenant, LINES.c.account_id == account)
        .subquery()
    )


def _lines(lines: Any, *conditions: ColumnElement[bool]) -> Any:
    """Lines of `entry`, or of the daybook, with the transfers behind them."""
    other_is = and_(
        OTHER.c.tenant_id == Transfer.tenant_id,
        OTHER.c.id == Transfer.debit_id + Transfer.credit_id - lines.c.account_id,
    )
    reversed_by = and_(RESOLVED.c.tenant_id == Transfer.tenant_id, RESOLVED.c.ref_id == Transfer.id)
    return (
        select(
            *(lines.c.seq, lines.c.transfer_id, lines.c.amount, lines.c.balance),
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
        .select_from(lines)
        .join(Transfer, and_(Transfer.tenant_id == lines.c.tenant_id, Transfer.id == lines.c.transfer_id))
        .join(OTHER, other_is)
        .outerjoin(RESOLVED, reversed_by)
        .where(*conditions)
    )


def statement(tenant: int, account: int, before: int | None = None, limit: int = 50) -> Page[Line]:
    """The account's lines with a `seq` below `before`, newest first; the cursor of the next page is a `seq`."""
    lines = _page(_waiting(tenant, account), before, limit + 1, carried=False)
    if len(lines) <= limit:
        here = (ENTRIES.c.tenant_id == tenant, ENTRIES.c.account_id == account)
        lines += _page(ENTRIES, before, limit + 1 - len(lines), *here, carried=True)
    return cut(lines, [line.seq for line in lines], limit)


def _page(lines: Any, before: int | None, limit: int, *here: ColumnElement[bool], carried: bool) -> list[Line]:
    """The page first, then the transfers behind it: joined at once, SQLite joins the whole account and sorts it."""
    newest = select(lines).where(*here).order_by(lines.c.seq.desc()).limit(limit)
    if before is not None:
        newest = newest.where(lines.c.seq < before)
    page = newest.subquery("page")
    rows = db.session.execute(_lines(page).order_by(page.c.seq.desc()))
    return [Line(**row._mapping, carried=carried) for row in rows]


def lines_after(tenant: int, account: int, seq: int, limit: int) -> list[Line]:
    """The next `limit` entries after the number `seq`, oldest first: what a passbook does not have yet.

    Only what is written down: a line that waits in the daybook has no number for good.
    """
    here = (ENTRIES.c.tenant_id == tenant, ENTRIES.c.account_id == account, ENTRIES.c.seq > seq)
    page = select(ENTRIES).where(*here).order_by(ENTRIES.c.seq).limit(limit).subquery("page")
    return [Line(**row._mapping) for row in db.session.execute(_lines(page).order_by(page.c.seq))]


def lines_between(tenant: int, account: int, start: datetime | None, end: datetime | None) -> list[Line]:
    """Every line written from `start` up to (not including) `end`, oldest first, for a file."""
    when = [] if start is None else [Transfer.created_at >= start]
    when += [] if end is None else [Transfer.created_at < end]
    waiting = _waiting(tenant, account)
    carried = _lines(ENTRIES, ENTRIES.c.tenant_id == tenant, ENTRIES.c.account_id == account, *when)
    found = [Line(**row._mapping) for row in db.session.execute(carried.order_by(ENTRIES.c.seq))]
    last = db.session.execute(_lines(waiting, *when).order_by(waiting.c.seq))
    return found + [Line(**row._mapping, carried=False) for row in last]


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
