"""The story of the time bank, told by programs: every step through the API, each by whom it is up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import exchange_visits as make
from tests.factories import redemption as goods
from tests.factories import town
from tests.factories.exchange_visits import Cast, at
from tests.pages.api_client import Api
from timebank.access import service as access
from timebank.core.authority import Actor

CLEANING = {
    "service_code": "cleaning",
    "first_day": make.TUESDAY.isoformat(),
    "earliest_minute": 540,
    "latest_minute": 600,
    "minutes": 120,
}


@pytest.fixture
def people(app: Flask) -> Iterator[Cast]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


@pytest.fixture
def api(app: Flask, people: Cast) -> Callable[[Actor], Api]:
    def api(who: Actor) -> Api:
        return Api(app, access.issue_token(town.account_of(who), "test", 60))

    return api


def ok(answer: Any) -> Any:
    assert answer.status_code in {200, 201}, answer.json
    return answer.json


@one_engine
def test_somebody_becomes_a_volunteer_in_two_steps_by_two_people(api: Callable[[Actor], Api], people: Cast) -> None:
    new = town.person("陈静", birth_date=make.date(1980, 5, 5), sex="F", is_recipient=False)
    herself, broker, operator = api(town.member(new)), api(town.broker()), api(town.operator())
    offer = {"person_id": new, "skills": ["cleaning"], "slots": [[1, 480, 600]], "max_distance_m": 800}
    assert ok(herself.post("/volunteers", offer)) == {"id": new}
    assert herself.get(f"/volunteers/{new}").json["helper"]["state"] == "submitted"
    assert herself.post(f"/volunteers/{new}/review").status_code == 403
    ok(broker.post(f"/volunteers/{new}/review"))
    assert broker.post(f"/volunteers/{new}/approval").status_code == 403
    ok(operator.post(f"/volunteers/{new}/approval"))
    passed = {"skills": ["cleaning"], "passed_on": "2026-11-20", "start": True}
    ok(broker.put(f"/volunteers/{new}/insurance", {"until": "2027-12-31"}))
    ok(broker.post(f"/volunteers/{new}/training", passed))
    file = ok(broker.get(f"/volunteers/{new}"))
    assert file["helper"]["state"] == "active"
    assert file["helper"]["slots"] == [{"weekday": 1, "from_minute": 480, "to_minute": 600}]
    assert [event["to_state"] for event in file["events"]][-1] in {"active", "draft"}
    assert {each["person_id"] for each in ok(broker.get("/volunteers"))["items"]} == {new, people.xu}


def planned(api: Callable[[Actor], Api], people: Cast) -> int:
    """Uncle Zhang asks, the coordinator agrees and offers, Xu Mei accepts; the visit's id."""
    elder, broker, helper = api(people.elder), api(people.broker), api(people.helper)
    request = ok(elder.post("/requests", {**CLEANING, "recipient_id": people.zhang}))["id"]
    assert elder.post(f"/requests/{request}/approval").status_code == 403
    ok(broker.post(f"/requests/{request}/approval"))
    (visit,) = ok(broker.get(f"/requests/{request}"))["visits"]
    suggested = ok(broker.get(f"/visits/{visit['id']}/suggestions"))
    assert suggested["looked_at"] >= 1
    wanted = {"visit_id": visit["id"], "volunteer_id": people.xu, "starts_at": at(540).isoformat()}
    offer = ok(broker.post("/offers", wanted))["id"]
    assert [each["id"] for each in ok(helper.get("/my/visits"))["offers"]] == [offer]
    assert elder.post(f"/offers/{offer}/answer", {"accept": True}).status_code in {403, 404, 422}
    ok(helper.post(f"/offers/{offer}/answer", {"accept": True}))
    return int(visit["id"])


@one_engine
def test_from_a_request_to_hours_on_the_statement(api: Callable[[Actor], Api], people: Cast) -> None:
    elder, broker, helper = api(people.elder), api(people.broker), api(people.helper)
    visit = planned(api, people)
    with time_machine.travel(at(541), tick=False):
        ok(helper.post(f"/visits/{visit}/check-in", {"how": "button"}))
    with time_machine.travel(at(660), tick=False):
        ok(helper.post(f"/visits/{visit}/check-out"))
        assert helper.post(f"/visits/{visit}/confirmation", {"how": "portal"}).status_code == 422
        first = ok(elder.post(f"/visits/{visit}/confirmation", {"how": "portal", "rating": 5}, key="confirm-1"))
        again = ok(elder.post(f"/visits/{visit}/confirmation", {"how": "portal", "rating": 5}, key="confirm-1"))
    assert first == again
    seen = ok(broker.get(f"/visits/{visit}"))
    assert seen["line"]["state"] == "credited"
    assert ok(elder.get(f"/my/visits/{visit}"))["part"] == "recipient"
    (account,) = ok(helper.get(f"/people/{people.xu}/accounts"))["items"]
    assert account["info"]["balance"]["available"] == seen["line"]["minutes_credited"]
    place = f"/ledger/{account['info']['tenant']}/accounts/{account['info']['id']}"
    (line,) = ok(helper.get(f"{place}/statement"))["items"]
    assert (line["amount"], line["purpose"]) == (seen["line"]["minutes_credited"], "visit")
    assert api(people.elder).get(f"{place}/statement").status_code == 404


def test_a_dispute_is_settled_by_the_coordinator(api: Callable[[Actor], Api], people: Cast) -> None:
    visit = planned(api, people)
    with time_machine.travel(at(541), tick=False):
        ok(api(people.helper).post(f"/visits/{visit}/check-in"))
    with time_machine.travel(at(660), tick=False):
        ok(api(people.helper).post(f"/visits/{visit}/check-out"))
        ok(api(people.elder).post(f"/visits/{visit}/dispute", {"reason": "She left at ten."}))
        settled = {"minutes": 60, "reason": "Both agree on one hour."}
        assert api(people.elder).post(f"/visits/{visit}/settlement", settled).status_code == 403
        ok(api(people.broker).post(f"/visits/{visit}/settlement", settled))
        assert ok(api(people.broker).get(f"/visits/{visit}"))["line"]["minutes_credited"] == 60


@one_engine
def test_the_auditor_sees_and_the_operator_reverses(api: Callable[[Actor], Api], people: Cast) -> None:
    auditor, operator = api(town.auditor()), api(town.operator())
    (line, *_) = ok(auditor.get("/ledger/3201/journal?purpose=opening"))["items"]
    place = f"/ledger/3201/transfers/{line['id']}"
    assert ok(auditor.get(place))["line"]["credit"]["person_id"] == people.zhang
    assert auditor.post(f"{place}/reversal", {"reason": "A typing mistake"}).status_code == 403
    made = ok(operator.post(f"{place}/reversal", {"reason": "A typing mistake"}))["id"]
    assert ok(auditor.get(place))["line"]["ended_by"] == made
    assert auditor.get("/ledger/1201/journal").json["items"] == []


@one_engine
def test_goods_are_handed_out_and_come_back(api: Callable[[Actor], Api], people: Cast) -> None:
    shop = goods.shop()
    clerk, operator, elder = api(town.clerk()), api(town.operator()), api(people.elder)
    make.give_hours(people.zhang, 900)  # goods need twenty hours earned
    access.set_pin(town.member(people.zhang), people.zhang, goods.PIN)
    basket = {"person_id": people.zhang, "desk_id": shop.desk, "lines": [[shop.rice, 1]], "pin": goods.PIN}
    wrong = clerk.post("/redemptions", {**basket, "pin": "111112"})
    assert (wrong.status_code, wrong.json["code"], wrong.json["field"]) == (422, "wrong_pin", "pin")
    receipt = ok(clerk.post("/redemptions", basket, key="basket-01"))["id"]
    assert ok(clerk.post("/redemptions", basket, key="basket-01"))["id"] == receipt
    care = {"person_id": people.zhang, "desk_id": shop.desk, "how": "pad", "signature": "M10 10L20 30L40 20L60 45"}
    request = ok(clerk.post("/redemptions/care", {**care, **CLEANING}))["id"]
    file = ok(elder.get(f"/requests/{request}"))
    assert (file["line"]["service_code"], file["agreed"]["signature"]) == ("cleaning", care["signature"])
    assert ok(api(town.broker()).get(f"/requests/{request}"))["agreed"] is None
    file = ok(elder.get(f"/redemptions/{receipt}"))
    assert (file["row"]["total_minutes"], file["lines"][0]["sku"]) == (goods.RICE_MINUTES, "RICE5")
    back = {"pieces": [[file["lines"][0]["id"], 1]], "reason": "The bag is torn"}
    ok(operator.post(f"/redemptions/{receipt}/returns", back))
    assert ok(elder.get(f"/people/{people.zhang}/redemptions"))["items"][0]["returned_minutes"] == goods.RICE_MINUTES
    assert ok(operator.get("/goods"))["items"][0]["price_minutes"]


@one_engine
def test_hours_written_down_afterwards_wait_for_another_person(api: Callable[[Actor], Api], people: Cast) -> None:
    entry = {
        "volunteer_id": people.xu,
        "recipient_id": people.zhang,
        "service_code": "cleaning",
        "day": "2026-11-20",
        "from_minute": 540,
        "to_minute": 600,
    }
    broker = api(people.broker)
    visit = ok(broker.post("/hours", entry))["id"]
    assert ok(broker.get(f"/visits/{visit}"))["line"]["state"] == "second_review"
    assert broker.post(f"/hours/{visit}/review", {"approve": True}).status_code in {403, 422}
    ok(api(town.broker(name="second")).post(f"/hours/{visit}/review", {"approve": True}))


@one_engine
def test_a_case_is_read_with_a_purpose_and_not_by_the_helper_side(api: Callable[[Actor], Api], people: Cast) -> None:
    from tests.factories import assistance

    worker = town.social_worker()
    case = assistance.new_case(worker, people.zhang)
    assert [each["id"] for each in ok(api(worker).get("/cases"))["items"]] == [case]
    assert api(worker).get(f"/cases/{case}").status_code == 422
    assert ok(api(worker).get(f"/cases/{case}?purpose=home+visit"))["case"]["person_id"] == people.zhang
    assert api(people.broker).get("/cases").status_code == 403
    assert "client" not in ok(api(people.broker).get(f"/people/{people.zhang}"))["roles"]


@one_engine
def test_schemes_services_places_and_notices_can_be_read(api: Callable[[Actor], Api], people: Cast) -> None:
    member = api(people.elder)
    schemes = ok(member.get("/schemes"))["items"]
    assert {each["code"] for each in schemes} == {"nanjing", "yaohua"}
    values = ok(member.get(f"/schemes/{people.scheme}/parameters"))["values"]
    assert values["tb.min_session_minutes"] > 0
    assert "cleaning" in {each["code"] for each in ok(member.get("/services"))["items"]}
    assert ok(member.get(f"/territories/{town.YAOXIN}"))["name"].startswith("尧新")
    assert len(ok(member.get(f"/territories?parent={town.YAOHUA}"))["items"]) == 2
    planned(api, people)
    told = ok(member.get("/notices"))["items"]
    assert told
    assert ok(member.post(f"/notices/{told[0]['id']}/read")) == {"done": True}
