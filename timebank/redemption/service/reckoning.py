"""Once a day goods and hours are compared; what disagrees is written down."""

from __future__ import annotations

import dataclasses

from sqlalchemy import select, text

from timebank.core import clock
from timebank.core.db import db, transaction, writing
from timebank.redemption.models import GoodsReckoning
from timebank.redemption.queries import reckoning
from timebank.redemption.queries.reckoning import Reckoning


def reckon_all() -> list[Reckoning]:
    """Compares each time bank that has desks and keeps today's answer; each in a transaction of its own."""
    alone = not writing()
    return [_reckon(scheme_id, alone) for scheme_id in reckoning.with_desks()]


@transaction
def _reckon(scheme_id: int, alone: bool) -> Reckoning:
    """`alone`: in no larger transaction, which would have begun at another moment."""
    if alone and db.session.connection().dialect.name == "postgresql":  # SQLite's one writer sees one moment anyway
        db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    today = clock.today()
    found = reckoning.reckon(scheme_id, today)
    same_day = select(GoodsReckoning).where(GoodsReckoning.scheme_id == scheme_id, GoodsReckoning.day == today)
    row = db.session.scalar(same_day)
    if row is None:
        row = GoodsReckoning(scheme_id=scheme_id, day=today)
        db.session.add(row)
    row.sink_minutes, row.receipts_minutes = found.sink_minutes, found.receipts_minutes
    row.shelf_pieces, row.shelf_minutes = found.shelf_pieces, found.shelf_minutes
    row.findings = [dataclasses.asdict(one) for one in found.findings]
    row.at = clock.now()
    return found
