"""From one desk to another: sent, then received and counted again.  Each is one transaction of movements."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.ledger import service as ledger
from timebank.redemption.commands import Arrival, Sending
from timebank.redemption.models import GoodsBatch, GoodsItem, MoveKind, ShelfTransfer
from timebank.redemption.queries import batches
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.rules.batches import Have, draw, pick
from timebank.redemption.service import stock
from timebank.redemption.service.shelves import MOST_PIECES, moved, place, post


@command
def send_goods(actor: Actor, sending: Sending, *, key: str | None = None) -> int:
    """Pieces leave a shelf for another desk of the city, the first to expire first; returns the transfer.

    Needs goods.manage for the desk they leave.  Raises `Refused`: goods_pieces_odd, goods_same_desk, goods_not_there,
    redeem_desk_closed, redeem_out_of_stock.
    """
    if not 1 <= sending.pieces <= MOST_PIECES:
        raise Refused("goods_pieces_odd", field="pieces", most=MOST_PIECES)
    where, item, _ = place(actor, sending.desk_id, sending.item_id)
    there = _there(where, item, sending.to_desk_id)
    row = ShelfTransfer(
        from_desk_id=where.id,
        to_desk_id=there.id,
        item_id=item.id,
        pieces=sending.pieces,
        note=sending.note.strip()[:200],
        sent_by=actor.account_id,
        sent_name=actor.name[:80],
    )
    db.session.add(row)
    db.session.flush()
    _leave(actor, where, there, item, row)
    audit.record(
        actor,
        "send.goods",
        "shelf_transfer",
        row.id,
        where.territory_code,
        sku=item.sku,
        pieces=row.pieces,
        to=there.code,
    )
    return row.id


def _there(where: DeskInfo, item: GoodsItem, desk_id: int) -> DeskInfo:
    there = desk(desk_id)
    if there.id == where.id or there.tenant != where.tenant:
        raise Refused("goods_same_desk", field="to_desk_id")
    if not there.active:
        raise Refused("redeem_desk_closed", field="to_desk_id")
    if not there.territory_code.startswith(item.territory_code):
        raise Refused("goods_not_there", field="to_desk_id")
    return there


def _leave(actor: Actor, where: DeskInfo, there: DeskInfo, item: GoodsItem, row: ShelfTransfer) -> None:
    found = batches.on_shelf(where, [item.id])
    ledger.lock_accounts(where.tenant, [one.account_id for one in found])
    found = batches.on_shelf(where, [item.id])
    chosen = pick((one.have for one in found), row.pieces, clock.today())
    if chosen is None:
        left = sum(one.free for one in found if not one.expired)
        raise Refused("redeem_out_of_stock", field="pieces", left=left, asked=row.pieces, item=item.sku)
    known = {one.id: db.session.get_one(GoodsBatch, one.id) for one in found}
    for batch_id, pieces in chosen:
        old = known[batch_id]
        new = stock.new_batch(there, item, pieces, old.source_kind, old.source, old.expires_on, on_the_way=True)
        new.shelf_transfer_id = row.id
        move = moved(actor, old, MoveKind.SENT, -pieces, f"{where.code} → {there.code}")
        post(actor, where, move, old.account_id or 0, new.account_id or 0)


@command
def receive_sent(actor: Actor, arrival: Arrival, *, key: str | None = None) -> int:
    """What was sent arrives and is counted; a difference is posted with its reason.  Returns the transfer.

    Needs goods.manage for the desk where it arrives.  Raises `Refused`: goods_arrived_already, goods_count_odd,
    goods_arrival_reason; NotFound.
    """
    row = db.session.get(ShelfTransfer, arrival.shelf_transfer_id, with_for_update=True)
    if row is None or not actor.may("goods.manage", desk(row.to_desk_id).territory_code):
        raise NotFound("goods_unknown")
    where, item, _ = place(actor, row.to_desk_id, row.item_id)
    if row.received_at is not None:
        raise Refused("goods_arrived_already")
    if not 0 <= arrival.pieces <= MOST_PIECES:
        raise Refused("goods_count_odd", field="pieces")
    difference = arrival.pieces - row.pieces
    if difference and not arrival.reason.strip():
        raise Refused("goods_arrival_reason", field="reason", difference=f"{difference:+d}")
    row.received_at, row.received_pieces, row.reason = clock.now(), arrival.pieces, arrival.reason.strip()[:200]
    row.received_by, row.received_name = actor.account_id, actor.name[:80]
    _arrive(actor, where, item, row, _on_the_way(row), difference)
    audit.record(
        actor,
        "arrive.goods",
        "shelf_transfer",
        row.id,
        where.territory_code,
        sku=item.sku,
        pieces=arrival.pieces,
        difference=difference,
    )
    return row.id


def _on_the_way(row: ShelfTransfer) -> Sequence[GoodsBatch]:
    wanted = select(GoodsBatch).where(GoodsBatch.shelf_transfer_id == row.id).order_by(GoodsBatch.id)
    return list(db.session.scalars(wanted))


def _arrive(
    actor: Actor, where: DeskInfo, item: GoodsItem, row: ShelfTransfer, sent: Sequence[GoodsBatch], difference: int
) -> None:
    """What was sent goes on the shelf whole; then what is missing is taken from it, or what is too many added."""
    source, arrived = stock.source_of(where, item), {}
    way = f"{desk(row.from_desk_id).code} → {where.code}"
    for old in sent:
        new = stock.new_batch(where, item, old.pieces, old.source_kind, old.source, old.expires_on)
        move = moved(actor, new, MoveKind.RECEIVED, old.pieces, way)
        post(actor, where, move, old.account_id or 0, new.account_id or 0)
        arrived[new.id] = new
    if difference > 0:
        extra = next(iter(arrived.values()))
        move = moved(actor, extra, MoveKind.LOST_ON_THE_WAY, difference, row.reason)
        post(actor, where, move, source, extra.account_id or 0)
    here = [Have(one.id, one.pieces, one.expires_on) for one in arrived.values()]
    for batch_id, pieces in draw(here, max(0, -difference)) or ():
        move = moved(actor, arrived[batch_id], MoveKind.LOST_ON_THE_WAY, -pieces, row.reason)
        post(actor, where, move, arrived[batch_id].account_id or 0, source)
