"""The desk by keyboard: scan or type, add, confirm, print (story step 6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import new_client, one_engine
from tests.factories import redemption as desk
from tests.factories import town
from tests.pages.client import CheckingClient
from timebank.access import service as access
from timebank.access.models import Account
from timebank.access.queries import session_values
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.parameters import Parameter
from timebank.exchange.models import ServiceRequest
from timebank.redemption import service
from timebank.redemption.commands import Delivery, NewDesk, ReturnCommand
from timebank.redemption.models import Basket, GoodsItem, Redemption
from timebank.redemption.queries import checks, receipts
from timebank.redemption.queries.companions import signature_of

SignIn = Callable[[CheckingClient, int], CheckingClient]


@pytest.fixture
def shop(app: object) -> desk.Shop:
    town.town()
    return desk.shop()


@pytest.fixture
def xu_mei(shop: desk.Shop) -> int:
    return desk.saver(30)


@pytest.fixture
def at_desk(client: CheckingClient, sign_in: SignIn) -> CheckingClient:
    return sign_in(client, town.account_of(town.clerk()))


def hidden(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    assert form, f"no form to {action}"
    return dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[0]))


def test_from_the_scanned_card_to_the_printed_receipt(
    shop: desk.Shop, xu_mei: int, at_desk: CheckingClient, statements: Callable[..., AbstractContextManager[Any]]
) -> None:
    code = access.issue_card(Actor.system("tests"), xu_mei)
    start = at_desk.get("/desk")
    assert start.location.endswith(f"/desk/{shop.desk}")
    back = re.search(r'href="(/desk\?q=[^"]+)"', at_desk.get(f"/people/{xu_mei}/access").text)
    assert back, "from the card and the PIN one comes back to the member"
    at_once = at_desk.get(at_desk.get(back[1]).location)
    assert at_once.location.endswith(f"/desk/{shop.desk}/member/{xu_mei}")
    page = at_desk.get(start.location).get_data(as_text=True)
    assert re.search(r'<input[^>]*name="q"[^>]*autofocus', page)
    found = at_desk.get(f"/desk/{shop.desk}?q={code}")
    url = f"/desk/{shop.desk}/member/{xu_mei}"
    assert found.location.endswith(url)
    for scanned in ("RICE5", "2*oil1"):
        page = at_desk.get(url).get_data(as_text=True)
        assert re.search(r'<input[^>]*name="code"[^>]*autofocus', page)
        assert at_desk.post(f"{url}/basket", data={"code": scanned}).status_code == 303
    with statements(20):
        page = at_desk.get(url).get_data(as_text=True)
    assert "Total: 5 h" in page
    assert "20 % of the 30 h earned are 6 h" in page
    fields = hidden(page, f"{url}/redeem")
    answer = at_desk.post(f"{url}/redeem", data={**fields, "pin": desk.PIN, "how": "pin"})
    again = at_desk.post(f"{url}/redeem", data={**fields, "pin": desk.PIN, "how": "pin"})
    assert answer.status_code == again.status_code == 303
    assert answer.location == again.location
    with statements(20):
        receipt = at_desk.get(answer.location).get_data(as_text=True)
    for words in (
        "YH1-",
        "大米 5 公斤",
        "Rice 5 kg",
        "收据 / Receipt",
        '<span class="minutes">5小时</span> / <span class="minutes">5 h</span>',
        '<span class="minutes">25小时</span> / <span class="minutes">25 h</span>',
        "<svg",
        "data-print",
    ):
        assert words in receipt, words
    assert "belong together as group" in receipt
    assert db.session.scalar(select(func.count()).select_from(Redemption)) == 1
    assert db.session.scalar(select(func.count()).select_from(Basket)) == 0


def test_who_came_for_the_member_is_asked_for_and_printed_in_both_languages(
    shop: desk.Shop, xu_mei: int, at_desk: CheckingClient, sign_in: SignIn
) -> None:
    url = f"/desk/{shop.desk}/member/{xu_mei}"
    at_desk.post(f"{url}/basket", data={"code": "RICE5"})
    fields = hidden(at_desk.get(url).text, f"{url}/redeem") | {"how": "companion", "note": "母亲住院"}
    refused = at_desk.post(f"{url}/redeem", data={**fields, "companion": "徐丽", "relation": "child"})
    assert refused.status_code == 422
    assert "Choose how the member agreed" in refused.text
    fields = hidden(refused.text, f"{url}/redeem") | {"how": "companion", "note": "母亲住院"}
    answer = at_desk.post(
        f"{url}/redeem", data={**fields, "companion": "徐丽", "relation": "child", "consent": "phone"}
    )
    receipt = at_desk.get(answer.location).text
    for words in ("徐丽", "儿子或女儿 / son or daughter", "said so on the telephone just now"):
        assert words in receipt
    reason = receipt.partition('<span class="no-print"><br>')[2].partition("</span>")[0]
    assert "母亲住院" in reason, "the desk reads why, and paper does not"
    assert receipt.count("母亲住院") == 1
    receipt = sign_in(at_desk, town.account_of(town.member(xu_mei))).get(answer.location).text
    assert "徐丽" in receipt
    assert "母亲住院" not in receipt


@one_engine
def test_a_member_signs_on_the_screen_and_the_receipt_shows_it(
    shop: desk.Shop, xu_mei: int, at_desk: CheckingClient
) -> None:
    strokes = "M10 10L20 30L40 20L60 45L80 12"
    url = f"/desk/{shop.desk}/member/{xu_mei}"
    at_desk.post(f"{url}/basket", data={"code": "RICE5"})
    fields = hidden(at_desk.get(url).text, f"{url}/redeem") | {"how": "pad"}
    for nothing in ("", "M1 1", '"><script>alert(1)</script>' * 3):
        refused = at_desk.post(f"{url}/redeem", data={**fields, "signature": nothing})
        assert refused.status_code == 422
        assert "Let the member sign in the box, or choose another way." in refused.text
        assert "<script>alert" not in refused.text
    wrong = at_desk.post(f"{url}/redeem", data={**fields, "how": "pin", "pin": "000000", "signature": strokes})
    fields = hidden(wrong.text, f"{url}/redeem") | {"how": "pad"}
    assert fields["signature"] == strokes, "what was drawn is not lost"
    done = at_desk.post(f"{url}/redeem", data=fields)
    assert f'd="{strokes}"' in at_desk.get(done.location).text
    row = db.session.scalars(select(Redemption)).one()
    assert (row.confirmed_how, signature_of(row.id)) == ("pad", strokes)


@one_engine
def test_a_wrong_pin_keeps_the_basket_and_says_how_many_tries_are_left(
    shop: desk.Shop, xu_mei: int, at_desk: CheckingClient
) -> None:
    url = f"/desk/{shop.desk}/member/{xu_mei}"
    at_desk.post(f"{url}/basket", data={"code": "RICE5"})
    fields = hidden(at_desk.get(url).get_data(as_text=True), f"{url}/redeem")
    answer = at_desk.post(f"{url}/redeem", data={**fields, "pin": "918273", "how": "pin"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "pin-error" in page
    assert "Rice 5 kg" in page
    assert "918273" not in page
    right = at_desk.post(f"{url}/redeem", data={**hidden(page, f"{url}/redeem"), "pin": desk.PIN, "how": "pin"})
    assert right.status_code == 303


@one_engine
def test_too_little_time_is_a_clear_sentence(shop: desk.Shop, at_desk: CheckingClient) -> None:
    person = desk.saver(25, "少时")  # 5 h for goods
    url = f"/desk/{shop.desk}/member/{person}"
    at_desk.post(f"{url}/basket", data={"code": "3*RICE5"})
    page = at_desk.get(url).get_data(as_text=True)
    assert "That is more than may be redeemed for goods today: 5 h." in page
    answer = at_desk.post(f"{url}/redeem", data={**hidden(page, f"{url}/redeem"), "pin": desk.PIN, "how": "pin"})
    assert answer.status_code == 422
    assert "The basket needs 6 h." in answer.get_data(as_text=True)


@one_engine
def test_what_was_typed_and_not_understood_comes_back(shop: desk.Shop, xu_mei: int, at_desk: CheckingClient) -> None:
    url = f"/desk/{shop.desk}/member/{xu_mei}"
    answer = at_desk.post(f"{url}/basket", data={"code": "kg or l"})
    page = at_desk.get(answer.location).get_data(as_text=True)
    assert 'value="kg or l"' in page
    assert "No article has the number or name" in page
    desk.stocked(town.operator(), shop.desk, "RICE10", "大米 10 公斤", "Rice 10 kg", 220, 3)
    answer = at_desk.post(f"{url}/basket", data={"code": "rice"})
    page = at_desk.get(answer.location).get_data(as_text=True)
    assert "RICE10 · Rice 10 kg" in page


@pytest.mark.parametrize("text", ["徐梅", "xumei", "xm"])
def test_a_member_is_found_by_characters_pinyin_and_initials(
    shop: desk.Shop, xu_mei: int, at_desk: CheckingClient, text: str
) -> None:
    found = at_desk.get(f"/desk/{shop.desk}", query_string={"q": text})
    assert found.location.endswith(f"/member/{xu_mei}")
    desk.saver(5, "徐梅")
    both = at_desk.get(f"/desk/{shop.desk}", query_string={"q": text})
    assert both.get_data(as_text=True).count("/member/") >= 2


def test_nobody_found_is_said_with_advice(shop: desk.Shop, at_desk: CheckingClient) -> None:
    page = at_desk.get(f"/desk/{shop.desk}?q=nobody").get_data(as_text=True)
    assert "Nobody in your area is found" in page


@one_engine
def test_other_desks_do_not_exist_and_members_see_no_desk(
    shop: desk.Shop, xu_mei: int, client: CheckingClient, sign_in: SignIn
) -> None:
    sign_in(client, town.account_of(town.clerk(town.WULAOCUN)))
    for path in ("", f"/member/{xu_mei}", "/stock", "/day"):
        assert client.get(f"/desk/{shop.desk}{path}").status_code == 404, path
    sign_in(client, town.account_of(town.member(xu_mei)))
    assert client.get(f"/desk/{shop.desk}").status_code == 403


def test_care_at_the_desk_becomes_a_request(shop: desk.Shop, xu_mei: int, at_desk: CheckingClient) -> None:
    url = f"/desk/{shop.desk}/member/{xu_mei}/care"
    page = at_desk.get(url).get_data(as_text=True)
    data = {
        "key": re.findall(r'name="key" value="([^"]+)"', page)[0],
        "service_code": "cleaning",
        "first_day": _tomorrow(),
        "earliest_minute": "9:00",
        "latest_minute": "10:00",
        "minutes": "1:30",
        "weekly": "y",
        "how": "pin",
    }
    wrong = at_desk.post(url, data={**data, "pin": "111112"})
    assert wrong.status_code == 422
    assert "1:30" in wrong.get_data(as_text=True)
    answer = at_desk.post(url, data={**data, "pin": desk.PIN})
    assert answer.status_code == 303, re.findall(r"error-summary.*?</div>", answer.get_data(as_text=True), re.DOTALL)
    request = db.session.scalars(select(ServiceRequest)).one()
    assert (request.recipient_id, request.minutes, request.funding.value) == (xu_mei, 90, "own")
    too_much = at_desk.post(url, data={**data, "key": "other", "minutes": "1320", "pin": desk.PIN})
    assert too_much.status_code == 422
    assert at_desk.post(url, data={**data, "pin": desk.PIN}).status_code == 303, "the browser's own repetition"
    again = at_desk.post(url, data={**data, "key": "a clerk who starts anew", "minutes": "1:00", "pin": desk.PIN})
    assert again.status_code == 422
    assert f"already: request {request.id} of" in again.get_data(as_text=True)
    assert 'id="again-error"' in again.get_data(as_text=True)
    assert len(db.session.scalars(select(ServiceRequest)).all()) == 1
    meant = at_desk.post(url, data={**data, "key": "meant", "again": "y", "pin": desk.PIN})
    assert meant.status_code == 303
    assert len(db.session.scalars(select(ServiceRequest)).all()) == 2


def test_what_was_signed_for_care_or_who_came_is_shown_to_those_who_may_read_receipts(
    shop: desk.Shop, xu_mei: int, at_desk: CheckingClient, app: Flask, sign_in: SignIn
) -> None:
    strokes = "M10 10L20 30L40 20L60 45L80 12"
    url = f"/desk/{shop.desk}/member/{xu_mei}/care"
    care = {"service_code": "cleaning", "first_day": _tomorrow(), "earliest_minute": "9:00", "latest_minute": "10:00"}
    daughter = {"companion": "徐丽", "relation": "child", "consent": "phone", "note": "住院"}
    for key, how in (("one", {"how": "pad", "signature": strokes}), ("two", {"how": "companion", **daughter})):
        answer = at_desk.post(url, data={**care, **how, "key": key, "again": "y", "minutes": "1:00"})
        assert answer.status_code == 303, answer.text
    signed, came = db.session.scalars(select(ServiceRequest.id).order_by(ServiceRequest.id)).all()
    operator = sign_in(new_client(app), town.account_of(town.operator()))
    member = sign_in(new_client(app), town.account_of(town.member(xu_mei)))
    broker = sign_in(new_client(app), town.account_of(town.broker()))
    for page in (operator.get(f"/requests/{signed}").text, member.get(f"/my/requests/{signed}").text):
        assert f'd="{strokes}"' in page
        assert "Signed on the screen of the desk: 徐梅" in page
    assert strokes not in broker.get(f"/requests/{signed}").text, "receipts are not for the coordinator"
    page = member.get(f"/my/requests/{came}").text
    assert "徐丽 (son or daughter) came for the member" in page
    assert "住院" not in page
    assert "Reason: 住院" in operator.get(f"/requests/{came}").text


def _tomorrow() -> str:
    from datetime import timedelta

    from timebank.core import clock

    return str(clock.today() + timedelta(days=1))


@one_engine
def test_goods_come_back_and_the_receipt_shows_it(shop: desk.Shop, xu_mei: int, at_desk: CheckingClient) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1, oil=1))
    page = at_desk.get(f"/redemptions/{receipt_id}/return").get_data(as_text=True)
    lines = re.findall(r'name="(line_\d+)"', page)
    wrong = at_desk.post(f"/redemptions/{receipt_id}/return", data={lines[0]: "5", "reason": "x", "to_shelf": "yes"})
    assert wrong.status_code == 422
    assert "Between 0 and 1 pieces can come back." in wrong.get_data(as_text=True)
    back = {lines[0]: "1", lines[1]: "0", "reason": "漏油", "to_shelf": "no"}
    assert at_desk.post(f"/redemptions/{receipt_id}/return", data=back).status_code == 303
    receipt = at_desk.get(f"/redemptions/{receipt_id}").get_data(as_text=True)
    assert "漏油" in receipt
    assert "Partly returned" in receipt


def test_any_phone_checks_a_receipt_and_sees_no_more_than_the_paper(
    shop: desk.Shop, xu_mei: int, at_desk: CheckingClient, app: Flask
) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1, oil=1))
    for query, words in (("", "receipt"), ("?print=large", "receipt-large"), ("?paper=80mm", "receipt-80mm.css")):
        page = at_desk.get(f"/redemptions/{receipt_id}{query}").get_data(as_text=True)
        assert words in page
    assert "From which delivery" in page
    assert "慈善超市" in page
    code = re.findall(r'href="[^"]*/r/([0-9a-z]+-[0-9a-f]{20})"', page)[0]
    phone = new_client(app)
    answer = phone.get(f"/r/{code}")
    found = answer.get_data(as_text=True)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    for words in ("这张收据真实有效 / This receipt is true", "YH1-", "大米 5 公斤", "3小时30分 / 3 h 30 min"):
        assert words in found, words
    for secret in ("徐梅", "T00000", "PIN", town.clerk().name):
        assert secret not in found, secret
    lines = [line.id for line in receipts.receipt(town.clerk(), receipt_id).lines]
    service.take_back(town.clerk(), ReturnCommand(receipt_id, ((lines[0], 1),), "漏油"))
    found = phone.get(f"/r/{code}").get_data(as_text=True)
    assert "some of the goods have come back since" in found
    assert "漏油" not in found
    service.take_back(town.clerk(), ReturnCommand(receipt_id, ((lines[1], 1),), "不要了"))
    assert "has been reversed" in phone.get(f"/r/{code}").get_data(as_text=True)
    number, signature = code.split("-")
    other = signature.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    for false in (f"{number}-{other}", f"2-{signature}", f"zzzzzzz-{signature}", "x", code + "0", "0-" + "0" * 20):
        answer = phone.get(f"/r/{false}")
        assert answer.status_code == 404, false
        assert "This is not a receipt of this time bank" in answer.get_data(as_text=True)
    api = phone.get(f"/api/v1/receipts/{code}")
    assert (api.status_code, api.get_json()["verdict"]) == (200, "reversed")
    assert phone.get(f"/api/v1/receipts/{number}-{other}").status_code == 404


@one_engine
def test_a_receipt_that_waits_or_was_cancelled_is_not_called_true(shop: desk.Shop, app: Flask) -> None:
    waiting = service.redeem(town.clerk(), desk.takes(shop, desk.saver(500), rice=11))
    code = checks.code_of(waiting, receipts.receipt(town.clerk(), waiting).row.receipt_no)
    phone = new_client(app)
    assert "is not valid yet" in phone.get(f"/r/{code}").get_data(as_text=True)
    service.cancel_redemption(town.clerk(name="second"), waiting, "走了")
    assert "was cancelled" in phone.get(f"/r/{code}").get_data(as_text=True)


def test_a_second_clerk_confirms_on_the_receipt(
    shop: desk.Shop, at_desk: CheckingClient, sign_in: SignIn, client: CheckingClient
) -> None:
    rich = desk.saver(500)
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, rich, rice=11))
    own = at_desk.get(f"/redemptions/{receipt_id}").get_data(as_text=True)
    assert "You put this basket together" in own
    sign_in(client, town.account_of(town.clerk(name="colleague")))
    assert "Waiting for a second clerk" in client.get(f"/desk/{shop.desk}").get_data(as_text=True)
    assert client.post(f"/redemptions/{receipt_id}/approve").status_code == 303
    assert "Confirm and hand out" not in client.get(f"/redemptions/{receipt_id}").get_data(as_text=True)
    second = service.redeem(town.clerk(), desk.takes(shop, rich, oil=14))  # 21 h
    assert client.get(f"/redemptions/{second}/cancel").status_code == 200
    assert client.post(f"/redemptions/{second}/cancel", data={"reason": "走了"}).status_code == 303


def test_lists_search_and_export(shop: desk.Shop, xu_mei: int, at_desk: CheckingClient) -> None:
    service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    for query in ("", "?q=YH1", "?q=xumei", "?state=done", "?since=2020-01-01&until=2099-01-01"):
        assert "YH1-" in at_desk.get(f"/redemptions{query}").get_data(as_text=True), query
    for query in ("?q=nobody", "?state=returned", "?since=2099-01-01", "?since=odd&state=done&q=zzz"):
        assert "No receipt is found" in at_desk.get(f"/redemptions{query}").get_data(as_text=True), query
    csv = at_desk.get("/redemptions.csv").get_data(as_text=True)
    assert "RICE5" in csv
    assert csv.count("\r\n") == 2
    day = at_desk.get(f"/desk/{shop.desk}/day").get_data(as_text=True)
    assert "Rice 5 kg" in day
    assert "Delivery" in day


def test_shelves_deliveries_counts_and_movements(shop: desk.Shop, at_desk: CheckingClient) -> None:
    base = f"/desk/{shop.desk}/stock"
    assert "Rice 5 kg" in at_desk.get(base).get_data(as_text=True)
    assert "Nothing runs low" in at_desk.get(f"{base}?low=1").get_data(as_text=True)
    page = at_desk.get(f"{base}/in?item={shop.rice}").get_data(as_text=True)
    assert "RICE5" in page
    bad = at_desk.post(f"{base}/in", data={"item_id": shop.rice, "pieces": "0", "source_kind": "donation"})
    assert bad.status_code == 422
    assert "between 1 and" in bad.get_data(as_text=True)
    good = at_desk.post(
        f"{base}/in", data={"item_id": shop.rice, "pieces": "7", "source_kind": "donation", "source": "苏果超市"}
    )
    assert good.status_code == 303
    count = at_desk.post(f"{base}/{shop.rice}/count", data={"counted": "3"})
    assert count.status_code == 422
    assert "differs from the books by −24" in count.get_data(as_text=True)
    assert at_desk.get(f"{base}/{shop.rice}/count").status_code == 200
    done = at_desk.post(f"{base}/{shop.rice}/count", data={"counted": "3", "reason": "受潮"})
    assert done.status_code == 303
    moves = at_desk.get(f"{base}/{shop.rice}").get_data(as_text=True)
    assert "受潮" in moves
    assert "苏果超市" in moves
    assert "Rice 5 kg" in at_desk.get(f"{base}?low=1").get_data(as_text=True)


@one_engine
def test_what_expires_is_listed_and_written_off(shop: desk.Shop, at_desk: CheckingClient) -> None:
    base = f"/desk/{shop.desk}/stock"
    bread = {"item_id": shop.rice, "pieces": "4", "source_kind": "purchase", "expires_on": _tomorrow()}
    assert at_desk.post(f"{base}/in", data={**bread, "expires_on": "2020-01-01"}).status_code == 422
    assert at_desk.post(f"{base}/in", data=bread).status_code == 303
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=False):
        at_desk = _again(at_desk)
        assert "4 expired" in at_desk.get(base).get_data(as_text=True)
        page = at_desk.get(f"{base}/batches").get_data(as_text=True)
        assert "Purchase" in page
        address = re.findall(rf'href="({base}/batches/\d+/write-off)"', page)[0]
        form = at_desk.get(address).get_data(as_text=True)
        assert 'value="4"' in form
        assert "Expired on" in form
        assert at_desk.post(address, data={"pieces": "5", "reason": "x"}).status_code == 422
        assert at_desk.post(address, data={"pieces": "4", "reason": "Expired"}).status_code == 303
        assert "expired" not in at_desk.get(base).get_data(as_text=True)
    at_desk = _again(at_desk)
    form = at_desk.get(f"{base}/{shop.rice}/minimum").get_data(as_text=True)
    assert 'value="5"' in form
    assert at_desk.post(f"{base}/{shop.rice}/minimum", data={"pieces": "50"}).status_code == 303
    assert "Rice 5 kg" in at_desk.get(f"{base}?low=1").get_data(as_text=True)


@one_engine
def test_goods_go_to_another_desk_and_are_counted_there(shop: desk.Shop, at_desk: CheckingClient) -> None:
    base = f"/desk/{shop.desk}/transfers"
    assert "no other open desk" in at_desk.get(f"{base}/new").get_data(as_text=True)
    there = service.open_desk(town.operator(), NewDesk("YH2", "尧新服务台", "Yaoxin desk", town.YAOXIN))
    assert "Nothing has gone" in at_desk.get(base).get_data(as_text=True)
    assert "YH2 · Yaoxin desk" in at_desk.get(f"{base}/new").get_data(as_text=True)
    sent = {"item_id": shop.rice, "to_desk_id": there, "pieces": "30"}
    assert at_desk.post(f"{base}/new", data=sent).status_code == 422
    assert at_desk.post(f"{base}/new", data={**sent, "pieces": "3"}).status_code == 303
    assert "on the way" in at_desk.get(base).get_data(as_text=True)
    page = at_desk.get(f"/desk/{there}/transfers").get_data(as_text=True)
    address = re.findall(r'href="(/transfers/\d+/receive)"', page)[0]
    assert "Yaohua service desk" in at_desk.get(address).get_data(as_text=True)
    assert at_desk.post(address, data={"pieces": "2"}).status_code == 422
    assert at_desk.post(address, data={"pieces": "2", "reason": "Torn"}).status_code == 303
    assert "Torn" in at_desk.get(base).get_data(as_text=True)
    assert "Rice 5 kg" in at_desk.get(f"/desk/{there}/stock").get_data(as_text=True)


def test_limits_and_exchange_days_are_said_at_the_desk(shop: desk.Shop, xu_mei: int, at_desk: CheckingClient) -> None:
    form = at_desk.get(f"/goods/{shop.rice}/limit").get_data(as_text=True)
    assert "0: no limit any more." in form
    limit = {"pieces": "1", "period": "month", "valid_from": str(clock.today())}
    assert at_desk.post(f"/goods/{shop.rice}/limit", data=limit).status_code == 303
    assert "1 a month" in at_desk.get(f"/goods/{shop.rice}").get_data(as_text=True)
    url = f"/desk/{shop.desk}/member/{xu_mei}"
    for _time in range(2):
        answer = at_desk.post(f"{url}/basket", data={"code": "RICE5"})
    assert "One person gets at most 1 of “Rice 5 kg” a month" in at_desk.get(answer.location).get_data(as_text=True)
    service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    service.put_in_basket(town.clerk(), shop.desk, xu_mei, "OIL1")
    basket = db.session.scalars(select(Basket)).one()
    basket.pieces = {str(shop.rice): 1}
    db.session.commit()
    assert "0 are left until" in at_desk.get(url).get_data(as_text=True)
    another = clock.today().day % 28 + 1
    db.session.add(Parameter(key="tb.goods_exchange_day", scope="", valid_from=clock.today(), value=another))
    db.session.commit()
    said = "Goods are handed out on fixed days; the next one is"
    assert said in at_desk.get(f"/desk/{shop.desk}").get_data(as_text=True)
    assert said in at_desk.get(url).get_data(as_text=True)


def test_the_day_is_counted_signed_at_the_same_screen_and_printed(
    shop: desk.Shop, xu_mei: int, at_desk: CheckingClient, statements: Callable[..., AbstractContextManager[Any]]
) -> None:
    service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    second = town.clerk(name="second")
    access.set_password(Actor.system("tests"), town.account_of(second), "correct horse 7")
    url = f"/desk/{shop.desk}/day-end"
    with statements(25):
        page = at_desk.get(url).get_data(as_text=True)
    assert "They agree." in page
    count = {f"count_{shop.rice}": "18", f"count_{shop.oil}": "20", "receipts": "1"}
    wrong = at_desk.post(url, data=count)
    assert wrong.status_code == 422
    assert "“Rice 5 kg” differs from the books by −1" in wrong.get_data(as_text=True)
    assert at_desk.post(url, data={**count, f"count_{shop.oil}": ""}).status_code == 422
    assert at_desk.post(url, data={**count, f"reason_{shop.rice}": "Wet"}).status_code == 303
    page = at_desk.get(url).get_data(as_text=True)
    assert "A second clerk signs here" in page
    assert at_desk.get(f"{url}?again=1").status_code == 200
    name = db.session.get_one(Account, town.account_of(second)).sign_in_name
    for typed in ({"name": name, "password": "no"}, {"name": "", "password": ""}):
        assert at_desk.post(f"{url}/sign", data=typed).status_code == 422
    closed = at_desk.post(f"{url}/sign", data={"name": name, "password": "correct horse 7"})
    assert closed.status_code == 303, closed.get_data(as_text=True)
    sheet = at_desk.get(closed.location).get_data(as_text=True)
    for words in ("Signed by second", "−1 · Wet", "data-print"):
        assert words in sheet, words
    assert at_desk.get(url).location == closed.location
    assert "second" in at_desk.get(f"/desk/{shop.desk}/day-ends").get_data(as_text=True)
    service.reckon_all()
    assert "none" in at_desk.get("/stock/reckonings").get_data(as_text=True)


@one_engine
def test_a_colleague_signs_the_day_elsewhere(
    shop: desk.Shop, at_desk: CheckingClient, client: CheckingClient, sign_in: SignIn
) -> None:
    url = f"/desk/{shop.desk}/day-end"
    assert at_desk.post(f"{url}/close").status_code == 303
    count = {f"count_{shop.rice}": "20", f"count_{shop.oil}": "20", "receipts": "0"}
    assert at_desk.post(url, data=count).status_code == 303
    sign_in(client, town.account_of(town.clerk(name="second")))
    assert "Sign and close the day" in client.get(url).get_data(as_text=True)
    assert "/day-ends/" in client.post(f"{url}/close").location


def _again(client: CheckingClient) -> CheckingClient:
    """The session of the same clerk, begun now."""
    with client.session_transaction() as session:
        session.update(session_values(town.account_of(town.clerk())))
    return client


def test_articles_and_their_prices(shop: desk.Shop, client: CheckingClient, sign_in: SignIn) -> None:
    sign_in(client, town.account_of(town.operator()))
    assert "RICE5" in client.get("/goods?q=rice").get_data(as_text=True)
    assert client.get("/goods/new").status_code == 200
    new = {
        "sku": "egg10",
        "name_zh": "鸡蛋",
        "name_en": "Eggs",
        "unit_zh": "盒",
        "unit_en": "box",
        "low_stock": "2",
        "price_minutes": "1:15",
        "territory_code": town.YAOHUA,
    }
    made = client.post("/goods/new", data=new)
    assert made.status_code == 303, made.get_data(as_text=True)
    assert "1 h 15 min" in client.get(made.location).get_data(as_text=True)
    assert client.post("/goods/new", data=new).status_code == 422
    assert client.get(f"{made.location}/price").status_code == 200
    assert client.post(f"{made.location}/price", data={"minutes": "80", "valid_from": "2020-01-01"}).status_code == 422
    assert client.post(f"{made.location}/price", data={"minutes": "80", "valid_from": _tomorrow()}).status_code == 303
    page = client.get(f"{made.location}/edit").get_data(as_text=True)
    assert "Eggs" in page
    change = {key: value for key, value in new.items() if key not in ("sku", "price_minutes", "territory_code")}
    assert client.post(f"{made.location}/edit", data={**change, "name_en": "Fresh eggs"}).status_code == 303
    page = client.get(made.location).get_data(as_text=True)
    assert "Fresh eggs" in page
    assert "no longer handed out" in page
    assert client.get("/desks/new").status_code == 200
    opened = client.post(
        "/desks/new", data={"code": "QX", "name_zh": "栖霞", "name_en": "Qixia", "territory_code": town.NANJING}
    )
    assert opened.status_code == 303
    assert "The shelf is empty" in client.get(opened.location).get_data(as_text=True)
    assert client.get("/stock").status_code == 200


def test_a_clerk_reads_the_prices_of_the_city_around_the_desk(shop: desk.Shop, at_desk: CheckingClient) -> None:
    db.session.get_one(GoodsItem, shop.rice).territory_code = town.NANJING
    db.session.commit()
    assert "RICE5" in at_desk.get("/goods").get_data(as_text=True)
    page = at_desk.get(f"/goods/{shop.rice}").get_data(as_text=True)
    assert "2 h" in page
    assert "New price" not in page


def test_a_member_sees_own_receipts_and_what_there_is(
    shop: desk.Shop, xu_mei: int, client: CheckingClient, sign_in: SignIn, statements: Callable[..., Any]
) -> None:
    receipt_id = service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    sign_in(client, town.account_of(town.member(xu_mei)))
    assert "YH1-" in client.get("/my/redemptions").get_data(as_text=True)
    with statements(20):
        page = client.get("/my/goods").get_data(as_text=True)
    assert "28 h" in page
    assert "Yaohua service desk" in page
    own = client.get(f"/redemptions/{receipt_id}").get_data(as_text=True)
    assert "Next member" not in own
    assert "belong together as group" not in own
    stranger = town.member(town.person("路人"))
    sign_in(client, town.account_of(stranger))
    assert client.get(f"/redemptions/{receipt_id}").status_code == 404
    assert "not redeemed any hours" in client.get("/my/redemptions").get_data(as_text=True)


@one_engine
def test_the_desk_speaks_chinese(shop: desk.Shop, xu_mei: int, zh_client: CheckingClient, sign_in: SignIn) -> None:
    sign_in(zh_client, town.account_of(town.clerk()))
    url = f"/desk/{shop.desk}/member/{xu_mei}"
    zh_client.post(f"{url}/basket", data={"code": "大米"})
    page = zh_client.get(url).get_data(as_text=True)
    assert "30小时" in page
    assert "Basket" not in page
    assert "available" not in page


@one_engine
def test_the_list_of_tasks_names_low_shelves_and_waiting_baskets(shop: desk.Shop) -> None:
    from flask import current_app

    from timebank.redemption.today import tasks

    desk.stocked(town.operator(), shop.desk, "EGG10", "鸡蛋", "Eggs", 60, 2)
    rich = desk.saver(200)
    service.redeem(town.clerk(), desk.takes(shop, rich, rice=11))
    with current_app.test_request_context():
        found = tasks(town.clerk(name="colleague"))
    assert [task.count for task in found] == [1, 1]


def test_a_member_of_another_street_is_served_by_number_and_not_found_by_name(
    shop: desk.Shop, at_desk: CheckingClient
) -> None:
    from timebank.people.models import Person

    far = desk.saver(30, "钱外街", territory=town.WULAOCUN_COMMUNITY)
    number = db.session.get_one(Person, far).member_no
    assert at_desk.get(f"/desk/{shop.desk}?q={number}").location.endswith(f"/member/{far}")
    assert "Nobody in your area" in at_desk.get(f"/desk/{shop.desk}?q=qianwaijie").get_data(as_text=True)
    stranger = desk.saver(30, "外市人", territory=town.SHUANGGANG)
    number = db.session.get_one(Person, stranger).member_no
    assert "Nobody in your area" in at_desk.get(f"/desk/{shop.desk}?q={number}").get_data(as_text=True)


def test_a_persons_receipts_are_linked_from_the_registry(
    shop: desk.Shop, xu_mei: int, client: CheckingClient, sign_in: SignIn
) -> None:
    service.redeem(town.clerk(), desk.takes(shop, xu_mei, rice=1))
    sign_in(client, town.account_of(town.operator()))
    page = client.get(f"/people/{xu_mei}").get_data(as_text=True)
    assert f"/people/{xu_mei}/redemptions" in page
    assert "1 receipt, the last on" in page
    assert "YH1-" in client.get(f"/people/{xu_mei}/redemptions").get_data(as_text=True)
    other = town.person("路人")
    assert "No receipt is found" in client.get(f"/people/{other}/redemptions").get_data(as_text=True)


@one_engine
def test_the_desk_of_ones_own_street_is_named_first(
    shop: desk.Shop, xu_mei: int, client: CheckingClient, sign_in: SignIn
) -> None:
    db.session.get_one(GoodsItem, shop.rice).territory_code = town.NANJING
    db.session.commit()
    far = service.open_desk(
        town.operator(), NewDesk("AA1", "五老村服务台", "Wulaocun service desk", town.WULAOCUN, "五老村1号")
    )
    service.receive_goods(town.operator(), Delivery(far, shop.rice, 3, "慈善超市"))
    sign_in(client, town.account_of(town.member(xu_mei)))
    page = client.get("/my/goods").get_data(as_text=True)
    assert page.count("Wulaocun service desk") == 2
    assert page.index("Yaohua service desk") < page.index("Wulaocun service desk")
    addresses = page[page.index("Where the desks are") :]
    assert addresses.index("Yaohua service desk") < addresses.index("Wulaocun service desk")
