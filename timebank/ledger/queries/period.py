"""All books of a stretch of time, for accounting programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.ledger.models import Entry, LedgerAccount, Transfer
from timebank.ledger.queries.accounts import WAITING
from timebank.ledger.queries.movements import MOVEMENTS
from timebank.ledger.rules.bookkeeping import Balance, BookAccount, Booking
from timebank.ledger.rules.kinds import MOVING

TRANSFERS: Any = Transfer.__table__
ACCOUNTS: Any = LedgerAccount.__table__
DEBIT: Any = aliased(Entry.__table__)
CREDIT: Any = aliased(Entry.__table__)


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days of writing, both included; None means from the first, up to the last."""

    first: date | None = None
    last: date | None = None
    tenant: int | None = None

    @property
    def start(self) -> datetime | None:
        """The first moment inside."""
        return clock.at(self.first, 0) if self.first else None

    @property
    def end(self) -> datetime | None:
        """The first moment after it."""
        return clock.at(self.last, 24 * 60) if self.last else None


def accounts(connection: Connection, period: Period) -> list[BookAccount]:
    """Every account, oldest first."""
    question = select(ACCOUNTS, WAITING)
    if period.tenant is not None:
        question = question.where(ACCOUNTS.c.tenant_id == period.tenant)
    rows = connection.execute(question.order_by(ACCOUNTS.c.tenant_id, ACCOUNTS.c.id))
    return [
        BookAccount(
            *(row.tenant_id, row.id, row.kind, row.owner_id, row.unit),
            clock.civil(row.created_at).date(),
            row.posted + int(row.waiting),
        )
        for row in rows
    ]


def balances_before(connection: Connection, moment: datetime | None, period: Period) -> list[Balance]:
    """What was on each account before the moment (None: what is there now), from entries and daybook."""
    columns = MOVEMENTS.c
    question = (
        select(columns.tenant_id, columns.account_id, func.sum(columns.amount))
        .join(TRANSFERS, and_(TRANSFERS.c.tenant_id == columns.tenant_id, TRANSFERS.c.id == columns.transfer_id))
        .group_by(columns.tenant_id, columns.account_id)
        .order_by(columns.tenant_id, columns.account_id)
    )
    if moment is not None:
        question = question.where(TRANSFERS.c.created_at < moment)
    if period.tenant is not None:
        question = question.where(columns.tenant_id == period.tenant)
    return [Balance(tenant, account, int(amount)) for tenant, account, amount in connection.execute(question)]


def bookings(connection: Connection, period: Period) -> Iterator[Booking]:
    """Every transfer that moved something, oldest first, a thousand at a time."""
    columns = TRANSFERS.c
    question = (
        select(
            TRANSFERS,
            *(DEBIT.c.seq.label("debit_seq"), DEBIT.c.balance.label("debit_balance")),
            *(CREDIT.c.seq.label("credit_seq"), CREDIT.c.balance.label("credit_balance")),
        )
        .outerjoin(DEBIT, _entry(DEBIT, columns.debit_id))
        .outerjoin(CREDIT, _entry(CREDIT, columns.credit_id))
        .where(columns.kind.in_(MOVING))
        .order_by(columns.created_at, columns.id)
    )
    if period.start:
        question = question.where(columns.created_at >= period.start)
    if period.end:
        question = question.where(columns.created_at < period.end)
    if period.tenant is not None:
        question = question.where(columns.tenant_id == period.tenant)
    for row in connection.execution_options(yield_per=1000).execute(question):
        yield _booking(row)


def _entry(side: Any, account: Any) -> Any:
    columns = TRANSFERS.c
    return and_(side.c.tenant_id == columns.tenant_id, side.c.transfer_id == columns.id, side.c.account_id == account)


def _booking(row: Any) -> Booking:
    return Booking(
        row.tenant_id,
        str(row.id),
        row.kind,
        row.debit_id,
        row.credit_id,
        row.amount,
        clock.civil(row.created_at),
        clock.civil(row.event_at),
        row.actor_name or str(row.actor_id or ""),
        row.purpose,
        row.memo,
        row.debit_seq,
        row.debit_balance,
        row.credit_seq,
        row.credit_balance,
    )
