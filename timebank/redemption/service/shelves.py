"""What comes to a shelf, what is found there, what is thrown away.  Movements only; each is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.ledger import service as ledger
from timebank.redemption.commands import Delivery, Minimum, StockCount, WriteOff
from timebank.redemption.models import DeskStock, GoodsBatch, GoodsItem, MoveKind, SourceKind, StockMove
from timebank.redemption.queries import batches
from timebank.redemption.queries.batches import BatchInfo
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.rules.batches import draw
from timebank.redemption.service import stock

MOST_PIECES = 9_999
GIVEN = frozenset(SourceKind) - {SourceKind.FOUND}


def place(actor: Actor, desk_id: int, item_id: int) -> tuple[DeskInfo, GoodsItem, DeskStock]:
    """A shelf that the actor may change, locked.  Raises NotFound, NotAllowed."""
    where = desk(desk_id)
    actor.require("goods.manage", where.territory_code)
    item = db.session.get(GoodsItem, item_id)
    if item is None or not where.territory_code.startswith(item.territory_code):
        raise NotFound("goods_unknown")
    stock.lock_desk(where.id)
    return where, item, stock.shelf_of(where, item)


@command
def receive_goods(actor: Actor, delivery: Delivery, *, key: str | None = None) -> int:
    """Goods came in as a batch: pieces go from the source to the shelf; returns the movement.

    Raises `Refused`: goods_pieces_odd, goods_source_odd, goods_expired_already.
    """
    if not 1 <= delivery.pieces <= MOST_PIECES:
        raise Refused("goods_pieces_odd", field="pieces", most=MOST_PIECES)
    if delivery.source_kind not in GIVEN:
        raise Refused("goods_source_odd", field="source_kind")
    if delivery.expires_on is not None and delivery.expires_on < clock.today():
        raise Refused("goods_expired_already", field="expires_on")
    where, item, _ = place(actor, delivery.desk_id, delivery.item_id)
    kind, giver = SourceKind(delivery.source_kind), delivery.source.strip()
    batch = stock.new_batch(where, item, delivery.pieces, kind, giver, delivery.expires_on)
    move = moved(actor, batch, MoveKind.DELIVERY, delivery.pieces, delivery.note, giver)
    post(actor, where, move, stock.source_of(where, item), batch.account_id or 0)
    audit.record(actor, "receive.goods", "stock_move", move.id, where.territory_code, sku=item.sku, pieces=move.pieces)
    return move.id


@command
def take_stock(actor: Actor, count: StockCount, *, key: str | None = None) -> int:
    """The shelf was counted: the difference is posted, with its reason; returns the (first) movement.

    What is missing is taken from what expires first; what is found too many belongs to no delivery.  Raises `Refused`:
    goods_count_odd, goods_count_reason (there is a difference and no reason), goods_count_held (fewer than what waits
    for a second clerk).
    """
    where, item, shelf = place(actor, count.desk_id, count.item_id)
    return counted(actor, where, item, shelf, count)


def counted(actor: Actor, where: DeskInfo, item: GoodsItem, shelf: DeskStock, count: StockCount) -> int:
    """The same inside a transaction that has locked the desk."""
    if not 0 <= count.counted <= MOST_PIECES:
        raise Refused("goods_count_odd", field="counted")
    found = batches.on_shelf(where, [item.id])
    ledger.lock_accounts(where.tenant, [shelf.account_id, *(one.account_id for one in found)])
    found = batches.on_shelf(where, [item.id])
    difference = count.counted - sum(one.pieces for one in found)
    if difference and not count.reason.strip():
        raise Refused("goods_count_reason", field="reason", difference=f"{difference:+d}")
    if count.counted < (held := sum(one.held for one in found)):
        raise Refused("goods_count_held", field="counted", held=held)
    shelf.counted_on = clock.today()
    first = _differences(actor, where, item, shelf, found, count, difference)
    audit.record(
        actor, "count.goods", "stock_move", first.id, where.territory_code, sku=item.sku, difference=difference
    )
    return first.id


def _differences(
    actor: Actor,
    where: DeskInfo,
    item: GoodsItem,
    shelf: DeskStock,
    found: Sequence[BatchInfo],
    count: StockCount,
    difference: int,
) -> StockMove:
    """A movement for each batch that changes (one of 0 pieces when none does); the first says what was counted."""
    loose = db.session.scalars(select(GoodsBatch).where(GoodsBatch.account_id == shelf.account_id)).one()
    if difference >= 0:
        parts = [(loose, difference)]
    else:
        known = {one.id: one for one in _rows(one.id for one in found)}
        parts = [
            (known[batch_id], -pieces) for batch_id, pieces in draw((one.have for one in found), -difference) or ()
        ]
    source = stock.source_of(where, item)
    moves = []
    for batch, pieces in parts:
        move = moved(actor, batch, MoveKind.STOCK_TAKE, pieces, count.reason)
        account = batch.account_id or 0
        if pieces:
            post(actor, where, move, *((source, account) if pieces > 0 else (account, source)))
        moves.append(move)
    moves[0].counted = count.counted
    return moves[0]


def _rows(batch_ids: Iterable[int]) -> Iterable[GoodsBatch]:
    return db.session.scalars(select(GoodsBatch).where(GoodsBatch.id.in_(list(batch_ids))))


@command
def write_off(actor: Actor, wanted: WriteOff, *, key: str | None = None) -> int:
    """Pieces of a batch are thrown away, with the reason; returns the movement.

    Raises `Refused`: goods_reason_missing, goods_batch_short; NotFound.
    """
    row = db.session.get(GoodsBatch, wanted.batch_id)
    if row is None or row.desk_id != wanted.desk_id:
        raise NotFound("goods_unknown")
    where, item, _ = place(actor, row.desk_id, row.item_id)
    if not wanted.reason.strip():
        raise Refused("goods_reason_missing", field="reason")
    ledger.lock_accounts(where.tenant, [row.account_id or 0])
    now = batches.of_ids(where, [row.id]).get(row.id)
    free = now.free if now else 0
    if not 1 <= wanted.pieces <= free:
        raise Refused("goods_batch_short", field="pieces", left=free)
    move = moved(actor, row, MoveKind.WRITE_OFF, -wanted.pieces, wanted.reason)
    post(actor, where, move, row.account_id or 0, stock.source_of(where, item))
    audit.record(
        actor, "write_off.goods", "stock_move", move.id, where.territory_code, sku=item.sku, pieces=wanted.pieces
    )
    return move.id


@command
def set_minimum(actor: Actor, wanted: Minimum, *, key: str | None = None) -> None:
    """From so many pieces down the article runs low at this desk.  Raises `Refused("goods_minimum_odd")`."""
    if wanted.pieces is not None and not 0 <= wanted.pieces <= MOST_PIECES:
        raise Refused("goods_minimum_odd", field="pieces", most=MOST_PIECES)
    where, item, shelf = place(actor, wanted.desk_id, wanted.item_id)
    shelf.low_stock = wanted.pieces
    audit.record(
        actor, "set_minimum.goods", "goods_item", item.id, where.territory_code, desk=where.code, pieces=wanted.pieces
    )


def moved(actor: Actor, batch: GoodsBatch, kind: MoveKind, pieces: int, reason: str, source: str = "") -> StockMove:
    """A movement of a batch, signed: what the shelf gained.  It is posted by `post`."""
    row = StockMove(
        desk_id=batch.desk_id,
        item_id=batch.item_id,
        batch_id=batch.id,
        kind=kind,
        pieces=pieces,
        source=source[:120],
        reason=reason.strip()[:200],
        clerk_id=actor.account_id,
        clerk_name=actor.name[:80],
    )
    db.session.add(row)
    db.session.flush()
    return row


def post(actor: Actor, where: DeskInfo, move: StockMove, debit: int, credit: int) -> None:
    """The pieces of a movement go from one account to the other."""
    receipt = ledger.post(
        where.tenant,
        debit,
        credit,
        abs(move.pieces),
        key=f"stock:{move.id}",
        purpose="stock",
        memo=" · ".join(part for part in (move.source, move.reason) if part),
        actor=actor,
    )
    move.transfer_id = receipt.id
