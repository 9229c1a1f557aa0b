"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

ACTIONS: dict[str, Any] = {
    "add.package": _l("Care package offered"),
    "stop.package": _l("Care package not sold any more"),
    "buy.package": _l("Care package bought"),
    "redeem.goods": _l("Goods handed out"),
    "hold.redemption": _l("Basket waits for a second clerk"),
    "approve.redemption": _l("Basket confirmed by a second clerk"),
    "cancel.redemption": _l("Basket cancelled"),
    "take_back.goods": _l("Goods taken back"),
    "redeem.care": _l("Hours redeemed for care"),
    "open.desk": _l("Service desk opened"),
    "close.desk": _l("Service desk closed"),
    "add.goods": _l("Article added"),
    "change.goods": _l("Article changed"),
    "price.goods": _l("Price set"),
    "receive.goods": _l("Stock received"),
    "write_off.goods": _l("Goods written off"),
    "set_minimum.goods": _l("Minimum stock set"),
    "limit.goods": _l("Limit for one person set"),
    "send.goods": _l("Goods sent to another desk"),
    "arrive.goods": _l("Goods of another desk received"),
    "count.day_end": _l("Day end counted"),
    "close.day": _l("Day at the desk closed"),
    "record.intention": _l("Goods entered without a line"),
    "take_up.intention": _l("Goods entered without a line put in the basket"),
    "drop.intention": _l("Goods entered without a line given up"),
    "picture.goods": _l("Picture of an article set"),
    "unpicture.goods": _l("Picture of an article removed"),
    "count.goods": _l("Shelf counted"),
}
