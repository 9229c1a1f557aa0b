"""How pieces moved: every posting of an article's shelf, and what deliveries and counts were."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from timebank.core.db import db
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.ledger.models import Entry, Transfer
from timebank.redemption.models import GoodsBatch, GoodsItem, StockMove
from timebank.redemption.queries.desks import DeskInfo, in_english
from timebank.redemption.queries.goods import ShelfItem


@dataclass(frozen=True, slots=True)
class Move:
    """A posting of pieces: signed, and what of the article was on the shelf after it."""

    seq: int
    transfer_id: uuid.UUID
    batch_id: int
    amount: int
    balance: int
    kind: str
    purpose: str
    memo: str
    event_at: datetime
    created_at: datetime
    actor_name: str


def moves(desk: DeskInfo, item: ShelfItem, before: int | None = None, limit: int = PER_PAGE) -> Page[Move]:
    """Every movement of the pieces on the shelf, from the ledger, newest first.  One statement."""
    order = (Transfer.created_at, Transfer.id)
    lines = (
        select(
            func.row_number().over(order_by=order).label("seq"),
            Transfer.id,
            GoodsBatch.id.label("batch_id"),
            Entry.amount,
            func.sum(Entry.amount).over(order_by=order, rows=(None, 0)).label("balance"),
            Transfer.kind,
            Transfer.purpose,
            Transfer.memo,
            Transfer.event_at,
            Transfer.created_at,
            Transfer.actor_name,
        )
        .select_from(GoodsBatch)
        .join(Entry, and_(Entry.tenant_id == desk.tenant, Entry.account_id == GoodsBatch.account_id))
        .join(Transfer, and_(Transfer.tenant_id == Entry.tenant_id, Transfer.id == Entry.transfer_id))
        .where(
            GoodsBatch.desk_id == desk.id,
            GoodsBatch.item_id == item.article.id,
            GoodsBatch.arrived_at.is_not(None),
        )
        .subquery()
    )
    wanted = select(lines).order_by(lines.c.seq.desc()).limit(limit + 1)
    if before is not None:
        wanted = wanted.where(lines.c.seq < before)
    found = [_move(*row) for row in db.session.execute(wanted)]
    return cut(found, [one.seq for one in found], limit)


def _move(*facts: object) -> Move:
    seq, transfer_id, batch_id, amount, balance, *rest = facts
    return Move(int(seq), transfer_id, batch_id, amount, int(balance), *rest)  # type: ignore[call-overload, arg-type]


@dataclass(frozen=True, slots=True)
class MoveInfo:
    """Goods that came in, or a count."""

    item_name: str
    kind: str
    pieces: int
    counted: int | None
    source: str
    reason: str
    clerk_name: str
    at: datetime


def last_moves(desk: DeskInfo, since: datetime, until: datetime) -> list[MoveInfo]:
    """Deliveries and counts of a desk in a stretch of time, oldest first."""
    rows = db.session.execute(
        select(StockMove, GoodsItem.name_zh, GoodsItem.name_en)
        .join(GoodsItem, GoodsItem.id == StockMove.item_id)
        .where(StockMove.desk_id == desk.id, StockMove.at >= since, StockMove.at < until)
        .order_by(StockMove.id)
    )
    english = in_english()
    return [
        MoveInfo(
            name_en if english else name_zh,
            move.kind.value,
            move.pieces,
            move.counted,
            move.source,
            move.reason,
            move.clerk_name,
            move.at,
        )
        for move, name_zh, name_en in rows
    ]
