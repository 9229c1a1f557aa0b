"""Articles, their prices, and what comes to the shelf."""

from __future__ import annotations

import re

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.queries import schemes
from timebank.ledger import queries as ledger_queries
from timebank.ledger import service as ledger
from timebank.redemption.commands import Delivery, ItemChange, NewItem, NewPrice, StockCount
from timebank.redemption.models import DeskStock, GoodsItem, GoodsPrice, MoveKind, StockMove
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.service import stock

MOST_PIECES = 9_999
DEAREST_MINUTES = 60_000
SKU = re.compile(r"[0-9A-Za-z-]{1,32}")


@command
def add_item(actor: Actor, new: NewItem, *, key: str | None = None) -> int:
    """An article with its first price, from today.  Raises `Refused` goods_sku_*, goods_price_odd."""
    actor.require("goods.manage", new.territory_code)
    sku = new.sku.strip().upper()
    if not SKU.fullmatch(sku):
        raise Refused("goods_sku_odd", field="sku")
    if db.session.scalar(select(GoodsItem.id).where(GoodsItem.sku == sku)):
        raise Refused("goods_sku_taken", field="sku")
    row = GoodsItem(
        sku=sku,
        name_zh=new.name_zh.strip(),
        name_en=new.name_en.strip(),
        unit_zh=new.unit_zh.strip(),
        unit_en=new.unit_en.strip(),
        scheme_id=schemes.scheme_for(new.territory_code).id,
        territory_code=new.territory_code,
        source=new.source.strip(),
        low_stock=new.low_stock,
    )
    db.session.add(row)
    db.session.flush()
    _price(actor, row, new.price_minutes, "price_minutes")
    audit.record(actor, "add.goods", "goods_item", row.id, row.territory_code, sku=sku)
    return row.id


def _price(actor: Actor, item: GoodsItem, minutes: int, field: str) -> None:
    if not 1 <= minutes <= DEAREST_MINUTES:
        raise Refused("goods_price_odd", field=field, most_minutes=DEAREST_MINUTES)
    db.session.add(GoodsPrice(item_id=item.id, minutes=minutes, valid_from=clock.today(), set_by=actor.account_id))


def _item(actor: Actor, item_id: int) -> GoodsItem:
    row = db.session.get(GoodsItem, item_id)
    if row is None:
        raise NotFound("goods_unknown")
    actor.require("goods.manage", row.territory_code)
    return row


@command
def change_item(actor: Actor, change: ItemChange, *, key: str | None = None) -> None:
    """Names, unit, giver, when it runs low, whether it is handed out.  Needs goods.manage."""
    row = _item(actor, change.item_id)
    row.name_zh, row.name_en = change.name_zh.strip(), change.name_en.strip()
    row.unit_zh, row.unit_en = change.unit_zh.strip(), change.unit_en.strip()
    row.source, row.low_stock, row.active = change.source.strip(), change.low_stock, change.active
    audit.record(actor, "change.goods", "goods_item", row.id, row.territory_code, active=row.active)


@command
def set_price(actor: Actor, new: NewPrice, *, key: str | None = None) -> None:
    """A price in minutes from today or a later day.  Raises `Refused` goods_price_odd, goods_price_past."""
    row = _item(actor, new.item_id)
    if not 1 <= new.minutes <= DEAREST_MINUTES:
        raise Refused("goods_price_odd", field="minutes", most_minutes=DEAREST_MINUTES)
    if new.valid_from < clock.today():
        raise Refused("goods_price_past", field="valid_from")
    same_day = select(GoodsPrice).where(GoodsPrice.item_id == row.id, GoodsPrice.valid_from == new.valid_from)
    price = db.session.scalar(same_day)
    if price is None:
        price = GoodsPrice(item_id=row.id, minutes=new.minutes, valid_from=new.valid_from)
        db.session.add(price)
    price.minutes, price.set_by = new.minutes, actor.account_id
    day = new.valid_from.isoformat()
    audit.record(actor, "price.goods", "goods_item", row.id, row.territory_code, minutes=new.minutes, valid_from=day)


def _place(actor: Actor, desk_id: int, item_id: int) -> tuple[DeskInfo, GoodsItem, DeskStock]:
    where = desk(desk_id)
    actor.require("goods.manage", where.territory_code)
    item = db.session.get(GoodsItem, item_id)
    if item is None or not where.territory_code.startswith(item.territory_code):
        raise NotFound("goods_unknown")
    return where, item, stock.shelf_of(where, item)


@command
def receive_goods(actor: Actor, delivery: Delivery, *, key: str | None = None) -> int:
    """Goods came in: pieces go from the source to the shelf.  Raises `Refused("goods_pieces_odd")`."""
    if not 1 <= delivery.pieces <= MOST_PIECES:
        raise Refused("goods_pieces_odd", field="pieces", most=MOST_PIECES)
    where, item, shelf = _place(actor, delivery.desk_id, delivery.item_id)
    move = _move(actor, where, item, MoveKind.DELIVERY, delivery.pieces)
    move.source, move.reason = delivery.source.strip(), delivery.note.strip()
    db.session.add(move)
    db.session.flush()
    _post(actor, where, move, stock.source_of(where, item), shelf.account_id)
    audit.record(actor, "receive.goods", "stock_move", move.id, where.territory_code, sku=item.sku, pieces=move.pieces)
    return move.id


@command
def take_stock(actor: Actor, count: StockCount, *, key: str | None = None) -> int:
    """The shelf was counted: the difference is posted, with its reason.

    Raises `Refused`: goods_count_odd, goods_count_reason (there is a difference and no reason), goods_count_held
    (fewer than what waits for a second clerk).
    """
    if not 0 <= count.counted <= MOST_PIECES:
        raise Refused("goods_count_odd", field="counted")
    where, item, shelf = _place(actor, count.desk_id, count.item_id)
    ledger.lock_accounts(where.tenant, [shelf.account_id])
    books = ledger_queries.balance(where.tenant, shelf.account_id)
    difference = count.counted - books.posted
    if difference and not count.reason.strip():
        raise Refused("goods_count_reason", field="reason", difference=f"{difference:+d}")
    if count.counted < books.held:
        raise Refused("goods_count_held", field="counted", held=books.held)
    move = _move(actor, where, item, MoveKind.STOCK_TAKE, difference)
    move.counted, move.reason = count.counted, count.reason.strip()
    shelf.counted_on = clock.today()
    db.session.add(move)
    db.session.flush()
    if difference:
        source = stock.source_of(where, item)
        way = (source, shelf.account_id) if difference > 0 else (shelf.account_id, source)
        _post(actor, where, move, *way)
    audit.record(actor, "count.goods", "stock_move", move.id, where.territory_code, sku=item.sku, difference=difference)
    return move.id


def _move(actor: Actor, where: DeskInfo, item: GoodsItem, kind: MoveKind, pieces: int) -> StockMove:
    return StockMove(
        desk_id=where.id,
        item_id=item.id,
        kind=kind,
        pieces=pieces,
        clerk_id=actor.account_id,
        clerk_name=actor.name[:80],
    )


def _post(actor: Actor, where: DeskInfo, move: StockMove, debit: int, credit: int) -> None:
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
