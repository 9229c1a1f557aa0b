"""A desk with rice and oil on its shelf, and members with hours."""

from __future__ import annotations

from dataclasses import dataclass

from tests.factories import town
from timebank.access import service as access
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.ledger import service as ledger
from timebank.people.models import NameKey
from timebank.people.rules.name_keys import keys_of
from timebank.redemption import service
from timebank.redemption.commands import Confirmation, Delivery, NewDesk, NewItem, RedeemCommand

PIN = "480275"
RICE_MINUTES, OIL_MINUTES = 120, 90
TENANT = 3201


@dataclass(frozen=True, slots=True)
class Shop:
    """What `shop()` made."""

    desk: int
    rice: int
    oil: int


def shop(rice: int = 20, oil: int = 20, code: str = "YH1", territory: str = town.YAOHUA) -> Shop:
    """An open desk of Yaohua street with rice (2 h) and oil (1 h 30 min)."""
    actor = town.operator()
    desk = service.open_desk(actor, NewDesk(code, "尧化街道服务台", "Yaohua service desk", territory, "尧化门街189号"))
    return Shop(
        desk,
        stocked(actor, desk, "RICE5", "大米 5 公斤", "Rice 5 kg", RICE_MINUTES, rice, territory),
        stocked(actor, desk, "OIL1", "菜籽油 1 升", "Rapeseed oil 1 l", OIL_MINUTES, oil, territory),
    )


def stocked(
    actor: Actor, desk: int, sku: str, zh: str, en: str, minutes: int, pieces: int, territory: str = town.YAOHUA
) -> int:
    """An article on the shelf of a desk; returns its id."""
    item = service.add_item(actor, NewItem(sku, zh, en, "袋", "bag", minutes, territory, "慈善超市"))
    service.receive_goods(actor, Delivery(desk, item, pieces, "慈善超市"))
    return item


def saver(hours: int = 30, name: str = "徐梅", pin: str = PIN, **facts: object) -> int:
    """A member of Yaoxin community with hours earned by an opening balance, and a PIN; returns the person's id."""
    person = town.person(name, **facts)
    db.session.add_all(NameKey(person_id=person, key=key) for key in keys_of(name))
    db.session.commit()
    give_hours(person, hours * 60)
    access.set_pin(Actor.system("tests"), person, pin)
    return person


def give_hours(person: int, minutes: int) -> int:
    """Minutes on the member's account, as at an opening; returns the account."""
    actor = Actor.system("tests")
    account = ledger.ensure_account(TENANT, "member", person)
    clearing = ledger.ensure_account(TENANT, "clearing", 1, floor=None)
    if minutes:
        ledger.post(TENANT, clearing, account, minutes, key=f"open:{person}:{minutes}", purpose="opening", actor=actor)
    db.session.commit()
    return account


def takes(
    shop: Shop,
    person: int,
    *,
    rice: int = 0,
    oil: int = 0,
    pin: str = PIN,
    total: int | None = None,
    how: str = "pin",
    again: bool = True,
) -> RedeemCommand:
    """The member takes so much and confirms (by PIN); the same basket twice is meant."""
    lines = tuple((item, count) for item, count in ((shop.rice, rice), (shop.oil, oil)) if count)
    return RedeemCommand(person, shop.desk, lines, Confirmation(how, pin), total, again)
