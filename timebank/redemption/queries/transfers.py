"""Goods on the way between desks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE
from timebank.redemption.models import Desk, GoodsItem, ShelfTransfer
from timebank.redemption.queries.desks import DeskInfo, in_english

THERE: Any = aliased(Desk)


@dataclass(frozen=True, slots=True)
class TransferInfo:
    """A transfer with its names in the reader's language."""

    id: int
    item_id: int
    item_name: str
    sku: str
    from_desk_id: int
    from_desk: str
    to_desk_id: int
    to_desk: str
    pieces: int
    note: str
    sent_at: datetime
    sent_name: str
    received_at: datetime | None
    received_pieces: int | None
    reason: str
    received_name: str

    @property
    def difference(self) -> int:
        return (self.received_pieces or 0) - self.pieces if self.received_at else 0


def _wanted() -> Any:
    return (
        select(ShelfTransfer, GoodsItem, Desk, THERE)
        .join(GoodsItem, GoodsItem.id == ShelfTransfer.item_id)
        .join(Desk, Desk.id == ShelfTransfer.from_desk_id)
        .join(THERE, THERE.id == ShelfTransfer.to_desk_id)
    )


def _info(row: ShelfTransfer, item: GoodsItem, here: Desk, there: Desk) -> TransferInfo:
    english = in_english()
    names = [one.name_en if english else one.name_zh for one in (item, here, there)]
    return TransferInfo(
        row.id,
        item.id,
        names[0],
        item.sku,
        here.id,
        names[1],
        there.id,
        names[2],
        row.pieces,
        row.note,
        row.sent_at,
        row.sent_name,
        row.received_at,
        row.received_pieces,
        row.reason,
        row.received_name,
    )


def of_desk(desk: DeskInfo, limit: int = 4 * PER_PAGE) -> Sequence[TransferInfo]:
    """What is on the way to and from a desk, then the newest of what arrived.  One statement."""
    here = or_(ShelfTransfer.from_desk_id == desk.id, ShelfTransfer.to_desk_id == desk.id)
    order = (ShelfTransfer.received_at.is_not(None), ShelfTransfer.id.desc())
    return [_info(*row) for row in db.session.execute(_wanted().where(here).order_by(*order).limit(limit))]


def transfer(actor: Actor, shelf_transfer_id: int, permission: str) -> TransferInfo:
    """One, for those who hold the permission where it arrives; raises NotFound."""
    seen = in_scope(THERE.territory_code, actor.scopes(permission))
    row = db.session.execute(_wanted().where(ShelfTransfer.id == shelf_transfer_id, seen)).first()
    if row is None:
        raise NotFound("goods_unknown")
    return _info(*row)


def coming(actor: Actor) -> int:
    """How many transfers are on the way to the actor's desks (goods.manage).  One statement."""
    found = (
        select(func.count())
        .select_from(ShelfTransfer)
        .join(Desk, Desk.id == ShelfTransfer.to_desk_id)
        .where(ShelfTransfer.received_at.is_(None), in_scope(Desk.territory_code, actor.scopes("goods.manage")))
    )
    return int(db.session.scalar(found) or 0)
