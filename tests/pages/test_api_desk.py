"""The desk through the API: desks, articles, prices, stock, members, baskets, receipts."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from tests.conftest import one_engine
from tests.factories import redemption as make
from tests.factories import town
from tests.pages.api_walk import Step, Walk
from timebank.core import clock
from timebank.core.authority import Actor

NO = {"other": 404, "broker": 403, "member": 403}
DESK = {"code": "YH2", "name_zh": "二号服务台", "name_en": "Desk two", "territory_code": town.YAOHUA}
ARTICLE = {
    "name_zh": "面粉",
    "name_en": "Flour",
    "unit_zh": "袋",
    "unit_en": "bag",
    "source": "Charity shop",
}
NEW_ARTICLE = {**ARTICLE, "sku": "FLOUR", "price_minutes": 60, "territory_code": town.YAOHUA}
PLACE = {"item_id": "flour"}

STOCK = [
    Step("open_desk", "clerk", DESK, no={"other": 403, "broker": 403}, keep="second_desk"),
    Step("get_desk", "clerk", no={"other": 404, "member": 403}, at={"desk_id": "second_desk"}),
    Step("list_desks", "clerk", sees=lambda answer, _: {each["code"] for each in answer["items"]} == {"YH1", "YH2"}),
    Step("list_desks", "other", sees=lambda answer, _: answer["items"] == []),
    Step("add_article", "clerk", NEW_ARTICLE, no={"other": 403, "broker": 403}, keep="flour"),
    Step("change_article", "clerk", {**ARTICLE, "low_stock": 3}, no=NO, at=PLACE),
    Step("set_price", "clerk", {"minutes": 90, "valid_from": "2099-01-01"}, no=NO, at=PLACE),
    Step(
        "get_article",
        "clerk",
        no={"other": 404, "member": 403},
        at=PLACE,
        sees=lambda answer, _: (
            (answer["article"]["low_stock"], [price["minutes"] for price in answer["prices"]]) == (3, [90, 60])
        ),
    ),
    Step("list_goods", "clerk", query="text=FLOUR", sees=lambda answer, _: len(answer["items"]) == 1),
    Step("list_goods", "other", sees=lambda answer, _: answer["items"] == []),
    Step(
        "receive_goods",
        "clerk",
        lambda facts: {"item_id": facts["flour"], "pieces": 8, "source_kind": "purchase", "expires_on": "2099-12-31"},
        no=NO,
    ),
    Step(
        "list_batches",
        "clerk",
        no={"other": 404, "member": 403},
        sees=lambda answer, facts: (
            facts.setdefault("batch_id", answer["items"][0]["batch"]["id"])
            and ((answer["items"][0]["sku"], answer["items"][0]["batch"]["expires_on"]) == ("FLOUR", "2099-12-31"))
        ),
    ),
    Step("write_off", "clerk", {"pieces": 1, "reason": "Moths"}, no=NO),
    Step("receive_goods", "clerk", lambda facts: {"item_id": facts["flour"], "pieces": 1}),
    Step("set_minimum", "clerk", {"pieces": 2}, no=NO, at=PLACE),
    Step("take_stock", "clerk", {"counted": 7, "reason": "One bag is torn"}, no=NO, at=PLACE),
    Step(
        "list_stock_moves",
        "clerk",
        no={"other": 404, "member": 403},
        at=PLACE,
        sees=lambda answer, _: [line["amount"] for line in answer["items"]] == [-1, 1, -1, 8],
    ),
    Step(
        "get_shelf",
        "clerk",
        no={"other": 404, "member": 403},
        sees=lambda answer, facts: (
            {one["article"]["id"]: one["pieces"] for one in answer["items"]}[facts["flour"]] == 7
        ),
    ),
    Step("set_limit", "clerk", {"pieces": 2, "period": "month", "valid_from": "2099-01-01"}, no=NO, at=PLACE),
    Step(
        "send_goods",
        "clerk",
        lambda facts: {"item_id": facts["flour"], "to_desk_id": facts["second_desk"], "pieces": 2},
        no=NO,
        keep="shelf_transfer_id",
    ),
    Step(
        "list_shelf_transfers",
        "clerk",
        no={"other": 404, "member": 403},
        sees=lambda answer, _: (answer["items"][0]["pieces"], answer["items"][0]["received_at"]) == (2, None),
    ),
    Step("receive_sent", "clerk", {"pieces": 1, "reason": "Wet"}, no={"other": 404, "broker": 403, "member": 403}),
    Step("get_shelf", "clerk", query="low=true", sees=lambda answer, _: answer["items"] == []),
    Step("close_desk", "clerk", no=NO, at={"desk_id": "second_desk"}),
]

COUNTER = [
    Step(
        "find_member",
        "clerk",
        query="text=T000001",
        no=NO,
        sees=lambda answer, facts: answer["person_id"] == facts["person_id"],
    ),
    Step("put_in_basket", "clerk", {"code": "RICE5", "pieces": 2}, no=NO, sees=lambda answer, _: answer["pieces"] == 2),
    Step(
        "get_member_at_desk",
        "clerk",
        no=NO,
        sees=lambda answer, _: (
            (answer["basket"]["total_minutes"], answer["available_minutes"]) == (240, 1800)
            and {each["kind"] for each in answer["may_take"]} == {"service", "goods"}
            and "is_client" not in answer
        ),
    ),
    Step("empty_basket", "clerk", no=NO),
    Step(
        "redeem",
        "clerk",
        lambda facts: {
            "person_id": facts["person_id"],
            "desk_id": facts["desk_id"],
            "lines": [[facts["rice"], 1]],
            "pin": make.PIN,
        },
        no={"other": 403, "broker": 403},
        keep="redemption_id",
    ),
    Step(
        "list_desk_operations",
        "clerk",
        no=NO,
        sees=lambda answer, facts: (
            [(one["kind"], one["state"], one["receipt_id"]) for one in answer["items"]]
            == [("handed", "done", facts["redemption_id"])]
        ),
    ),
    Step(
        "get_redemption",
        "clerk",
        no={"other": 404, "neighbour": 404},
        sees=lambda answer, _: answer["lines"][0]["left"] == 1,
    ),
    Step(
        "list_redemptions",
        "clerk",
        query=lambda facts: f"person_id={facts['person_id']}",
        no={"broker": 403},
        sees=lambda answer, _: len(answer["items"]) == 1,
    ),
    Step("list_redemptions", "other", sees=lambda answer, _: answer["items"] == []),
    Step("export_redemptions", "clerk", no={"broker": 403}, sees=lambda text, _: "RICE5" in text),
    Step("export_redemptions", "other", sees=lambda text, _: "RICE5" not in text),
    Step("list_own_redemptions", "member", no={"neighbour": 404}, sees=lambda answer, _: len(answer["items"]) == 1),
    Step(
        "take_back",
        "clerk",
        lambda _: {"pieces": [[1, 1]], "reason": "The bag is torn", "to_shelf": False},
        no={"other": 404, "broker": 404, "neighbour": 404, "member": 403},
    ),
    Step(
        "get_desk_day",
        "clerk",
        no=NO,
        sees=lambda answer, _: (answer["receipts"], answer["minutes_net"], answer["articles"][0]["back"]) == (1, 0, 1),
    ),
    Step(
        "list_my_goods",
        "member",
        no={"clerk": 404},
        sees=lambda answer, _: {one["article"]["sku"] for one in answer["items"]} == {"RICE5", "OIL1"},
    ),
    Step(
        "get_my_goal",
        "member",
        no={"clerk": 404},
        sees=lambda answer, _: (answer["goal_minutes"], answer["reached_on"]) == (600_000, None),
    ),
]

PACKAGE = {"name_zh": "四次打扫", "name_en": "Four cleanings", "service_code": "cleaning", "visits": 4, "minutes": 60}

PACKAGES = [
    Step(
        "add_package", "clerk", {**PACKAGE, "territory_code": town.YAOHUA}, no={"other": 403, "broker": 403}, keep="one"
    ),
    Step(
        "list_packages", "clerk", no={"member": 403}, sees=lambda answer, _: answer["items"][0]["total_minutes"] == 240
    ),
    Step(
        "buy_package",
        "clerk",
        lambda facts: {
            "person_id": facts["person_id"],
            "desk_id": facts["desk_id"],
            "package_id": facts["one"],
            "first_day": (clock.today() + timedelta(days=1)).isoformat(),
            "weekdays": "0123456",
            "earliest_minute": 540,
            "latest_minute": 600,
            "how": "signature",
        },
        no={"other": 403, "broker": 403, "member": 403},
        keep="bought",
    ),
    Step(
        "get_purchase",
        "member",
        no={"neighbour": 404, "other": 404},
        at={"purchase_id": "bought"},
        sees=lambda answer, _: (answer["waiting"], answer["held_minutes"]) == (True, 240),
    ),
    Step("list_my_packages", "member", sees=lambda answer, _: len(answer["items"]) == 1),
    Step("stop_package", "clerk", no={"other": 404, "broker": 403}, at={"package_id": "one"}),
]

DAY = [
    Step(
        "get_day_end",
        "clerk",
        no=NO,
        sees=lambda answer, _: (
            (answer["expected"]["agrees"], answer["closing_id"], len(answer["expected"]["articles"])) == (True, None, 2)
        ),
    ),
    Step(
        "record_day_end",
        "clerk",
        lambda facts: {
            "counted": [[facts["rice"], 19], [facts["oil"], 20]],
            "receipts": 0,
            "reasons": [[facts["rice"], "One bag is torn"]],
        },
        no=NO,
    ),
    Step("sign_day_end", "second", no={"other": 404, "clerk": 422, "broker": 403}, keep="closing_id"),
    Step("get_day_end", "clerk", sees=lambda answer, facts: answer["closing_id"] == facts["closing_id"]),
    Step(
        "get_closed_day",
        "clerk",
        no=NO,
        sees=lambda answer, _: (answer["second_name"], answer["differences"]) == ("second", 1),
    ),
    Step("list_closed_days", "clerk", no=NO, sees=lambda answer, _: len(answer["items"]) == 1),
    Step("list_goods_reckonings", "clerk", no={"broker": 403}, sees=lambda answer, _: answer["items"] == []),
]

OFFLINE = [
    Step(
        "record_intention",
        "clerk",
        lambda facts: {"member": "T999999", "lines": [[facts["rice"], 1]], "how": "signature"},
        no=NO,
        keep="intention_id",
    ),
    Step("retry_intention", "clerk", no=NO),
    Step("drop_intention", "clerk", {"reason": "A wrong number"}, no=NO),
    Step(
        "record_intention",
        "clerk",
        lambda facts: {"member": "T000001", "lines": [[facts["rice"], 2]]},
        keep="intention_id",
    ),
    Step(
        "list_intentions",
        "clerk",
        no=NO,
        sees=lambda answer, _: (
            [(one["state"], one["member"]) for one in answer["items"]] == [("open", "T000001"), ("dropped", "T999999")]
        ),
    ),
    Step(
        "take_up_intention",
        "clerk",
        no=NO,
        sees=lambda answer, facts: answer["person_id"] == facts["person_id"],
    ),
]

LARGE = [
    Step(
        "redeem",
        "clerk",
        lambda facts: {
            "person_id": facts["person_id"],
            "desk_id": facts["desk_id"],
            "lines": [[facts["rice"], 12]],
            "pin": make.PIN,
        },
        keep="redemption_id",
    ),
    Step(
        "list_waiting_redemptions",
        "second",
        no={"broker": 403},
        sees=lambda answer, facts: [each["id"] for each in answer["items"]] == [facts["redemption_id"]],
    ),
    Step("list_waiting_redemptions", "other", sees=lambda answer, _: answer["items"] == []),
    Step("approve_redemption", "second", no={"other": 404, "clerk": 422, "broker": 403}),
    Step(
        "redeem",
        "clerk",
        lambda facts: {
            "person_id": facts["person_id"],
            "desk_id": facts["desk_id"],
            "lines": [[facts["oil"], 14]],
            "pin": make.PIN,
        },
        keep="redemption_id",
    ),
    Step("cancel_redemption", "second", {"reason": "The member left"}, no={"other": 404, "broker": 403}),
]


def _walk(app: Flask, hours: int = 30) -> Walk:
    town.town()
    person = make.saver(hours)
    shop = make.shop()
    actors: dict[str, Actor] = {
        "clerk": town.clerk(),
        "second": town.clerk(name="second"),
        "other": town.clerk(town.WULAOCUN),
        "broker": town.broker(),
        "member": town.member(person),
        "neighbour": town.member(town.person("李秀兰")),
    }
    return Walk(app, actors, {"person_id": person, "desk_id": shop.desk, "rice": shop.rice, "oil": shop.oil})


def test_desks_articles_and_shelves_are_kept_through_the_api(app: Flask) -> None:
    _walk(app).through(STOCK)


@one_engine
def test_a_care_package_is_sold_through_the_api(app: Flask) -> None:
    _walk(app).through(PACKAGES)


@one_engine
def test_a_member_is_served_through_the_api(app: Flask) -> None:
    _walk(app).through(COUNTER)


@one_engine
def test_goods_entered_without_a_line_are_settled_through_the_api(app: Flask) -> None:
    _walk(app).through(OFFLINE)


@one_engine
def test_a_large_sum_waits_for_a_second_clerk(app: Flask) -> None:
    _walk(app, hours=400).through(LARGE)


@one_engine
def test_a_day_is_counted_and_signed_through_the_api(app: Flask) -> None:
    _walk(app).through(DAY)


@one_engine
def test_a_basket_for_nobody_is_not_found(app: Flask) -> None:
    walk = _walk(app)
    answer = walk.apis["clerk"].post(f"/desks/{walk.facts['desk_id']}/members/999999/basket", {"code": "RICE5"})
    assert answer.status_code == 404
