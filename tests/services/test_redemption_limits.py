"""Limits for one person, and goods that go from desk to desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.conftest import findings
from tests.factories import redemption as desk
from tests.factories import town
from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.redemption import service
from timebank.redemption.commands import Arrival, Delivery, NewDesk, NewLimit, ReturnCommand, Sending
from timebank.redemption.queries import receipts, transfers
from timebank.redemption.queries.desks import desk as desk_info
from timebank.redemption.queries.goods import ShelfItem, shelf_item

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def shop(app: object) -> desk.Shop:
    town.town()
    return desk.shop()


def rice(shop: desk.Shop, at: int = 0) -> ShelfItem:
    db.session.rollback()
    return shelf_item(desk_info(at or shop.desk), shop.rice)


# -- limits ------------------------------------------------------------------------------------------------------------


def limited(shop: desk.Shop, pieces: int, period: str = "year") -> None:
    service.set_limit(town.operator(), NewLimit(shop.rice, pieces, period, clock.today()))


def test_more_than_the_limit_is_refused_in_the_basket_and_at_the_receipt_and_returns_count_back(
    shop: desk.Shop,
) -> None:
    limited(shop, 2)
    person = desk.saver(100)
    service.put_in_basket(town.clerk(), shop.desk, person, "RICE5", 2)
    with pytest.raises(Refused) as basket:
        service.put_in_basket(town.clerk(), shop.desk, person, "RICE5", 1)
    assert basket.value.code == "redeem_limit_year"
    first = service.redeem(town.clerk(), desk.takes(shop, person, rice=1, oil=5))
    with pytest.raises(Refused) as refused:
        service.redeem(town.clerk(), desk.takes(shop, person, rice=2))
    assert (refused.value.facts["taken"], refused.value.facts["left"]) == (1, 1)
    lines = {line.sku: line.id for line in receipts.receipt(town.clerk(), first).lines}
    service.take_back(town.clerk(), ReturnCommand(first, ((lines["RICE5"], 1),), "不要了"))
    service.redeem(town.clerk(), desk.takes(shop, person, rice=2))
    with pytest.raises(Refused):
        service.redeem(town.clerk(), desk.takes(shop, person, rice=1))
    service.redeem(town.clerk(), desk.takes(shop, desk.saver(100, "李兰"), rice=2))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=366), tick=False):
        service.redeem(town.clerk(), desk.takes(shop, person, rice=1))
    limited(shop, 0)
    service.redeem(town.clerk(), desk.takes(shop, person, rice=1))


def test_odd_limits_are_refused_and_others_may_not_set_them(shop: desk.Shop) -> None:
    yesterday = clock.today() - timedelta(days=1)
    for new, code in (
        (NewLimit(shop.rice, -1, "day", clock.today()), "goods_limit_odd"),
        (NewLimit(shop.rice, 1, "moon", clock.today()), "goods_limit_odd"),
        (NewLimit(shop.rice, 1, "day", yesterday), "goods_limit_past"),
    ):
        with pytest.raises(Refused) as refused:
            service.set_limit(town.operator(), new)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        service.set_limit(town.clerk(town.WULAOCUN), NewLimit(shop.rice, 1, "day", clock.today()))


@pytest.mark.concurrency
def test_two_desks_at_once_keep_to_one_persons_limit(shop: desk.Shop, at_once: AtOnce) -> None:
    limited(shop, 2)
    person, second = desk.saver(100), other_desk()
    service.receive_goods(town.operator(), Delivery(second, shop.rice, 5))
    places = [shop, desk.Shop(second, shop.rice, shop.oil)] * 2
    clerks = [town.clerk(name=f"clerk-{number}") for number in range(4)]
    answers = at_once(
        *(
            lambda place=place, clerk=clerk: service.redeem(clerk, desk.takes(place, person, rice=1))
            for clerk, place in zip(clerks, places, strict=True)
        )
    )
    assert sum(isinstance(answer, int) for answer in answers) == 2, answers
    assert {getattr(answer, "code", 0) for answer in answers if not isinstance(answer, int)} == {"redeem_limit_year"}


# -- from desk to desk -------------------------------------------------------------------------------------------------


def other_desk(territory: str = town.YAOXIN, code: str = "YH2") -> int:
    return service.open_desk(town.operator(), NewDesk(code, "尧新服务台", "Yaoxin desk", territory))


def test_what_is_sent_leaves_at_once_and_arrives_when_it_is_counted_with_its_day_and_source(shop: desk.Shop) -> None:
    there = other_desk()
    day = clock.today() + timedelta(days=9)
    service.receive_goods(town.clerk(), Delivery(shop.desk, shop.rice, 4, "苏果", "", "purchase", day))
    number = service.send_goods(town.clerk(), Sending(shop.desk, shop.rice, there, 6, "周末用"), key="a")
    assert service.send_goods(town.clerk(), Sending(shop.desk, shop.rice, there, 6, "周末用"), key="a") == number
    assert rice(shop).pieces == 18
    assert transfers.coming(town.clerk()) == 1
    with pytest.raises(NotFound):
        rice(shop, there)
    with pytest.raises(Refused) as reason:
        service.receive_sent(town.clerk(), Arrival(number, 5))
    assert (reason.value.code, reason.value.facts["difference"]) == ("goods_arrival_reason", "-1")
    service.receive_sent(town.clerk(), Arrival(number, 5, "一袋破了"), key="b")
    service.receive_sent(town.clerk(), Arrival(number, 5, "一袋破了"), key="b")
    assert [(one.pieces, one.expires_on, one.source) for one in rice(shop, there).batches] == [
        (3, day, "苏果"),
        (2, None, "慈善超市"),
    ]
    found = transfers.of_desk(desk_info(there))[0]
    assert (found.difference, found.reason, found.from_desk_id) == (-1, "一袋破了", shop.desk)
    assert transfers.coming(town.clerk()) == 0
    with pytest.raises(Refused) as twice:
        service.receive_sent(town.clerk(), Arrival(number, 6))
    assert twice.value.code == "goods_arrived_already"
    assert findings() == ()


def test_more_than_was_sent_may_arrive_and_nothing_may(shop: desk.Shop) -> None:
    there = other_desk()
    service.receive_goods(town.clerk(), Delivery(there, shop.rice, 1))
    first = service.send_goods(town.clerk(), Sending(shop.desk, shop.rice, there, 2))
    assert rice(shop, there).pieces == 1, "on the way is not on the shelf"
    service.receive_sent(town.clerk(), Arrival(first, 3, "多数了一袋"))
    second = service.send_goods(town.clerk(), Sending(shop.desk, shop.rice, there, 2))
    service.receive_sent(town.clerk(), Arrival(second, 0, "路上丢了"))
    assert (rice(shop).pieces, rice(shop, there).pieces) == (16, 4)
    assert findings() == ()


def test_odd_transfers_are_refused(shop: desk.Shop) -> None:
    there, far = other_desk(), other_desk(town.WULAOCUN, "WLC")
    for sending, code in (
        (Sending(shop.desk, shop.rice, shop.desk, 1), "goods_same_desk"),
        (Sending(shop.desk, shop.rice, far, 1), "goods_not_there"),
        (Sending(shop.desk, shop.rice, there, 21), "redeem_out_of_stock"),
        (Sending(shop.desk, shop.rice, there, 0), "goods_pieces_odd"),
    ):
        with pytest.raises(Refused) as refused:
            service.send_goods(town.operator(), sending)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        service.send_goods(town.clerk(town.WULAOCUN), Sending(shop.desk, shop.rice, there, 1))
    number = service.send_goods(town.clerk(), Sending(shop.desk, shop.rice, there, 1))
    with pytest.raises(NotFound):
        service.receive_sent(town.clerk(town.WULAOCUN), Arrival(number, 1))
    service.close_desk(town.operator(), there)
    with pytest.raises(Refused):
        service.send_goods(town.operator(), Sending(shop.desk, shop.rice, there, 1))


@pytest.mark.concurrency
def test_the_same_pieces_are_not_sent_and_handed_out(shop: desk.Shop, at_once: AtOnce) -> None:
    there, person = other_desk(), desk.saver(500)
    sender, server = town.clerk(name="a"), town.clerk(name="b")
    answers = at_once(
        lambda: service.send_goods(sender, Sending(shop.desk, shop.rice, there, 15)),
        lambda: service.redeem(server, desk.takes(shop, person, rice=10)),
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    assert rice(shop).pieces in (5, 10)
