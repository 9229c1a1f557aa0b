"""Who changed the limits or the state of an account, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from timebank.core.db import db
from timebank.ledger.models import LedgerLimitChange

CHANGES: Any = LedgerLimitChange.__table__


@dataclass(frozen=True, slots=True)
class LimitChangeLine:
    """A change of an account's limits (None = without) or state."""

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


def limit_changes(tenant: int, account_id: int, limit: int = 100) -> list[LimitChangeLine]:
    """The changes of an account, newest first (no rights are asked: `reading.readable_account` does)."""
    columns = CHANGES.c
    rows = db.session.execute(
        select(*(columns[name] for name in LimitChangeLine.__slots__))
        .where(columns.tenant_id == tenant, columns.account_id == account_id)
        .order_by(columns.id.desc())
        .limit(limit)
    )
    return [LimitChangeLine(*row) for row in rows]
