"""Months that are closed, the one that comes next, and what should be looked at before it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from timebank.core import hooks
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.ledger.models import Closing, DaybookLine, Seal, SealLeaf, Transfer
from timebank.ledger.rules import months

CLOSINGS: Any = Closing.__table__
TRANSFERS: Any = Transfer.__table__
LINES: Any = DaybookLine.__table__
LEAVES: Any = SealLeaf.__table__
ENDED: Any = aliased(Transfer.__table__)


@dataclass(frozen=True, slots=True)
class ClosingInfo:
    """A closed month: `transfers` that moved something until its end, `liability` minutes owed to members then."""

    tenant: int
    month: str
    ends_at: datetime
    transfers: int
    liability: int
    seal_n: int
    note: str
    actor_id: int | None
    actor_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """Something to look at before a month is closed: what, how many, where.

    `settled` is done by the closing itself and needs nobody's attention.
    """

    text: str
    count: int
    url: str = ""
    settled: bool = False


def closings(tenant: int) -> list[ClosingInfo]:
    """The closed months of a tenant, newest first."""
    rows = db.session.execute(
        select(CLOSINGS).where(CLOSINGS.c.tenant_id == tenant).order_by(CLOSINGS.c.ends_at.desc())
    )
    return [_info(row) for row in rows]


def closing(tenant: int, month: str) -> ClosingInfo:
    """One closed month.  Raises NotFound."""
    row = db.session.execute(select(CLOSINGS).where(CLOSINGS.c.tenant_id == tenant, CLOSINGS.c.month == month)).first()
    if row is None:
        raise NotFound("no_such_closing")
    return _info(row)


def _info(row: Any) -> ClosingInfo:
    return ClosingInfo(
        *(row.tenant_id, row.month, row.ends_at, row.transfers, row.liability, row.seal_n),
        *(row.note, row.actor_id, row.actor_name, row.created_at),
    )


def closed_until(tenant: int) -> datetime | None:
    """The first moment that is still open; None when no month was ever closed."""
    return db.session.scalar(select(func.max(Closing.ends_at)).where(Closing.tenant_id == tenant))


def open_moment(tenant: int, moment: datetime) -> datetime:
    """The moment itself, or the first open one if its month is closed: what was late is posted as of then."""
    until = closed_until(tenant)
    return moment if until is None or moment >= until else until


def next_to_close(tenant: int, today: date) -> str | None:
    """The month that can be closed next, if it is over.

    Before the first closing it is the month in which the first transfer was written down.
    """
    newest = select(Closing.month).where(Closing.tenant_id == tenant).order_by(Closing.ends_at.desc()).limit(1)
    closed = db.session.scalar(newest)
    first = None if closed else _first_month(tenant)
    return months.next_to_close(closed, first, today)


def _first_month(tenant: int) -> str | None:
    first = db.session.scalar(select(func.min(Transfer.created_at)).where(Transfer.tenant_id == tenant))
    return None if first is None else months.of_moment(first)


def before_closing(tenant: int, month: str) -> list[Point]:
    """What is open in a month that is to be closed; nothing of it forbids the closing.

    Other domains answer `hooks.ask("before_closing", tenant=…, ends_at=…)` with (text, count, url).
    """
    ends_at = months.ends_at(month)
    found = [
        Point(_("Promises whose time is over and that nobody took or freed"), _overdue_holds(tenant, ends_at)),
        *(Point(*answer) for answer in hooks.ask("before_closing", tenant=tenant, ends_at=ends_at)),
        Point(_("Entries of the daybook; the closing carries them"), _lines(tenant, ends_at), settled=True),
        Point(_("Transfers under no seal yet; the closing seals them"), _unsealed(tenant, ends_at), settled=True),
    ]
    return [point for point in found if point.count]


def _overdue_holds(tenant: int, ends_at: datetime) -> int:
    ended = select(ENDED.c.id).where(ENDED.c.tenant_id == TRANSFERS.c.tenant_id, ENDED.c.ref_id == TRANSFERS.c.id)
    return _count(
        TRANSFERS,
        TRANSFERS.c.tenant_id == tenant,
        TRANSFERS.c.kind == "hold",
        TRANSFERS.c.expires_at < ends_at,
        ~ended.exists(),
    )


def _lines(tenant: int, ends_at: datetime) -> int:
    written = (TRANSFERS.c.tenant_id == LINES.c.tenant_id) & (TRANSFERS.c.id == LINES.c.transfer_id)
    question = select(func.count()).select_from(LINES).join(TRANSFERS, written)
    return db.session.scalar(question.where(LINES.c.tenant_id == tenant, TRANSFERS.c.event_at < ends_at)) or 0


def _unsealed(tenant: int, ends_at: datetime) -> int:
    sealed = select(LEAVES.c.transfer_id).where(
        LEAVES.c.tenant_id == TRANSFERS.c.tenant_id, LEAVES.c.transfer_id == TRANSFERS.c.id
    )
    return _count(TRANSFERS, TRANSFERS.c.tenant_id == tenant, TRANSFERS.c.event_at < ends_at, ~sealed.exists())


def _count(table: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def newest_seal(tenant: int) -> int:
    """The number of the newest seal; 0 without seals."""
    return db.session.scalar(select(func.max(Seal.n)).where(Seal.tenant_id == tenant)) or 0
