"""Records that were merged, and hours that are free on them all the same."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core.db import db
from timebank.ledger.models import LedgerAccount
from timebank.ledger.rules.kinds import AccountKind
from timebank.people.models import Person

MOST = 500  # at once


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
