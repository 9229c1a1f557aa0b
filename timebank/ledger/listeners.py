"""Two records of one person: their hours come together, and part again when the merge is undone."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import aliased

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.hooks import on
from timebank.ledger import service
from timebank.ledger.models import Transfer
from timebank.ledger.queries import accounts_of

PURPOSE = "merge"
BETWEEN = (PURPOSE, "annulment")  # what goes between the accounts of two records of one person
ACTOR = Actor.system("merge")


@on("person_merged")
def join_hours(kept_id: int, merged_id: int) -> None:
    """What the merged record may spend goes to the kept one; what is on hold there stays for the visit it is for."""
    service.join(ACTOR, kept_id, merged_id)


@on("person_unmerged")
def part_hours(kept_id: int, merged_id: int) -> None:
    """Gives back what came with the merge, less what went back since (hours of the merged record that were annulled).

    Raises InsufficientTime when it was spent since.
    """
    kept = {one.tenant: one.id for one in accounts_of([kept_id], ["member"])}
    for one in accounts_of([merged_id], ["member"]):
        _part(one.tenant, kept.get(one.tenant, 0), one.id)


def _part(tenant: int, kept: int, merged: int) -> None:
    came, went = _moved(tenant, merged, kept), _moved(tenant, kept, merged)
    if not went:
        for transfer in came:
            service.reverse(tenant, transfer, key=f"unmerge:{transfer}", reason=PURPOSE, actor=ACTOR)
        return
    left = sum(came.values()) - sum(went.values())
    if left > 0:
        key = f"unmerge:{max(came)}:left"
        service.post(tenant, kept, merged, left, key=key, purpose=PURPOSE, actor=ACTOR)


def _moved(tenant: int, debit: int, credit: int) -> dict[uuid.UUID, int]:
    """Minutes that went from one record's account to the other's because both are one person, by transfer."""
    undone = aliased(Transfer)
    rows = db.session.execute(
        select(Transfer.id, Transfer.amount)
        .outerjoin(undone, (undone.tenant_id == Transfer.tenant_id) & (undone.ref_id == Transfer.id))
        .where(Transfer.tenant_id == tenant, Transfer.debit_id == debit, Transfer.credit_id == credit)
        .where(Transfer.purpose.in_(BETWEEN), Transfer.kind == "post", undone.id.is_(None))
    )
    return {row.id: row.amount for row in rows}
