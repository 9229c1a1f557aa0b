"""What the desk says when somebody wants more than there is: the number that is there, and nothing has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.conftest import in_language
from tests.factories import redemption as desk
from tests.factories import town
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.core.texts import refusal_text
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.service import Receipt
from timebank.redemption import service
from timebank.redemption.models import Redemption
from timebank.redemption.queries.desks import desk as desk_info
from timebank.redemption.queries.goods import shelf
from timebank.redemption.queries.standing import card_of


def test_redeeming_more_than_is_available_is_refused_with_what_is_there(app: Flask) -> None:
    town.town()
    shop = desk.shop()
    xu = desk.saver(30)
    account = books.account_of(desk.TENANT, "member", xu)
    clearing = ledger.ensure_account(desk.TENANT, "clearing", 1, floor=None)
    assert account is not None
    on_hold = 29 * 60
    until = clock.now() + timedelta(days=1)
    system = Actor.system("test")
    ledger.hold(
        desk.TENANT, account, clearing, on_hold, key="promised", expires_at=until, purpose="visit", actor=system
    )
    db.session.commit()
    before = books.balance(desk.TENANT, account)
    with pytest.raises(Refused) as refusal:
        service.redeem(town.clerk(), desk.takes(shop, xu, rice=1))
    assert refusal.value.code == "redeem_insufficient_time"
    assert refusal.value.facts == {"available_minutes": 60, "needed_minutes": desk.RICE_MINUTES}
    with in_language(app, "en"):
        words = refusal_text(refusal.value)
    assert words == "1 h are available, but the basket needs 2 h. Take something out of it."
    db.session.rollback()
    assert books.balance(desk.TENANT, account) == before
    assert {one.article.id: one.free for one in shelf(desk_info(shop.desk))} == {shop.rice: 20, shop.oil: 20}
    assert db.session.query(Redemption).count() == 0
    assert service.redeem(town.clerk(), desk.takes(shop, desk.saver(30, "张大爷"), rice=1)), "others are served"


def test_a_correction_counts_where_what_it_corrects_has_counted(app: Flask) -> None:
    town.town()
    shop = desk.shop()
    xu = desk.saver(30)
    account = books.account_of(desk.TENANT, "member", xu)
    assert account is not None
    other = desk.give_hours(town.person("张大爷"), 600)
    clearing = ledger.ensure_account(desk.TENANT, "clearing", 1, floor=None)
    system = Actor.system("test")
    reversals: list[Receipt] = []

    def moved(key: str, way: tuple[int, int], minutes: int, purpose: str) -> Receipt:
        return ledger.post(desk.TENANT, *way, minutes, key=key, purpose=purpose, actor=system)

    def undone(receipt: Receipt) -> tuple[int, int]:
        reversals.append(ledger.reverse(desk.TENANT, receipt.id, key=f"undo:{receipt.id}", reason="错了", actor=system))
        db.session.commit()
        return stands()

    def stands() -> tuple[int, int]:
        now = card_of(desk_info(shop.desk), xu).standing
        return now.earned_minutes, now.used_minutes["service"]

    visit = moved("visit", (account, clearing), 120, "visit")
    given = moved("given", (account, other), 300, "transfer")
    received = moved("received", (other, account), 60, "transfer")
    assert stands() == (31 * 60, 120)
    assert undone(given) == (31 * 60, 120), "a gift taken back is no care given back"
    assert undone(received) == (30 * 60, 120)
    assert undone(visit) == (30 * 60, 0)
    assert undone(reversals[-1]) == (30 * 60, 120), "the correction was wrong: the visit stands again"
