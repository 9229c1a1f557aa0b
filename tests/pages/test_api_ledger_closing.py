"""Closed months, reversals with two people and limits through the API."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import ledger, town
from tests.pages.api_client import Api
from timebank.access.service import issue_token
from timebank.core.authority import Actor
from timebank.ledger import queries

T = ledger.TENANT
NOVEMBER = datetime(2026, 11, 7, 2, tzinfo=UTC)


def _api(app: Flask, who: Actor) -> Api:
    return Api(app, issue_token(town.account_of(who), "test", 60))


def test_a_month_is_closed_and_a_reversal_in_it_agreed_to(app: Flask) -> None:
    town.town()
    with time_machine.travel(datetime(2026, 10, 30, 2, tzinfo=UTC)):
        elder, helper = ledger.member(town.person("张桂英"), 600), ledger.member(town.person("徐梅"))
        paid = ledger.pay(elder, helper, 90, purpose="visit").id
        ledger.promise(elder, helper, 10, hours=1)
    with time_machine.travel(NOVEMBER, tick=True):
        first, second = _api(app, town.operator()), _api(app, town.operator(name="second-operator"))
        months = first.get(f"/ledger/{T}/months").json
        assert (months["items"], months["due"]) == ([], "2026-10")
        assert [point["count"] for point in months["points"] if not point["settled"]] == [1]
        closing = f"/ledger/{T}/months/2026-10/closing"
        assert first.post(closing, {"note": "counted"}).json["code"] == "points_open"
        assert first.post(closing, {"note": "counted", "acknowledged": True}, key="closing-1").json == {"id": "2026-10"}
        assert first.post(closing, {"note": "counted", "acknowledged": True}, key="closing-1").status_code == 200
        (closed,) = first.get(f"/ledger/{T}/months").json["items"]
        assert (closed["month"], closed["transfers"], closed["liability"]) == ("2026-10", 2, 600)
        assert first.get(f"/ledger/{T}/months/2026-10/sheet").data.startswith(b"%PDF")

        where = f"/ledger/{T}/transfers/{paid}"
        assert first.post(f"{where}/reversal", {"reason": "wrong"}).json["code"] == "second_person_needed"
        request = first.post(f"{where}/reversal-request", {"reason": "wrong"}).json["id"]
        assert second.delete(f"/ledger/reversals/{request}").status_code == 403
        assert first.delete(f"/ledger/reversals/{request}").json == {"id": request}
        assert first.get(f"/ledger/reversals/{request}").json["decision"] == "withdrawn"
        request = first.post(f"{where}/reversal-request", {"reason": "wrong"}).json["id"]
        assert [one["id"] for one in second.get("/ledger/reversals").json["items"]] == [request]
        decision = f"/ledger/reversals/{request}/decision"
        assert first.post(decision, {"agree": True}).json["code"] == "second_is_the_same"
        made = second.post(decision, {"agree": True}).json["reversal_id"]
        assert second.get(f"/ledger/reversals/{request}").json["reversal_id"] == made
        assert second.get("/ledger/reversals?state=decided").json["items"][0]["transfer"]["amount_text"] == "1 h 30 min"
        assert queries.balance(T, helper).posted == 0


@one_engine
def test_limits_are_changed_and_listed(app: Flask) -> None:
    town.town()
    account = ledger.member(town.person("张桂英"), 600)
    api = _api(app, town.operator())
    where = f"/ledger/{T}/accounts/{account}/limits"
    given = {"floor": 0, "ceiling": 90_000, "state": "open", "reason": "cap"}
    assert api.put(where, {**given, "ceiling": 10}).json["code"] == "limit_broken"
    assert api.put(where, given).status_code == 200
    assert [one["ceiling_after"] for one in api.get(where).json["items"]] == [90_000]
    assert _api(app, town.broker()).put(where, given).status_code == 403
