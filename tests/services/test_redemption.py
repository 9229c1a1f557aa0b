"""Goods for hours at the desk: one transaction, nothing below zero, nothing doubled (domain.md C3.4, C8.2, C8.6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask_babel import force_locale
from sqlalchemy import func, select

from tests.factories import redemption as desk
from tests.factories import town
from timebank.core import clock
from timebank.core.audit import AuditEvent
from timebank.core.db import db
from timebank.core.errors import Conflict, NotAllowed, NotFound, Refused
from timebank.ledger import queries as ledger
from timebank.ledger.models import Transfer
from timebank.notices.models import Notice
from timebank.people.models import Person
from timebank.redemption import service
from timebank.redemption.commands import Confirmation, ReturnCommand
from timebank.redemption.models import Redemption, RedemptionState
from timebank.redemption.queries import receipts
from timebank.redemption.queries.companions import CompanionInfo
from timebank.redemption.queries.desks import desk as desk_info
from timebank.redemption.queries.goods import shelf
from timebank.redemption.queries.standing import card_of
from timebank.redemption.rules.companions import check_companion

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def shop(app: object) -> desk.Shop:
    town.town()
    return desk.shop()


@pytest.fixture
def xu_mei(shop: desk.Shop) -> int:
    return desk.saver(30)


def pieces(shop: desk.Shop) -> dict[int, int]:
    return {one.article.id: one.free for one in shelf(desk_info(shop.desk))}


def hours(person: int) -> int:
    db.session.rollback()
    return ledger.member_balance(desk.TENANT, [person])[person].available


def count(table: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def test_hours_stock_receipt_audit_and_notice_change_together(shop: desk.Shop, xu_mei: int) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1, oil=2), key="a")
    receipt = receipts.receipt(town.clerk(), receipt_id)
    assert receipt.row.receipt_no.startswith("YH1-")
    assert receipt.row.receipt_no.endswith("-00001")
    assert receipt.row.total_minutes == 120 + 180
    assert receipt.available_after == 1800 - 300 == hours(xu_mei)
    assert pieces(shop) == {shop.rice: 19, shop.oil: 18}
    assert [(line.sku, line.quantity) for line in receipt.lines] == [("OIL1", 2), ("RICE5", 1)]
    groups = db.session.scalars(select(Transfer.group_id).where(Transfer.purpose == "goods")).all()
    assert len(groups) == 3
    assert {str(group) for group in groups} == {receipt.group_id}
    assert db.session.scalar(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1)) == "redeem.goods"
    assert db.session.scalar(select(Notice.kind).where(Notice.person_id == xu_mei)) == "goods_redeemed"


def test_a_double_click_and_a_lost_answer_give_the_same_receipt(shop: desk.Shop, xu_mei: int) -> None:
    wanted = desk.takes(shop, xu_mei, rice=1)
    first = service.redeem(town.clerk(), wanted, key="once")
    assert service.redeem(town.clerk(), wanted, key="once") == first
    assert (count(Redemption), hours(xu_mei)) == (1, 1800 - 120)
    with pytest.raises(Conflict):
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=2), key="once")


def test_a_wrong_pin_is_counted_and_changes_nothing_else(shop: desk.Shop, xu_mei: int) -> None:
    service.put_in_basket(town.clerk(), shop.desk, xu_mei, "RICE5")
    for left in (4, 3, 2, 1):
        with pytest.raises(Refused) as refused:
            service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1, pin="111111"))
        assert (refused.value.code, refused.value.facts["left"]) == ("wrong_pin", left)
    with pytest.raises(Refused) as locked:
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1, pin="111111"))
    assert locked.value.code == "pin_locked"
    with pytest.raises(Refused) as still:
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    assert still.value.code == "pin_locked"
    assert (count(Redemption), hours(xu_mei)) == (0, 1800)
    assert service.put_in_basket(town.clerk(), shop.desk, xu_mei, "RICE5") == 2


def test_a_pin_that_was_not_typed_is_no_wrong_try(shop: desk.Shop, xu_mei: int) -> None:
    with pytest.raises(Refused) as empty:
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1, pin=""))
    assert (empty.value.code, empty.value.field) == ("redeem_pin_not_typed", "pin")
    with pytest.raises(Refused) as first:
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1, pin="111111"))
    assert first.value.facts["left"] == 4


def test_the_goods_share_holds_over_many_small_redemptions(shop: desk.Shop, xu_mei: int) -> None:
    for number in range(3):  # 30 h earned: 6 h may go for goods
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1), key=f"small-{number}")
    with pytest.raises(Refused) as refused:
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, oil=1))
    assert refused.value.code == "redeem_share_used"
    assert hours(xu_mei) == 1800 - 360


def test_one_minute_short_of_the_threshold_is_refused(shop: desk.Shop) -> None:
    person = desk.saver(0, "一分钟")
    desk.give_hours(person, 20 * 60 - 1)
    with pytest.raises(Refused) as refused:
        service.redeem(town.clerk(), desk.takes(shop, person, oil=1))
    assert (refused.value.code, refused.value.facts["missing_minutes"]) == ("redeem_below_threshold", 1)


def test_too_few_pieces_are_refused_in_words_and_nothing_is_posted(shop: desk.Shop) -> None:
    person = desk.saver(500)
    before = count(Transfer)
    with pytest.raises(Refused) as refused:
        service.redeem(town.clerk(), desk.takes(shop, person, oil=1, rice=9, total=90 + 9 * 120 + 1))
    assert refused.value.code == "redeem_price_changed"
    short = desk.stocked(town.operator(), shop.desk, "EGG10", "鸡蛋", "Eggs", 60, 1)
    wanted = dataclasses.replace(desk.takes(shop, person, oil=1), lines=((shop.oil, 1), (short, 2)))
    before = count(Transfer)
    with pytest.raises(Refused) as out:
        service.redeem(town.clerk(), wanted)
    assert out.value.code == "redeem_out_of_stock"
    assert (out.value.facts["left"], out.value.facts["asked"]) == (1, 2)
    assert (count(Transfer), count(Redemption), hours(person)) == (before, 0, 500 * 60)


def test_who_may_not_serve_here_is_refused(shop: desk.Shop, xu_mei: int) -> None:
    for actor in (town.nobody(), town.member(xu_mei), town.clerk(town.WULAOCUN), town.broker()):
        with pytest.raises(NotAllowed):
            service.redeem(actor, desk.takes(shop, xu_mei, rice=1))
    assert hours(xu_mei) == 1800


def test_a_member_of_another_city_is_not_found(shop: desk.Shop) -> None:
    stranger = desk.saver(30, "外地人", territory=town.SHUANGGANG)
    with pytest.raises(NotFound):
        service.redeem(town.clerk(), desk.takes(shop, stranger, rice=1))


def _for_them(**facts: str) -> Confirmation:
    given = {"companion": "徐丽", "relation": "child", "consent": "phone", "note": "母亲住院", **facts}
    return Confirmation("companion", **given)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"companion": " "}, "companion_name_missing"),
        ({"relation": "stranger"}, "companion_relation_missing"),
        ({"consent": ""}, "companion_consent_missing"),
        ({"note": ""}, "redeem_note_missing"),
        ({"consent": "agent"}, "companion_no_agent"),
    ],
)
def test_nothing_about_a_companion_may_be_left_open(facts: dict[str, str], code: str) -> None:
    how = _for_them(**facts)
    with pytest.raises(Refused) as refused:
        check_companion(how.companion, how.relation, how.consent, how.note, frozenset({"徐芳"}))
    assert refused.value.code == code


def test_somebody_who_came_for_the_member_is_written_down_and_printed(shop: desk.Shop, xu_mei: int) -> None:
    wanted = desk.takes(shop, xu_mei, rice=1)
    with pytest.raises(Refused, match="companion_no_agent"):
        service.redeem(town.clerk(), dataclasses.replace(wanted, confirmation=_for_them(consent="agent")))
    told = dataclasses.replace(wanted, confirmation=_for_them())
    receipt = receipts.receipt(town.clerk(), service.redeem(town.clerk(), told))
    assert receipt.row.state is RedemptionState.DONE
    assert receipt.companion == CompanionInfo("徐丽", "child", "phone", "母亲住院")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "redeem.goods")).one()
    assert (event.detail["companion"], event.detail["consent"]) == ("徐丽", "phone")


def test_much_taken_by_a_companion_waits_for_a_second_clerk(shop: desk.Shop, xu_mei: int) -> None:
    """tb.companion_second_minutes: 5 h, where the member themself may take 20 h."""
    wanted = dataclasses.replace(desk.takes(shop, xu_mei, rice=3), confirmation=_for_them())  # 6 h
    assert receipts.receipt(town.clerk(), service.redeem(town.clerk(), wanted)).row.state is RedemptionState.WAITING


def test_receipt_numbers_have_no_gaps_after_refusals(shop: desk.Shop, xu_mei: int) -> None:
    service.redeem(town.clerk(), desk.takes(shop, xu_mei, oil=1))
    with pytest.raises(Refused):
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, oil=19))
    second = service.redeem(town.clerk(), desk.takes(shop, xu_mei, oil=1))
    assert receipts.receipt(town.clerk(), second).row.receipt_no.endswith("-00002")


def test_prices_are_those_of_the_day_and_the_receipt_keeps_them(shop: desk.Shop, xu_mei: int) -> None:
    from timebank.core import clock
    from timebank.redemption.commands import NewPrice

    tomorrow = clock.today() + timedelta(days=1)
    service.set_price(town.operator(), NewPrice(shop.oil, 100, tomorrow))
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, oil=1, total=90))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=False):
        with pytest.raises(Refused) as refused:
            service.redeem(town.clerk(), desk.takes(shop, xu_mei, oil=1, total=90))
        assert (refused.value.code, refused.value.facts["now_minutes"]) == ("redeem_price_changed", 100)
        assert receipts.receipt(town.clerk(), receipt_id).row.total_minutes == 90


# -- two desks at once -------------------------------------------------------------------------------------------------


@pytest.mark.concurrency
def test_two_clerks_hand_out_the_last_bag_once(app: object, at_once: AtOnce) -> None:
    town.town()
    shop = desk.shop(rice=1)
    people = [desk.saver(30, name) for name in ("徐梅", "李兰", "王芳", "赵敏")]
    clerks = [town.clerk(name=f"clerk-{number}") for number in range(4)]
    answers = at_once(
        *(
            lambda actor=actor, person=person: service.redeem(actor, desk.takes(shop, person, rice=1), key=str(person))
            for actor, person in zip(clerks, people, strict=True)
        )
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    refused = [answer for answer in answers if not isinstance(answer, int)]
    assert {getattr(error, "code", error) for error in refused} == {"redeem_out_of_stock"}
    assert pieces(shop)[shop.rice] == 0
    assert sorted(hours(person) for person in people) == [1680, 1800, 1800, 1800]


@pytest.mark.concurrency
def test_two_desks_take_the_last_hours_once(app: object, at_once: AtOnce) -> None:
    town.town()
    first, second = desk.shop(), None
    person = desk.saver(20)  # 4 h for goods: two bags of rice
    second = dataclasses.replace(first, desk=_second_desk(first))
    clerks = [town.clerk(name=f"clerk-{number}") for number in range(4)]  # a PIN bears five tries at one moment
    answers = at_once(
        *(
            lambda actor=actor, shop=shop: service.redeem(actor, desk.takes(shop, person, rice=1), key=actor.name)
            for actor, shop in zip(clerks, [first, second] * 2, strict=True)
        )
    )
    assert sum(isinstance(answer, int) for answer in answers) == 2, answers
    assert {getattr(error, "code", error) for error in answers if not isinstance(error, int)} == {"redeem_share_used"}
    assert hours(person) == 1200 - 240


def _second_desk(first: desk.Shop) -> int:
    from timebank.redemption.commands import Delivery, NewDesk

    actor = town.operator()
    other = service.open_desk(actor, NewDesk("YH2", "尧新服务台", "Yaoxin desk", town.YAOXIN))
    service.receive_goods(actor, Delivery(other, first.rice, 5))
    return other


@pytest.mark.concurrency
def test_the_same_click_twice_at_the_same_moment_is_one_receipt(shop: desk.Shop, xu_mei: int, at_once: AtOnce) -> None:
    actor, wanted = town.clerk(), desk.takes(shop, xu_mei, rice=1)
    answers = at_once(*[lambda: service.redeem(actor, wanted, key="click")] * 4)
    assert len({str(answer) for answer in answers}) == 1, answers
    assert (count(Redemption), hours(xu_mei), pieces(shop)[shop.rice]) == (1, 1680, 19)


# -- a second clerk ----------------------------------------------------------------------------------------------------


@pytest.fixture
def rich(shop: desk.Shop) -> int:
    return desk.saver(200, "富裕")


def test_above_the_limit_hours_and_pieces_are_held_until_another_clerk_confirms(shop: desk.Shop, rich: int) -> None:
    waiting = service.redeem(town.clerk(), desk.takes(shop, rich, rice=11))  # 22 h, limit 20 h
    assert receipts.receipt(town.clerk(), waiting).row.state is RedemptionState.WAITING
    assert hours(rich) == 200 * 60 - 1320
    assert pieces(shop)[shop.rice] == 9
    with pytest.raises(Refused) as refused:
        service.approve_redemption(town.clerk(), waiting)
    assert refused.value.code == "redeem_second_is_first"
    colleague = town.clerk(name="colleague")
    assert receipts.waiting_count(colleague) == 1
    assert receipts.waiting_count(town.clerk()) == 0
    with pytest.raises(Refused, match="redeem_oneself"):
        service.approve_redemption(dataclasses.replace(colleague, person_id=rich), waiting)
    service.approve_redemption(colleague, waiting, key="yes")
    done = receipts.receipt(town.clerk(), waiting)
    assert (done.row.state, done.second_clerk_name) == (RedemptionState.DONE, "colleague")
    assert done.available_after == hours(rich) == 200 * 60 - 1320
    with pytest.raises(Refused) as again:
        service.approve_redemption(colleague, waiting)
    assert again.value.code == "redeem_not_waiting"
    service.take_back(town.clerk(), _back(waiting, rice=1))
    assert hours(rich) == 200 * 60 - 1200


def test_what_waits_may_be_cancelled_and_expires_by_itself(shop: desk.Shop, rich: int) -> None:
    first = service.redeem(town.clerk(), desk.takes(shop, rich, rice=11))
    with pytest.raises(Refused):
        service.cancel_redemption(town.clerk(), first, " ")
    service.cancel_redemption(town.clerk(), first, "changed their mind")
    second = service.redeem(town.clerk(), desk.takes(shop, rich, rice=11))
    assert service.expire_waiting() == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25), tick=False):
        with pytest.raises(Refused) as late:
            service.approve_redemption(town.clerk(name="colleague"), second)
        assert late.value.code == "redeem_hold_gone"
        assert service.expire_waiting() == 1
    assert hours(rich) == 200 * 60
    assert pieces(shop)[shop.rice] == 20
    assert {row.state for row in receipts.of_person([rich]).items} == {RedemptionState.CANCELLED}


# -- returns -----------------------------------------------------------------------------------------------------------


def _back(
    receipt_id: int, *, rice: int = 0, oil: int = 0, reason: str = "袋子破了", to_shelf: bool = True
) -> ReturnCommand:
    asked = {"RICE5": rice, "OIL1": oil}
    lines = receipts.receipt(town.operator(), receipt_id).lines
    return ReturnCommand(receipt_id, tuple((line.id, asked[line.sku]) for line in lines), reason, to_shelf)


def test_a_part_then_the_rest_comes_back_and_the_receipt_shows_the_chain(shop: desk.Shop, xu_mei: int) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1, oil=2))
    service.take_back(town.clerk(), _back(receipt_id, oil=1), key="r1")
    service.take_back(town.clerk(), _back(receipt_id, oil=1), key="r1")
    part = receipts.receipt(town.clerk(), receipt_id)
    assert (part.row.state, part.row.returned_minutes) == (RedemptionState.PARTLY_RETURNED, 90)
    assert hours(xu_mei) == 1800 - 210
    service.take_back(town.clerk(), _back(receipt_id, rice=1, oil=1, to_shelf=False))
    whole = receipts.receipt(town.clerk(), receipt_id)
    assert (whole.row.state, len(whole.returns)) == (RedemptionState.RETURNED, 2)
    assert [back.minutes for back in whole.returns] == [90, 210]
    assert hours(xu_mei) == 1800
    assert pieces(shop) == {shop.rice: 19, shop.oil: 19}  # faulty goods did not go back on the shelf
    with pytest.raises(Refused) as refused:
        service.take_back(town.clerk(), _back(receipt_id, rice=1))
    assert refused.value.code == "redeem_not_returnable"
    assert card_of(desk_info(shop.desk), xu_mei).standing.used_minutes["goods"] == 0


def test_more_than_was_handed_out_or_without_reason_does_not_come_back(shop: desk.Shop, xu_mei: int) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, oil=2))
    for wanted, code in (
        (_back(receipt_id, oil=3), "redeem_return_too_many"),
        (_back(receipt_id), "redeem_return_empty"),
        (_back(receipt_id, oil=1, reason=" "), "redeem_reason_missing"),
    ):
        with pytest.raises(Refused) as refused:
            service.take_back(town.clerk(), wanted)
        assert refused.value.code == code


def test_the_next_day_somebody_else_takes_back_and_after_a_week_nobody(shop: desk.Shop, xu_mei: int) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, oil=2))
    wanted = _back(receipt_id, oil=1)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=False):
        with pytest.raises(NotAllowed):
            service.take_back(town.clerk(), wanted)
        service.take_back(town.operator(), wanted)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8), tick=False):
        with pytest.raises(Refused) as late:
            service.take_back(town.operator(), wanted)
        assert late.value.code == "redeem_return_too_late"


@pytest.mark.concurrency
def test_the_same_bag_comes_back_once(shop: desk.Shop, xu_mei: int, at_once: AtOnce) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    wanted, actor = _back(receipt_id, rice=1), town.operator()
    answers = at_once(*[lambda: service.take_back(actor, wanted)] * 3)
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    assert hours(xu_mei) == 1800


# -- goods and shelves -------------------------------------------------------------------------------------------------


def test_a_count_posts_the_difference_with_its_reason(shop: desk.Shop) -> None:
    from timebank.redemption.commands import StockCount

    with pytest.raises(Refused) as refused:
        service.take_stock(town.clerk(), StockCount(shop.desk, shop.rice, 18))
    assert refused.value.code == "goods_count_reason"
    service.take_stock(town.clerk(), StockCount(shop.desk, shop.rice, 18, "受潮"))
    service.take_stock(town.clerk(), StockCount(shop.desk, shop.oil, 20))
    assert pieces(shop) == {shop.rice: 18, shop.oil: 20}
    service.take_stock(town.clerk(), StockCount(shop.desk, shop.rice, 21, "找到了"))
    assert pieces(shop)[shop.rice] == 21
    with pytest.raises(Refused):
        service.take_stock(town.clerk(), StockCount(shop.desk, shop.rice, -1, "x"))


def test_odd_goods_are_refused_with_their_field(shop: desk.Shop) -> None:
    from timebank.redemption.commands import Delivery, NewDesk, NewItem

    item = NewItem("RICE5", "大米", "Rice", "袋", "bag", 60, town.YAOHUA)
    for change, code in (
        ({}, "goods_sku_taken"),
        ({"sku": "a b"}, "goods_sku_odd"),
        ({"sku": "NEW", "price_minutes": 0}, "goods_price_odd"),
    ):
        with pytest.raises(Refused) as refused:
            service.add_item(town.operator(), dataclasses.replace(item, **change))
        assert refused.value.code == code
        assert refused.value.field
    with pytest.raises(Refused):
        service.receive_goods(town.clerk(), Delivery(shop.desk, shop.rice, -5))
    with pytest.raises(NotAllowed):
        service.receive_goods(town.clerk(town.WULAOCUN), Delivery(shop.desk, shop.rice, 5))
    with pytest.raises(Refused) as taken:
        service.open_desk(town.operator(), NewDesk("yh1", "a", "b", town.YAOHUA))
    assert taken.value.code == "desk_code_taken"


def test_the_basket_understands_numbers_and_names(shop: desk.Shop, xu_mei: int) -> None:
    clerk = town.clerk()
    assert service.put_in_basket(clerk, shop.desk, xu_mei, "rice5") == 1
    assert service.put_in_basket(clerk, shop.desk, xu_mei, "大米", 2) == 3
    assert service.put_in_basket(clerk, shop.desk, xu_mei, "RICE5", -3) == 0
    for text, code in (("", "redeem_item_unknown"), ("面粉", "redeem_item_unknown"), ("1", "redeem_item_several")):
        if text == "1":
            desk.stocked(town.operator(), shop.desk, "SOAP1", "肥皂", "Soap", 30, 5)
        with pytest.raises(Refused) as refused:
            service.put_in_basket(clerk, shop.desk, xu_mei, text)
        assert refused.value.code == code
    with pytest.raises(Refused) as short:
        service.put_in_basket(clerk, shop.desk, xu_mei, "RICE5", 21)
    assert short.value.code == "redeem_out_of_stock"
    service.empty_basket(clerk, shop.desk, xu_mei)


def test_a_merged_member_pays_from_both_accounts(shop: desk.Shop) -> None:
    from timebank.people.models import Person

    kept, merged = desk.saver(19), desk.saver(11, "徐梅二")
    db.session.get_one(Person, merged).merged_into_id = kept
    db.session.commit()
    card = card_of(desk_info(shop.desk), merged)
    assert (card.person.id, card.purse.available) == (kept, 1800)
    service.redeem(town.clerk(), desk.takes(shop, kept, rice=3))
    assert hours(kept) + hours(merged) == 1800 - 360


def test_lists_and_receipts_are_scoped(shop: desk.Shop, xu_mei: int) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    wanted = receipts.Filter(text="YH1")
    assert len(receipts.redemptions(town.clerk(), wanted).items) == 1
    assert len(receipts.redemptions(town.auditor(), receipts.Filter(text="徐梅")).items) == 1
    assert receipts.redemptions(town.clerk(town.WULAOCUN), receipts.Filter()).items == []
    assert receipts.receipt(town.member(xu_mei), receipt_id).row.id == receipt_id
    for actor in (town.clerk(town.WULAOCUN), town.nobody(), town.member(town.person("路人"))):
        with pytest.raises(NotFound):
            receipts.receipt(actor, receipt_id)


def test_nothing_is_redeemed_for_somebody_who_died(shop: desk.Shop, xu_mei: int) -> None:
    db.session.get_one(Person, xu_mei).deceased_on = clock.today()
    db.session.commit()
    with pytest.raises(Refused) as refused:
        service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    assert refused.value.code == "redeem_deceased"
    assert hours(xu_mei) == 30 * 60


def test_the_books_name_the_desk_and_the_time_bank(shop: desk.Shop, xu_mei: int) -> None:
    service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=2))
    with force_locale("en"):
        lines = ledger.journal(town.auditor(), ledger.JournalFilter(tenant=desk.TENANT, purpose="goods")).items
        moved = {line.unit: (line.debit.name, line.credit.name) for line in lines}
    assert moved["min"] == ("徐梅", "Hours paid for goods of Yaohua street time bank")
    assert moved["sku:RICE5"] == (
        "Pieces on the shelf of Yaohua service desk",
        "Pieces handed out of Yaohua street time bank",
    )
