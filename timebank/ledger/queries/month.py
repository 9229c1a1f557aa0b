"""A month in figures, by the day it happened: what was there, came, went and remained, for each kind of account.

Of a closed month the figures never change again: nothing that happened in it is posted any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from timebank.core.db import db
from timebank.ledger.models import LedgerAccount, Transfer
from timebank.ledger.queries.movements import MOVEMENTS
from timebank.ledger.rules import months
from timebank.ledger.rules.kinds import MINUTES, MOVING, AccountKind

ACCOUNTS: Any = LedgerAccount.__table__
TRANSFERS: Any = Transfer.__table__


@dataclass(frozen=True, slots=True)
class MonthLine:
    """All accounts of a kind and unit together: opening + came - went = closing, in the unit."""

    unit: str
    kind: AccountKind
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        """What remained at the end of the month."""
        return self.opening + self.came - self.went


@dataclass(frozen=True, slots=True)
class Figures:
    """`transfers` that moved something until the end, and the minutes owed to members then (domain.md F3)."""

    transfers: int
    liability: int


def _moved(tenant: int) -> Any:
    transfer = and_(TRANSFERS.c.tenant_id == MOVEMENTS.c.tenant_id, TRANSFERS.c.id == MOVEMENTS.c.transfer_id)
    account = and_(ACCOUNTS.c.tenant_id == MOVEMENTS.c.tenant_id, ACCOUNTS.c.id == MOVEMENTS.c.account_id)
    joined = MOVEMENTS.join(TRANSFERS, transfer).join(ACCOUNTS, account)
    return joined, MOVEMENTS.c.tenant_id == tenant


def trial_balance(tenant: int, month: str) -> list[MonthLine]:
    """The trial balance of a month; for each unit the openings, and the closings, sum to zero (domain.md C8.1)."""
    joined, here = _moved(tenant)
    amount, during = MOVEMENTS.c.amount, TRANSFERS.c.event_at >= months.starts_at(month)
    rows = db.session.execute(
        select(
            *(ACCOUNTS.c.unit, ACCOUNTS.c.kind),
            func.sum(case((during, 0), else_=amount)),
            func.sum(case((and_(during, amount > 0), amount), else_=0)),
            func.sum(case((and_(during, amount < 0), -amount), else_=0)),
        )
        .select_from(joined)
        .where(here, TRANSFERS.c.event_at < months.ends_at(month))
        .group_by(ACCOUNTS.c.unit, ACCOUNTS.c.kind)
    )
    order = list(AccountKind)
    lines = [MonthLine(unit, AccountKind(kind), *(int(number) for number in numbers)) for unit, kind, *numbers in rows]
    return sorted(lines, key=lambda line: (line.unit != MINUTES, line.unit, order.index(line.kind)))


def figures(tenant: int, ends_at: datetime) -> Figures:
    """What had happened until the moment: transfers that moved something, and what was owed to members."""
    joined, here = _moved(tenant)
    members = (ACCOUNTS.c.kind == AccountKind.MEMBER.value, ACCOUNTS.c.unit == MINUTES)
    each = (
        select(func.sum(MOVEMENTS.c.amount).label("balance"))
        .select_from(joined)
        .where(here, *members, TRANSFERS.c.event_at < ends_at)
        .group_by(MOVEMENTS.c.account_id)
        .subquery()
    )
    owed = select(func.coalesce(func.sum(case((each.c.balance > 0, each.c.balance), else_=0)), 0))
    moved = select(func.count()).where(
        TRANSFERS.c.tenant_id == tenant, TRANSFERS.c.kind.in_(MOVING), TRANSFERS.c.event_at < ends_at
    )
    return Figures(int(db.session.scalar(moved) or 0), int(db.session.scalar(owed) or 0))
