"""Service desks with goods, deliveries, redemptions, a return and one that waits for a second clerk."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.demo import places
from timebank.demo.pictures import drawing
from timebank.demo.town import Helper, Resident, Town
from timebank.redemption import service
from timebank.redemption.commands import (
    Arrival,
    Confirmation,
    DayEnd,
    Delivery,
    NewDesk,
    NewItem,
    NewLimit,
    NewPicture,
    RedeemCommand,
    ReturnCommand,
    Sending,
    WriteOff,
)
from timebank.redemption.models import RedemptionLine
from timebank.redemption.queries import batches, day_end
from timebank.redemption.queries.desks import desk
from timebank.redemption.queries.standing import card_of
from timebank.redemption.rules.allowance import Kind
from timebank.redemption.service import goods, shelves
from timebank.redemption.service.desks import open_desk
from timebank.redemption.service.redeem import redeem
from timebank.redemption.service.returns import take_back

SIGNED = Confirmation("signature")
DESKS = (
    NewDesk(
        "YH1",
        "尧化街道兑换窗口",
        "Yaohua street desk",
        places.YAOXIN,
        "尧新社区服务中心一楼",
        "周一至周六 9:00-17:00",
        "Mon-Sat 9-17",
    ),
    NewDesk(
        "WLC",
        "五老村社区兑换点",
        "Wulaocun desk",
        "320104006003",
        "五老村社区养老服务站",
        "周三 14:00-17:00",
        "Wed 14-17",
    ),
)
GOODS = (  # sku, 名称, name, 单位, unit, minutes
    ("RICE5", "大米 5 千克", "Rice 5 kg", "袋", "bag", 180),
    ("OIL1", "食用油 1.8 升", "Cooking oil 1.8 l", "桶", "bottle", 150),
    ("EGG30", "鸡蛋 30 枚", "Eggs, 30", "盘", "tray", 90),
    ("NOODLE", "挂面 1 千克", "Noodles 1 kg", "袋", "pack", 30),
    ("MILK", "牛奶 12 盒", "Milk, 12 cartons", "箱", "case", 120),
    ("SOAP", "肥皂", "Soap", "块", "bar", 15),
    ("TISSUE", "卷纸 10 卷", "Toilet paper, 10 rolls", "提", "pack", 45),
    ("WASH", "洗衣液 2 千克", "Washing liquid 2 kg", "瓶", "bottle", 75),
    ("TOWEL", "毛巾", "Towel", "条", "piece", 25),
    ("SALT", "食盐", "Salt", "袋", "bag", 10),
)
SOURCES = (("charity_supermarket", "尧化街道爱心超市"), ("donation", "共建单位捐赠"), ("purchase", "街道采购"))
KEEPS = {"EGG30": 25, "MILK": 120, "NOODLE": 240, "RICE5": 300, "OIL1": 400}  # days; the rest does not go bad
SMALL = ("NOODLE", "SOAP", "TISSUE", "EGG30", "TOWEL", "SALT", "OIL1", "RICE5")


def furnish(town: Town) -> None:
    """Two desks, the articles of the city's time bank and the first deliveries."""
    operator = town.staff["operator"]
    for new in DESKS:
        town.desks[new.code] = open_desk(operator, new)
    for sku, name_zh, name_en, unit_zh, unit_en, minutes in GOODS:
        item = NewItem(sku, name_zh, name_en, unit_zh, unit_en, minutes, "3201", SOURCES[0][1], 5)
        town.goods[sku] = goods.add_item(operator, item)
        service.set_picture(operator, NewPicture(town.goods[sku], drawing(sku), name_zh, name_en))
    service.set_limit(operator, NewLimit(town.goods["EGG30"], 2, "month", clock.today()))
    for code in town.desks:
        deliver(town, code, 20 if code == "WLC" else 40)


def deliver(town: Town, code: str, pieces: int) -> None:
    """What has expired is written off; goods come in for every article; of one there is always too little."""
    for row in batches.rows(desk(town.desks[code])):
        if row.batch.expired and row.batch.free:
            gone = WriteOff(town.desks[code], row.batch.id, row.batch.free, "过期报损 / past its day")
            shelves.write_off(town.staff["operator"], gone)
    for sku, item_id in town.goods.items():
        count = 4 if sku == "MILK" else pieces + town.rng.randint(0, 15)
        kind, source = town.rng.choice(SOURCES)
        until = clock.today() + timedelta(days=KEEPS[sku]) if sku in KEEPS else None
        delivery = Delivery(town.desks[code], item_id, count, source, "送货单", kind, until)
        shelves.receive_goods(town.staff["operator"], delivery)


def end_day(town: Town, day: date) -> None:
    """One clerk of the street's desk counts, the other signs; now and then a bar of soap is missing."""
    where = desk(town.desks["YH1"])
    books = day_end.expected(where, day)
    missing = {town.goods["SOAP"]} if day.toordinal() % 3 == 0 else set()
    counted = tuple((one.item_id, max(0, one.books - (one.item_id in missing))) for one in books.articles)
    reasons = tuple((item, "少一块，可能漏记 / one bar missing") for item in missing)
    service.record_day_end(town.staff["desk"], DayEnd(where.id, counted, books.receipts, reasons))
    service.sign_day_end(town.staff["desk2"], where.id)


def between_desks(town: Town) -> None:
    """Something arrived at the other desk, one piece broken; something else is still on the way."""
    here, there = town.desks["YH1"], town.desks["WLC"]
    clerk, other = town.staff["desk"], town.staff["wulao-desk"]
    sent = service.send_goods(clerk, Sending(here, town.goods["TOWEL"], there, 6, "支援五老村 / for Wulaocun"))
    service.receive_sent(other, Arrival(sent, 5, "一条破损 / one is torn"))
    service.send_goods(clerk, Sending(here, town.goods["NOODLE"], there, 4))


def serve(town: Town, helper: Helper) -> int | None:
    """A volunteer takes what the hours allow; None when the rules say not yet."""
    code = "YH1" if helper.resident.code.startswith(places.YAOHUA) else "WLC"
    card = card_of(desk(town.desks[code]), helper.resident.id)
    return _take(town, helper, code, card.allowed(Kind.GOODS).minutes)


def _take(town: Town, helper: Helper, code: str, most: int) -> int | None:
    basket: list[tuple[int, int]] = []
    prices = {sku: minutes for sku, *_names, minutes in GOODS}
    for sku in town.rng.sample(SMALL, 3):
        if prices[sku] <= most:
            basket.append((town.goods[sku], 1))
            most -= prices[sku]
    if not basket:
        return None
    clerk = town.staff["desk" if code == "YH1" else "wulao-desk"]
    try:
        return redeem(clerk, RedeemCommand(helper.resident.id, town.desks[code], tuple(basket), SIGNED))
    except Refused as refused:
        if refused.code.startswith("redeem_"):  # the shelf is empty or the share used up: they come again
            return None
        raise


def take(town: Town, who: Resident, wanted: dict[str, int]) -> int:
    """Exactly these goods at the street's desk."""
    lines = tuple((town.goods[sku], count) for sku, count in wanted.items())
    return redeem(town.staff["desk"], RedeemCommand(who.id, town.desks["YH1"], lines, SIGNED))


def bring_back(town: Town, redemption_id: int) -> None:
    """One piece comes back faulty; it does not go on the shelf again."""
    line = select(RedemptionLine.id).where(RedemptionLine.redemption_id == redemption_id).limit(1)
    pieces = ((db.session.execute(line).scalar_one(), 1),)
    take_back(town.staff["desk"], ReturnCommand(redemption_id, pieces, "包装破损 / damaged packaging", to_shelf=False))
