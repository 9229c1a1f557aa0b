"""Transfers that netting made, and what became of them in the books."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from timebank.core.db import db
from timebank.exchange.models.netting import NettedPair
from timebank.ledger import queries as books
from timebank.ledger.models import Transfer
from timebank.ledger.rules.kinds import TransferKind

PURPOSE = "netting"


def of_netting(tenant: int, transfer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, bool]:
    """Those of the transfers that netting made, and their reversals: True for the netting of a month, False for a
    payment; at most two statements."""
    undone, first = aliased(Transfer), aliased(Transfer)
    rows = db.session.execute(
        select(Transfer.id, func.coalesce(first.id, undone.id, Transfer.id).label("origin"))
        .outerjoin(undone, _undone_by(Transfer, undone))
        .outerjoin(first, _undone_by(undone, first))
        .where(
            Transfer.tenant_id == tenant,
            Transfer.id.in_(list(transfer_ids)),
            func.coalesce(first.purpose, undone.purpose, Transfer.purpose) == PURPOSE,
        )
        .order_by(Transfer.id)
    ).all()
    if not rows:
        return {}
    origins = [row.origin for row in rows]
    months = set(db.session.scalars(select(NettedPair.transfer_id).where(NettedPair.transfer_id.in_(origins))))
    return {row.id: row.origin in months for row in rows}


def _undone_by(reversal: Any, origin: Any) -> ColumnElement[bool]:
    return and_(
        reversal.kind == TransferKind.REVERSE, origin.tenant_id == reversal.tenant_id, origin.id == reversal.ref_id
    )


def standing(tenant: int, transfer_id: uuid.UUID) -> uuid.UUID | None:
    """What is to be reversed so that a transfer counts no longer: itself, or what brought it back after a reversal.

    None where its reversal stands.
    """
    line, counts = books.transfer(tenant, transfer_id), True
    while line.ended_by is not None:
        line, counts = books.transfer(tenant, line.ended_by), not counts
    return line.id if counts else None
