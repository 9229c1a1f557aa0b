"""The end of the day: counted by one, signed by another, then it cannot be changed; goods and hours agree every day."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.conftest import findings
from tests.factories import redemption as desk
from tests.factories import town
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models import Scheme
from timebank.ledger import service as ledger
from timebank.redemption import service
from timebank.redemption.commands import Arrival, DayEnd, Delivery, NewDesk, ReturnCommand, Sending, WriteOff
from timebank.redemption.models import GoodsReckoning, Redemption
from timebank.redemption.queries import day_end, receipts, reckoning
from timebank.redemption.queries.desks import desk as desk_info
from timebank.redemption.queries.goods import shelf

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def shop(app: object) -> desk.Shop:
    town.town()
    return desk.shop()


@pytest.fixture
def xu_mei(shop: desk.Shop) -> int:
    return desk.saver(100)


def second() -> Actor:
    return town.clerk(name="second")


def end(shop: desk.Shop, rice: int, oil: int, receipts: int, **facts: Any) -> DayEnd:
    return DayEnd(shop.desk, ((shop.rice, rice), (shop.oil, oil)), receipts, **facts)


def pieces(shop: desk.Shop) -> dict[int, int]:
    db.session.rollback()
    return {one.article.id: one.pieces for one in shelf(desk_info(shop.desk))}


def test_what_should_be_there_is_counted_from_the_day(shop: desk.Shop, xu_mei: int) -> None:
    first = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=2, oil=1))
    lines = {line.sku: line.id for line in receipts.receipt(town.clerk(), first).lines}
    service.take_back(town.clerk(), ReturnCommand(first, ((lines["RICE5"], 1),), "不要了"))
    service.take_back(town.clerk(), ReturnCommand(first, ((lines["OIL1"], 1),), "漏了", to_shelf=False))
    books = day_end.expected(desk_info(shop.desk), clock.today())
    assert (books.receipts, books.members, books.minutes_taken, books.minutes_back) == (1, 1, 330, 210)
    assert (books.sink_minutes, books.receipts_minutes, books.agrees) == (120, 120, True)
    assert books.first_no == books.last_no != ""
    assert {(one.sku, one.start, one.came_in, one.handed, one.back, one.books) for one in books.articles} == {
        ("RICE5", 0, 20, 2, 1, 19),
        ("OIL1", 0, 20, 1, 0, 19),
    }


def test_two_people_sign_the_difference_is_posted_and_the_day_is_closed(shop: desk.Shop, xu_mei: int) -> None:
    receipt = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    for odd, code, field in (
        (DayEnd(shop.desk, ((shop.rice, 19),), 1), "day_end_missing", f"count_{shop.oil}"),
        (end(shop, 18, 20, 1), "day_end_reason", f"reason_{shop.rice}"),
        (end(shop, 19, -1, 1), "goods_count_odd", f"count_{shop.oil}"),
        (end(shop, 19, 20, 0), "day_end_receipts", "note"),
    ):
        with pytest.raises(Refused) as refused:
            service.record_day_end(town.clerk(), odd)
        assert (refused.value.code, refused.value.field) == (code, field)
    with pytest.raises(Refused) as nothing:
        service.sign_day_end(second(), shop.desk)
    assert nothing.value.code == "day_end_nothing"
    counted = end(shop, 18, 20, 0, reasons=((shop.rice, "受潮"),), note="小票卡纸")
    service.record_day_end(town.clerk(), end(shop, 19, 20, 1))
    service.record_day_end(town.clerk(), counted)
    with pytest.raises(Refused) as oneself:
        service.sign_day_end(town.clerk(), shop.desk)
    assert oneself.value.code == "day_end_oneself"
    assert (day_end.to_sign(second()), day_end.to_sign(town.clerk())) == (1, 0)
    closing = service.sign_day_end(second(), shop.desk, key="s")
    assert service.sign_day_end(second(), shop.desk, key="s") == closing
    sheet = day_end.sheet(town.clerk(), closing)
    assert (sheet.first_name, sheet.second_name, sheet.differences) == (town.clerk().name, "second", 2)
    assert sheet.facts["articles"][-1]["reason"] == "受潮"
    assert pieces(shop) == {shop.rice: 18, shop.oil: 20}
    line = receipts.receipt(town.clerk(), receipt).lines[0].id
    batch = shelf(desk_info(shop.desk))[0].batches[0].id
    for act in (
        lambda: service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1)),
        lambda: service.take_back(town.clerk(), ReturnCommand(receipt, ((line, 1),), "坏")),
        lambda: service.receive_goods(town.clerk(), Delivery(shop.desk, shop.rice, 1)),
        lambda: service.write_off(town.clerk(), WriteOff(shop.desk, batch, 1, "坏")),
        lambda: service.record_day_end(town.clerk(), end(shop, 18, 20, 1)),
    ):
        with pytest.raises(Refused) as closed:
            act()
        assert closed.value.code == "desk_day_closed"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=False):
        service.take_back(town.operator(), ReturnCommand(receipt, ((line, 1),), "坏"))
        tomorrow = day_end.expected(desk_info(shop.desk), clock.today())
        assert (tomorrow.receipts, tomorrow.minutes_back) == (0, 120)
        assert tomorrow.articles[-1].start == 18
    for statement in ("UPDATE desk_day_closing SET second_name = 'x'", "DELETE FROM desk_day_closing"):
        with pytest.raises(DBAPIError):
            db.session.execute(text(statement))
        db.session.rollback()
    assert findings() == ()


def test_a_day_does_not_end_while_baskets_wait_nor_when_something_moved_since_the_count(shop: desk.Shop) -> None:
    rich = desk.saver(500)
    waiting = service.redeem(town.clerk(), desk.takes(shop, rich, rice=11))
    with pytest.raises(Refused) as waits:
        service.record_day_end(town.clerk(), end(shop, 20, 20, 0))
    assert waits.value.code == "day_end_waiting"
    service.cancel_redemption(second(), waiting, "走了")
    service.record_day_end(town.clerk(), end(shop, 20, 20, 0))
    service.redeem(town.clerk(), desk.takes(shop, rich, oil=1))
    with pytest.raises(Refused) as moved:
        service.sign_day_end(second(), shop.desk)
    assert moved.value.code == "day_end_moved"
    for actor in (town.broker(), town.clerk(town.WULAOCUN)):
        with pytest.raises(NotAllowed):
            service.sign_day_end(actor, shop.desk)


def test_another_desks_receipts_do_not_undo_a_count(shop: desk.Shop, xu_mei: int) -> None:
    there = service.open_desk(town.operator(), NewDesk("YH2", "尧新服务台", "Yaoxin desk", town.YAOXIN))
    service.receive_goods(town.operator(), Delivery(there, shop.rice, 3))
    service.record_day_end(town.clerk(), end(shop, 20, 20, 0))
    service.redeem(town.clerk(), desk.takes(dataclasses.replace(shop, desk=there), xu_mei, rice=1))
    closing = service.sign_day_end(second(), shop.desk)
    with pytest.raises(NotFound):
        day_end.sheet(town.clerk(town.WULAOCUN), closing)
    assert [one.id for one in day_end.sheets(desk_info(shop.desk))] == [closing]
    service.redeem(town.clerk(), desk.takes(dataclasses.replace(shop, desk=there), xu_mei, rice=1))


@pytest.mark.concurrency
def test_nothing_is_handed_out_after_the_signature_and_two_signatures_close_once(
    shop: desk.Shop, xu_mei: int, at_once: AtOnce
) -> None:
    service.record_day_end(town.clerk(), end(shop, 20, 20, 0))
    signers = [town.clerk(name=name) for name in ("second", "third")]
    server = town.clerk(name="server")
    answers = at_once(
        *(lambda signer=signer: service.sign_day_end(signer, shop.desk) for signer in signers),
        lambda: service.redeem(server, desk.takes(shop, xu_mei, rice=1)),
    )
    closed, served = [one for one in answers[:2] if isinstance(one, int)], isinstance(answers[2], int)
    assert len(closed) + served == 1, answers
    refused = {getattr(one, "code", one) for one in answers if not isinstance(one, int)}
    assert refused <= {"desk_day_closed", "day_end_moved"}, answers
    assert pieces(shop)[shop.rice] == 20 - served


# -- goods and hours ---------------------------------------------------------------------------------------------------


def reckon() -> list[reckoning.Finding]:
    db.session.rollback()
    return [finding for one in service.reckon_all() for finding in one.findings]


def test_goods_and_hours_agree_after_everything_that_a_desk_does(shop: desk.Shop, xu_mei: int) -> None:
    there = service.open_desk(town.operator(), NewDesk("YH2", "尧新服务台", "Yaoxin desk", town.YAOXIN))
    first = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=2, oil=1))
    lines = [line.id for line in receipts.receipt(town.clerk(), first).lines]  # oil, rice
    service.take_back(town.clerk(), ReturnCommand(first, ((lines[1], 1),), "不要了"))
    service.take_back(town.clerk(), ReturnCommand(first, ((lines[0], 1),), "坏", to_shelf=False))
    service.redeem(town.clerk(), desk.takes(shop, desk.saver(500, "富"), rice=11))
    sent = service.send_goods(town.clerk(), Sending(shop.desk, shop.rice, there, 3))
    assert reckon() == []
    service.receive_sent(town.clerk(), Arrival(sent, 2, "丢了"))
    assert reckon() == []
    row = db.session.query(GoodsReckoning).one()
    assert row.sink_minutes == row.receipts_minutes > 0
    assert row.shelf_minutes == 18 * desk.RICE_MINUTES + 19 * desk.OIL_MINUTES
    assert [one.findings for one in reckoning.rows(town.auditor())] == [()]
    assert reckoning.rows(town.broker()) == []


def test_hours_given_back_by_hand_and_pieces_moved_past_the_desk_are_found(
    app: Flask, shop: desk.Shop, xu_mei: int
) -> None:
    receipt = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    assert app.test_cli_runner().invoke(args=["goods", "verify"]).exit_code == 0
    posting = receipts.receipt(town.clerk(), receipt).postings[0]
    system = Actor.system("test")
    ledger.reverse(desk.TENANT, uuid.UUID(posting), key="by-hand", reason="x", actor=system)
    item = shelf(desk_info(shop.desk))[0]
    source = ledger.ensure_account(desk.TENANT, "stock_source", _scheme(shop), unit=f"sku:{item.article.sku}")
    shelf_account = item.batches[0].account_id
    for account, count in ((source, 2), (item.handed_account_id, 1)):
        ledger.post(desk.TENANT, shelf_account, account, count, key=str(account), purpose="stock", actor=system)
    db.session.commit()
    found = {(one.code, one.books - one.counted) for one in reckon()}
    assert found == {("hours", -120), ("batch", -3), ("handed", 1)}
    assert reckoning.open_findings(town.clerk()) == 3
    answer = app.test_cli_runner().invoke(args=["goods", "verify", "--json"])
    assert answer.exit_code == 1
    assert '"code": "hours"' in answer.stdout


def _scheme(shop: desk.Shop) -> int:
    return db.session.get_one(Scheme, desk_info(shop.desk).scheme_id).id


def test_a_receipt_is_on_the_day_on_which_it_was_made(shop: desk.Shop, xu_mei: int) -> None:
    service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    assert db.session.query(Redemption).count() == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=False):
        assert day_end.expected(desk_info(shop.desk), clock.today()).receipts == 0
