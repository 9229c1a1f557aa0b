"""An article gets a picture, another one, or none."""

from __future__ import annotations

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.redemption.commands import NewPicture
from timebank.redemption.models import GoodsItem, GoodsPicture
from timebank.redemption.pictures import Pictures, drawn_anew


def set_picture(actor: Actor, new: NewPicture, *, key: str | None = None) -> str:
    """Draws the upload anew and keeps it; returns the picture's digest.  Needs goods.manage.

    Raises `Refused` on `file`: goods_picture_large, goods_picture_unreadable; `NotFound`.
    """
    return _keep(actor, new.item_id, drawn_anew(new.upload), new.alt_zh, new.alt_en, key=key)


@command
def _keep(actor: Actor, item_id: int, pictures: Pictures, alt_zh: str, alt_en: str, *, key: str | None = None) -> str:
    item = _item(actor, item_id)
    row = db.session.get(GoodsPicture, item.id) or GoodsPicture(item_id=item.id)
    row.large, row.small = pictures.large, pictures.small
    row.set_by, row.set_at = actor.account_id, clock.now()
    db.session.add(row)
    item.picture, item.picture_alt_zh, item.picture_alt_en = pictures.digest, alt_zh.strip(), alt_en.strip()
    audit.record(actor, "picture.goods", "goods_item", item.id, item.territory_code, sku=item.sku)
    return pictures.digest


def _item(actor: Actor, item_id: int) -> GoodsItem:
    item = db.session.get(GoodsItem, item_id)
    if item is None:
        raise NotFound("goods_unknown")
    actor.require("goods.manage", item.territory_code)
    return item


@command
def remove_picture(actor: Actor, item_id: int, *, key: str | None = None) -> None:
    """The drawing of a parcel stands for the article again.  Needs goods.manage; raises `NotFound`."""
    item = _item(actor, item_id)
    row = db.session.get(GoodsPicture, item.id)
    if row is not None:
        db.session.delete(row)
    item.picture = item.picture_alt_zh = item.picture_alt_en = ""
    audit.record(actor, "unpicture.goods", "goods_item", item.id, item.territory_code, sku=item.sku)
