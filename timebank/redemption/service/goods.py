"""Articles and their prices."""

from __future__ import annotations

import re

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.queries import schemes
from timebank.redemption.commands import ItemChange, NewItem, NewLimit, NewPrice
from timebank.redemption.models import GoodsItem, GoodsLimit, GoodsPrice
from timebank.redemption.rules.limits import Period

DEAREST_MINUTES = 60_000
MOST_LIMITED = 999
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


@command
def set_limit(actor: Actor, new: NewLimit, *, key: str | None = None) -> None:
    """How many pieces one person may have in a period, from today or a later day; 0 pieces: no limit from then on.

    Raises `Refused`: goods_limit_odd, goods_limit_past.
    """
    row = _item(actor, new.item_id)
    if not 0 <= new.pieces <= MOST_LIMITED or new.period not in set(Period):
        raise Refused("goods_limit_odd", field="pieces", most=MOST_LIMITED)
    if new.valid_from < clock.today():
        raise Refused("goods_limit_past", field="valid_from")
    same_day = select(GoodsLimit).where(GoodsLimit.item_id == row.id, GoodsLimit.valid_from == new.valid_from)
    limit = db.session.scalar(same_day)
    if limit is None:
        limit = GoodsLimit(item_id=row.id, valid_from=new.valid_from)
        db.session.add(limit)
    limit.pieces, limit.period, limit.set_by = new.pieces, Period(new.period), actor.account_id
    facts = {"pieces": new.pieces, "period": new.period, "valid_from": new.valid_from.isoformat()}
    audit.record(actor, "limit.goods", "goods_item", row.id, row.territory_code, **facts)
