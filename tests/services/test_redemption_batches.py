"""Batches on the shelf: first to expire, first out; never below zero; expired goods are written off by a movement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.conftest import findings
from tests.factories import redemption as desk
from tests.factories import town
from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.redemption import service
from timebank.redemption.commands import Delivery, Minimum, ReturnCommand, StockCount, WriteOff
from timebank.redemption.models import DeskStock, RedemptionTake, SourceKind
from timebank.redemption.queries import batches, moves, receipts
from timebank.redemption.queries.desks import desk as desk_info
from timebank.redemption.queries.goods import ShelfItem, low_stock, shelf_item

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def shop(app: object) -> desk.Shop:
    """Rice: 3 bags without a day, 2 for a week, 4 for a month."""
    town.town()
    shop = desk.shop(rice=3)
    for pieces, days in ((4, 30), (2, 7)):
        arrives(shop, pieces, days)
    return shop


def arrives(shop: desk.Shop, pieces: int, days: int) -> None:
    day = clock.today() + timedelta(days=days)
    delivery = Delivery(shop.desk, shop.rice, pieces, "苏果超市", source_kind="purchase", expires_on=day)
    service.receive_goods(town.clerk(), delivery)


def rice(shop: desk.Shop) -> ShelfItem:
    db.session.rollback()
    return shelf_item(desk_info(shop.desk), shop.rice)


def left(shop: desk.Shop) -> list[int]:
    """Pieces by batch, the first to expire first."""
    return [one.pieces for one in rice(shop).batches]


def later(days: int) -> Any:
    return time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False)


def test_a_receipt_takes_what_expires_first_and_says_from_which_delivery(shop: desk.Shop) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, desk.saver(500), rice=3))
    assert left(shop) == [3, 3]
    line = receipts.receipt(town.clerk(), receipt_id).lines[0]
    takes = batches.takes_of([line.id])[line.id]
    assert [(one.pieces, one.source_kind, one.source) for one in takes] == [
        (2, SourceKind.PURCHASE, "苏果超市"),
        (1, SourceKind.PURCHASE, "苏果超市"),
    ]
    assert [one.expires_on for one in takes] == [clock.today() + timedelta(days=days) for days in (7, 30)]
    service.take_back(town.clerk(), ReturnCommand(receipt_id, ((line.id, 2),), "买错了"))
    assert left(shop) == [1, 4, 3]
    assert sum(pieces for _, pieces in receipts.receipt(town.clerk(), receipt_id).returns[0].pieces) == 2
    assert findings() == ()


def test_expired_goods_stay_on_the_shelf_until_they_are_written_off_with_a_reason(shop: desk.Shop) -> None:
    person = desk.saver(500)
    with later(8):
        shelf = rice(shop)
        assert (shelf.pieces, shelf.free, shelf.expired) == (9, 7, 2)
        with pytest.raises(Refused) as refused:
            service.redeem(town.clerk(), desk.takes(shop, person, rice=8))
        assert (refused.value.code, refused.value.facts["left"]) == ("redeem_out_of_stock", 7)
        with pytest.raises(Refused):
            service.put_in_basket(town.clerk(), shop.desk, person, "RICE5", 8)
        assert batches.expired_count(town.clerk()) == 1
        assert batches.expired_count(town.clerk(town.WULAOCUN)) == 0
        gone = shelf.batches[0]
        assert gone.expired
        for wanted, code in (
            (WriteOff(shop.desk, gone.id, 2, " "), "goods_reason_missing"),
            (WriteOff(shop.desk, gone.id, 3, "过期"), "goods_batch_short"),
            (WriteOff(shop.desk, gone.id, 0, "过期"), "goods_batch_short"),
        ):
            with pytest.raises(Refused) as odd:
                service.write_off(town.clerk(), wanted)
            assert odd.value.code == code
        with pytest.raises(NotAllowed):
            service.write_off(town.clerk(town.WULAOCUN), WriteOff(shop.desk, gone.id, 2, "过期"))
        with pytest.raises(NotFound):
            service.write_off(town.clerk(), WriteOff(shop.desk + 1, gone.id, 2, "过期"))
        service.write_off(town.clerk(), WriteOff(shop.desk, gone.id, 2, "过期"), key="once")
        service.write_off(town.clerk(), WriteOff(shop.desk, gone.id, 2, "过期"), key="once")
        assert left(shop) == [4, 3]
        assert batches.expired_count(town.clerk()) == 0
        newest = moves.moves(desk_info(shop.desk), rice(shop)).items[0]
        assert (newest.amount, newest.balance, newest.memo) == (-2, 7, "过期")


def test_on_its_last_day_it_is_still_handed_out(shop: desk.Shop) -> None:
    with later(7):
        assert rice(shop).free == 9
        service.redeem(town.clerk(), desk.takes(shop, desk.saver(500), rice=1))
        assert left(shop) == [1, 4, 3]


def test_what_waits_for_a_second_clerk_is_held_batch_by_batch(shop: desk.Shop) -> None:
    rich = desk.saver(500)
    arrives(shop, 9, 60)
    waiting = service.redeem(town.clerk(), desk.takes(shop, rich, rice=11, total=11 * desk.RICE_MINUTES))
    assert [(one.pieces, one.held) for one in rice(shop).batches] == [(2, 2), (4, 4), (9, 5), (3, 0)]
    with pytest.raises(Refused) as held:
        service.write_off(town.clerk(), WriteOff(shop.desk, rice(shop).batches[0].id, 1, "坏了"))
    assert (held.value.code, held.value.facts["left"]) == ("goods_batch_short", 0)
    service.approve_redemption(town.clerk(name="colleague"), waiting)
    assert left(shop) == [4, 3]
    line = receipts.receipt(town.clerk(), waiting).lines[0].id
    service.take_back(town.clerk(), ReturnCommand(waiting, ((line, 11),), "全退"))
    assert left(shop) == [2, 4, 9, 3]
    assert {take.returned for take in db.session.scalars(select(RedemptionTake))} == {2, 4, 5}


def test_what_waited_over_its_last_day_is_not_handed_out_any_more(shop: desk.Shop) -> None:
    last = clock.today() + timedelta(days=7)
    arrives(shop, 9, 60)
    with time_machine.travel(clock.at(last, 1200), tick=False):
        waiting = service.redeem(town.clerk(), desk.takes(shop, desk.saver(500), rice=11, total=11 * desk.RICE_MINUTES))
    with time_machine.travel(clock.at(last + timedelta(days=1), 540), tick=False):
        with pytest.raises(Refused, match="redeem_expired_meanwhile"):
            service.approve_redemption(town.clerk(name="colleague"), waiting)
        service.cancel_redemption(town.clerk(name="colleague"), waiting, "过期了")


def test_a_count_takes_what_is_missing_from_the_first_to_expire(shop: desk.Shop) -> None:
    service.take_stock(town.clerk(), StockCount(shop.desk, shop.rice, 6, "少了"))
    assert left(shop) == [3, 3]
    service.take_stock(town.clerk(), StockCount(shop.desk, shop.rice, 8, "又找到了"))
    assert left(shop) == [3, 2, 3]
    assert rice(shop).batches[1].source_kind is SourceKind.FOUND
    said = [(one.kind, one.pieces, one.counted) for one in _moves(shop)][-3:]
    assert said == [("stock_take", -2, 6), ("stock_take", -1, None), ("stock_take", 2, 8)]
    assert [line.balance for line in moves.moves(desk_info(shop.desk), rice(shop)).items][:3] == [8, 6, 7]


def _moves(shop: desk.Shop) -> list[moves.MoveInfo]:
    return moves.last_moves(desk_info(shop.desk), clock.at(clock.today(), 0), clock.now() + timedelta(hours=1))


def test_odd_deliveries_are_refused_with_their_field(shop: desk.Shop) -> None:
    yesterday = clock.today() - timedelta(days=1)
    for delivery, code, field in (
        (Delivery(shop.desk, shop.rice, 5, expires_on=yesterday), "goods_expired_already", "expires_on"),
        (Delivery(shop.desk, shop.rice, 5, source_kind="found"), "goods_source_odd", "source_kind"),
        (Delivery(shop.desk, shop.rice, 10_000), "goods_pieces_odd", "pieces"),
    ):
        with pytest.raises(Refused) as refused:
            service.receive_goods(town.clerk(), delivery)
        assert (refused.value.code, refused.value.field) == (code, field)
    assert left(shop) == [2, 4, 3]


def test_the_minimum_of_a_desk_stands_above_that_of_the_article(shop: desk.Shop) -> None:
    assert low_stock(town.clerk()) == 0
    service.set_minimum(town.clerk(), Minimum(shop.desk, shop.rice, 9))
    assert (rice(shop).low, low_stock(town.clerk())) == (True, 1)
    service.set_minimum(town.clerk(), Minimum(shop.desk, shop.rice, None))
    assert not rice(shop).low
    with pytest.raises(Refused):
        service.set_minimum(town.clerk(), Minimum(shop.desk, shop.rice, -1))
    with pytest.raises(NotAllowed):
        service.set_minimum(town.broker(), Minimum(shop.desk, shop.rice, 1))
    assert db.session.get_one(DeskStock, (shop.desk, shop.rice)).low_stock is None


@pytest.mark.concurrency
def test_many_clerks_empty_the_batches_to_the_last_bag_and_no_further(shop: desk.Shop, at_once: AtOnce) -> None:
    people = [desk.saver(30, name) for name in ("徐梅", "李兰", "王芳", "赵敏")]
    clerks = [town.clerk(name=f"clerk-{number}") for number in range(4)]
    answers = at_once(
        *(
            lambda actor=actor, person=person: service.redeem(actor, desk.takes(shop, person, rice=3))
            for actor, person in zip(clerks, people, strict=True)
        ),
        lambda: service.write_off(clerks[0], WriteOff(shop.desk, rice(shop).batches[-1].id, 3, "受潮")),
    )
    done = [answer for answer in answers if isinstance(answer, int)]
    refused = {getattr(answer, "code", answer) for answer in answers if not isinstance(answer, int)}
    assert refused <= {"redeem_out_of_stock", "goods_batch_short"}, answers
    assert len(done) == 3, answers  # nine bags in threes, whoever was first
    assert left(shop) == []


def test_days_are_civil_days(shop: desk.Shop) -> None:
    assert rice(shop).expires_on == clock.today() + timedelta(days=7)
    assert isinstance(rice(shop).expires_on, date)
