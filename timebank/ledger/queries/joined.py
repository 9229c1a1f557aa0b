"""Records that were merged, and hours that are free on them all the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import aliased

from timebank.core.db import db
from timebank.ledger.models import Entry, LedgerAccount, Transfer
from timebank.ledger.rules.kinds import AccountKind
from timebank.people.models import Person

MOST = 500  # at once
BETWEEN = ("merge", "annulment")  # what goes between the accounts of two records of one person


@dataclass(frozen=True, slots=True)
class Move:
    """Minutes that one account of a person gave to another account of theirs, because both are one person."""

    id: uuid.UUID
    debit: int
    credit: int
    minutes: int


def moves(tenant: int, account_ids: Iterable[int], since: datetime | None) -> list[Move]:
    """What went between these accounts and members' others since then, oldest first; not what was reversed.

    One statement, by the lines of the accounts.
    """
    undone = aliased(Transfer)
    rows = db.session.execute(
        select(Transfer.id, Transfer.debit_id, Transfer.credit_id, Transfer.amount)
        .join(Entry, (Entry.tenant_id == Transfer.tenant_id) & (Entry.transfer_id == Transfer.id))
        .outerjoin(undone, (undone.tenant_id == Transfer.tenant_id) & (undone.ref_id == Transfer.id))
        .where(Entry.tenant_id == tenant, Entry.account_id.in_(list(account_ids)))
        .where(Transfer.purpose.in_(BETWEEN), Transfer.kind == "post", undone.id.is_(None))
        .where(Transfer.created_at >= since if since else true())
        .distinct()
        .order_by(Transfer.id)
    )
    return [Move(*row) for row in rows]


def left_behind() -> list[tuple[int, int]]:
    """(merged, kept) of those whose own account has something free: it came back after the merge.  One statement."""
    rows = db.session.execute(
        select(Person.id, Person.merged_into_id)
        .join(LedgerAccount, LedgerAccount.owner_id == Person.id)
        .where(
            Person.merged_into_id.is_not(None),
            LedgerAccount.kind == AccountKind.MEMBER,
            LedgerAccount.state == "open",
            LedgerAccount.posted > LedgerAccount.held,
        )
        .distinct()
        .order_by(Person.id)
        .limit(MOST)
    )
    return [(row.id, row.merged_into_id) for row in rows]


def still_joined(kept_id: int, merged_id: int) -> bool:
    """Is the one part of the other?  It stays so until the transaction ends: whoever parts them waits.

    (On SQLite the transaction holds the only write lock.)
    """
    row = select(Person.merged_into_id).where(Person.id == merged_id).with_for_update(key_share=True)
    return db.session.scalar(row) == kept_id
