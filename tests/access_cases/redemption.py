"""Who gets which page of the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.architecture.cases import Case, Facts
from tests.factories import redemption as factory
from tests.factories import town
from timebank.core import clock
from timebank.core.db import db
from timebank.redemption import service
from timebank.redemption.commands import BuyPackage, Confirmation, DayEnd, Intention, NewDesk, Sending
from timebank.redemption.models import GoodsBatch, GoodsItem, GoodsPicture, Redemption
from timebank.redemption.queries import checks
from timebank.redemption.rules.packages import NewPackage


def _shop(_facts: Facts) -> dict[str, Any]:
    shop = factory.shop()
    batch = db.session.scalar(select(GoodsBatch.id).where(GoodsBatch.item_id == shop.rice, GoodsBatch.pieces > 0))
    return {"desk": shop.desk, "item": shop.rice, "shop": shop, "batch": batch}


def _receipt(facts: Facts) -> dict[str, Any]:
    made = _shop(facts)
    factory.give_hours(facts["person"], 30 * 60)
    wanted = factory.takes(made["shop"], facts["person"], rice=1, how="signature")
    return {**made, "receipt": service.redeem(town.clerk(), wanted)}


def _desk(facts: Facts) -> dict[str, Any]:
    return {"desk_id": facts["desk"]}


def _member(facts: Facts) -> dict[str, Any]:
    return {"desk_id": facts["desk"], "person_id": facts["person"]}


def _shelf(facts: Facts) -> dict[str, Any]:
    return {"desk_id": facts["desk"], "item_id": facts["item"]}


def _batch(facts: Facts) -> dict[str, Any]:
    return {"desk_id": facts["desk"], "batch_id": facts["batch"]}


def _sent(facts: Facts) -> dict[str, Any]:
    """Two bags on the way to another desk of the same street."""
    made = _shop(facts)
    there = service.open_desk(town.operator(), NewDesk("YH2", "尧新", "Yaoxin", town.YAOHUA))
    sending = Sending(made["desk"], made["item"], there, 2)
    return {**made, "transfer": service.send_goods(town.operator(), sending)}


def _transfer(facts: Facts) -> dict[str, Any]:
    return {"shelf_transfer_id": facts["transfer"]}


def _closed(facts: Facts) -> dict[str, Any]:
    """A day that two clerks have signed."""
    made = _shop(facts)
    shop = made["shop"]
    service.record_day_end(town.clerk(), DayEnd(shop.desk, ((shop.rice, 20), (shop.oil, 20)), 0))
    return {**made, "closing": service.sign_day_end(town.clerk(name="second"), shop.desk)}


def _closing(facts: Facts) -> dict[str, Any]:
    return {"closing_id": facts["closing"]}


def _item(facts: Facts) -> dict[str, Any]:
    return {"item_id": facts["item"]}


def _redemption(facts: Facts) -> dict[str, Any]:
    return {"redemption_id": facts["receipt"]}


def _code(facts: Facts) -> dict[str, Any]:
    number = db.session.get_one(Redemption, facts["receipt"]).receipt_no
    return {"code": checks.code_of(facts["receipt"], number)}


def _entry(facts: Facts) -> dict[str, Any]:
    """Goods entered without a line, for somebody nobody knows."""
    made = _shop(facts)
    wanted = Intention(made["desk"], "T999999", ((made["item"], 1),))
    return {**made, "intention": service.record_intention(town.clerk(), wanted, key="tablet")}


def _intention(facts: Facts) -> dict[str, Any]:
    return {"intention_id": facts["intention"]}


def _pictured(facts: Facts) -> dict[str, Any]:
    """An article with a picture."""
    made = _shop(facts)
    db.session.add(GoodsPicture(item_id=made["item"], large=b"large", small=b"small"))
    db.session.get_one(GoodsItem, made["item"]).picture = "abc"
    db.session.commit()
    return made


def _picture(facts: Facts) -> dict[str, Any]:
    return {"item_id": facts["item"], "digest": "abc"}


def _package(_facts: Facts) -> dict[str, Any]:
    new = NewPackage("四次打扫", "Four cleanings", "cleaning", 4, 60, town.YAOHUA)
    return {"package": service.add_package(town.operator(), new)}


def _purchase(facts: Facts) -> dict[str, Any]:
    made = {**_shop(facts), **_package(facts)}
    factory.give_hours(facts["person"], 30 * 60)
    tomorrow = clock.today() + timedelta(days=1)
    signed = Confirmation("signature")
    wanted = BuyPackage(facts["person"], made["desk"], made["package"], tomorrow, "0123456", 540, 600, signed)
    return {**made, "purchase": service.buy_package(town.clerk(), wanted)}


CLERKS = {"clerk": 200, "other_clerk": 404}
STOCK_READERS = dict.fromkeys(("clerk", "broker", "operator", "auditor"), 200) | dict.fromkeys(
    ("other_clerk", "other_broker"), 404
)
STOCK_KEEPERS = {"clerk": 200, "operator": 200, "other_clerk": 404}
GOODS_LISTS = dict.fromkeys(("clerk", "broker", "operator", "auditor", "other_clerk", "other_broker"), 200)
RECEIPT_LISTS = dict.fromkeys(("clerk", "other_clerk", "operator", "auditor"), 200)
RECEIPT_READERS = {"clerk": 200, "operator": 200, "auditor": 200, "other_clerk": 404}
EVERYBODY = dict.fromkeys(
    (
        "nobody",
        "owner",
        "neighbour",
        "broker",
        "other_broker",
        "clerk",
        "other_clerk",
        "social_worker",
        "other_social_worker",
        "operator",
        "auditor",
        "admin",
        "street_admin",
        "other_admin",
    ),
    200,
)

ACCESS_CASES = [
    Case("redemption.desks", statuses={"clerk": 302, "other_clerk": 200}, make=_shop),
    Case("redemption.counter", _desk, CLERKS, make=_shop),
    Case("redemption.member", _member, CLERKS, make=_shop),
    Case("redemption.worker", statuses={"clerk": 200, "other_clerk": 200}, make=_shop),
    Case("redemption.offline", _desk, CLERKS, make=_shop),
    Case("redemption.intentions", _desk, CLERKS, make=_entry),
    Case("redemption.drop_intention", _intention, CLERKS, make=_entry),
    Case("redemption.retry_intention", _intention, {"clerk": 303, "other_clerk": 404}, method="POST", make=_entry),
    Case("redemption.care", _member, CLERKS, make=_shop),
    Case("redemption.empty_basket", _member, {"clerk": 303}, method="POST", make=_shop),
    Case("redemption.stocks", statuses=GOODS_LISTS, make=_shop),
    Case("redemption.stock", _desk, STOCK_READERS, make=_shop),
    Case("redemption.stock_moves", _shelf, STOCK_READERS, make=_shop),
    Case("redemption.minimum", _shelf, STOCK_KEEPERS, make=_shop),
    Case("redemption.batches", _desk, STOCK_READERS, make=_shop),
    Case("redemption.write_off", _batch, STOCK_KEEPERS, make=_shop),
    Case("redemption.transfers", _desk, STOCK_READERS, make=_sent),
    Case("redemption.send", _desk, STOCK_KEEPERS, make=_shop),
    Case("redemption.receive", _transfer, STOCK_KEEPERS, make=_sent),
    Case("redemption.picture", _picture, STOCK_READERS | {"owner": 200, "neighbour": 200}, others=404, make=_pictured),
    Case("redemption.new_picture", _item, STOCK_KEEPERS, make=_shop),
    Case("redemption.new_limit", _item, STOCK_KEEPERS, make=_shop),
    Case("redemption.goods_in", _desk, STOCK_KEEPERS, make=_shop),
    Case("redemption.count", _shelf, STOCK_KEEPERS, make=_shop),
    Case("redemption.goods", statuses=GOODS_LISTS, make=_shop),
    Case("redemption.article", _item, STOCK_READERS, make=_shop),
    Case("redemption.new_price", _item, STOCK_KEEPERS, make=_shop),
    Case("redemption.desk_day", _desk, {"clerk": 200, "operator": 200, "auditor": 200, "other_clerk": 404}, make=_shop),
    Case("redemption.day_end", _desk, CLERKS, make=_shop),
    Case("redemption.day_ends", _desk, RECEIPT_READERS, make=_closed),
    Case("redemption.day_sheet", _closing, RECEIPT_READERS, make=_closed),
    Case("redemption.reckonings", statuses=RECEIPT_LISTS, make=_shop),
    Case("redemption.redemptions", statuses=RECEIPT_LISTS, make=_shop),
    Case("redemption.redemptions_csv", statuses=RECEIPT_LISTS, make=_shop),
    Case(
        "redemption.receipt",
        _redemption,
        {"owner": 200, "clerk": 200, "operator": 200, "auditor": 200},
        others=404,
        make=_receipt,
    ),
    Case("redemption.check_receipt", _code, EVERYBODY | {"stranger": 200}, make=_receipt),
    Case("redemption.take_back", _redemption, CLERKS, make=_receipt),
    Case("redemption.take_back_later", _redemption, {"operator": 200}, make=_receipt),
    Case("redemption.my_goods", statuses=EVERYBODY),
    Case("redemption.my_goal", statuses=EVERYBODY),
    Case("redemption.my_packages", statuses=EVERYBODY),
    Case("redemption.packages", statuses=GOODS_LISTS),
    Case("redemption.new_package", statuses=dict.fromkeys(("clerk", "other_clerk", "operator"), 200)),
    Case(
        "redemption.stop_package",
        lambda facts: {"package_id": facts["package"]},
        {"clerk": 303, "operator": 303, "other_clerk": 404},
        method="POST",
        make=_package,
    ),
    Case("redemption.buy_package", _member, CLERKS, make=_shop),
    Case(
        "redemption.purchase",
        lambda facts: {"purchase_id": facts["purchase"]},
        {"owner": 200, "clerk": 200},
        others=404,
        make=_purchase,
    ),
    Case("redemption.my_redemptions", statuses=EVERYBODY),
]
