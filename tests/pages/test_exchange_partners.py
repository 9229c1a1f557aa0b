"""A partner organisation by pages and through the API: added, given a visit, its sheet, a month settled by two."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import time_machine
from flask import Flask

from tests.conftest import new_client
from tests.factories import exchange_visits as make
from tests.factories import partners as factory
from tests.factories import town
from tests.pages.api_walk import Facts, Step, Walk
from tests.pages.client import CheckingClient
from timebank.core import clock
from timebank.exchange.service.schemes import NewValue, set_parameter
from timebank.ledger.service.closing import close_month

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
BEFORE, OVER, DECEMBER = make.at(480), make.at(700), make.at(600, date(2026, 12, 3))
SHEET = {"began": make.at(545).isoformat(), "minutes": 110, "signed_by": "张建国"}
NO = {"other": 404, "member": 403}
FACTS = {**dataclasses.asdict(factory.FACTS), "from_day": "2026-01-01", "until_day": None}
INVOICE = {"month": "2026-11", "invoice_no": "FP-0042"}

SignIn = Callable[[CheckingClient, int], CheckingClient]


def _minutes(answer: Any, _facts: Facts) -> bool:
    return [line["amount"] for line in answer["statement"]] == [110] and answer["balance_minutes"] == 110


def _to_tell(answer: Any) -> list[int]:
    return [line["id"] for one in answer["items"] for line in one["visits"]]


GIVEN = [
    Step("add_partner", "operator", FACTS, no={"broker": 403, "other": 403}, keep="partner_id"),
    Step("change_partner", "operator", {**FACTS, "phone": "025-1"}, no={"broker": 403}),
    Step("list_partners", "broker", no={"member": 403}, sees=lambda answer, _: answer["items"][0]["phone"] == "025-1"),
    Step("give_visit_to_partner", "broker", lambda facts: {"partner_id": facts["partner_id"]}, no={"other": 403}),
    Step("move_visit", "broker", {"starts_at": make.at(550).isoformat(), "told": "王主任"}, no={"other": 403}),
    Step("take_visit_from_partner", "broker", {"reason": "no staff", "told": "王主任"}, no={"other": 403}),
    Step("give_visit_to_partner", "broker", lambda facts: {"partner_id": facts["partner_id"]}, no={"member": 403}),
    Step("note_partner_care", "broker", SHEET, no={"other": 403, "member": 403}, when=OVER),
    Step("get_partner", "clerk", query="month=2026-11", no=NO, sees=_minutes, when=OVER),
    Step("get_partner", "clerk", sees=lambda answer, _: {one["reason"] for one in answer["told"]} == {""}),
    Step("get_partner", "broker", sees=lambda answer, _: "no staff" in {one["reason"] for one in answer["told"]}),
]
CANCELLED = [
    Step("give_visit_to_partner", "broker", lambda facts: {"partner_id": facts["partner_id"]}, no={"other": 403}),
    Step("cancel_visit", "member", {"reason": "at the daughter's"}, no={"other": 403}),
    Step("list_partner_calls", "other", no={"member": 403}, sees=lambda answer, _: answer["items"] == []),
    Step("list_partner_calls", "broker", sees=lambda answer, facts: _to_tell(answer) == [facts["visit_id"]]),
    Step(
        "call_partner",
        "broker",
        lambda facts: {"visit_ids": [facts["visit_id"]], "told": "小李"},
        no={"other": 404, "member": 403},
    ),
    Step("list_partner_calls", "broker", sees=lambda answer, _: answer["items"] == []),
]
SETTLED = [
    Step("settle_partner", "clerk", INVOICE, no={"other": 403, "broker": 403}, keep="settlement_id"),
    Step("decline_settlement", "second", {"reason": "another number"}, no={"broker": 403}),
    Step("settle_partner", "clerk", {**INVOICE, "invoice_no": "FP-0043"}, keep="settlement_id"),
    Step("agree_settlement", "second", no={"clerk": 422, "broker": 403}),
    Step("get_partner", "clerk", sees=lambda answer, _: answer["balance_minutes"] == 0),
    Step("end_partner", "operator", {"until_day": "2026-12-31"}, no={"broker": 403}),
]
PARTNERS = [*GIVEN, *CANCELLED, *SETTLED]


def _two_people_from_one_hour(scheme: int) -> None:
    """The rule of the desk: from now on a colleague agrees above 60 minutes."""
    new = NewValue(scheme, "tb.second_clerk_minutes", 60, clock.today(), "test")
    set_parameter(town.operator(), new)


def test_a_partner_gives_a_visit_and_is_settled_through_the_api(app: Flask) -> None:
    with time_machine.travel(BEFORE, tick=False):
        people = make.cast()
        _two_people_from_one_hour(people.scheme)
        visit = make.visits_of(make.published(people))[0]
        actors = {
            "operator": town.operator(),
            "broker": people.broker,
            "clerk": town.clerk(),
            "second": town.clerk(name="second"),
            "other": town.outsider(),
            "member": people.elder,
        }
        walk = Walk(app, actors, {"visit_id": visit})
        walk.through(GIVEN)
        given = walk.facts["visit_id"]
        walk.facts["visit_id"] = make.visits_of(make.published(people))[0]
        walk.through(CANCELLED)
        walk.facts["visit_id"] = given
    with time_machine.travel(DECEMBER, tick=False):
        close_month(town.operator(), make.TENANT, "2026-11", acknowledged=True)
        walk = Walk(app, actors, walk.facts)
        walk.through(SETTLED)


def _fields(html: str) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    form = re.search(r'<form method="post" class="form-page".*?</form>', html, re.DOTALL)
    assert form, html[:2000]
    return dict(HIDDEN.findall(form[0]))


def _send(client: CheckingClient, url: str, **facts: Any) -> Any:
    return client.post(url, data={**_fields(client.get(url).text), **facts})


def test_a_partner_is_added_gives_a_visit_and_is_settled_by_two_on_pages(
    app: Flask, client: CheckingClient, zh_client: CheckingClient, sign_in: SignIn, statements: Any
) -> None:
    with time_machine.travel(BEFORE, tick=False):
        people = make.cast()
        visit = make.visits_of(make.published(people))[0]
        _two_people_from_one_hour(people.scheme)
        operator = sign_in(client, town.account_of(town.operator()))
        facts = {**{name: value for name, value in FACTS.items() if value is not None}, "services": ["cleaning"]}
        refused = _send(operator, "/partners/new", **{**facts, "services": []})
        assert "Choose at least one kind of help." in refused.text
        page = _send(operator, "/partners/new", **facts).location
        assert "Ankang Care" in operator.get("/partners").text
        assert _send(operator, f"{page}/edit", **{**facts, "phone": "025-1"}).status_code == 303
        broker = sign_in(new_client(app), town.account_of(people.broker))
        assert "Give to a partner" in broker.get(f"/visits/{visit}").text
        assert _send(broker, f"/visits/{visit}/partner", partner_id="1").status_code == 303
        moved = {"starts_at": "2026-11-24T09:30", "reason": "the doctor comes"}
        unsaid = _send(broker, f"/visits/{visit}/move", **moved)
        assert "Call Ankang Care: 王主任, 025-1" in unsaid.text
        assert unsaid.status_code == 422
        assert _send(broker, f"/visits/{visit}/move", **moved, told="小李").status_code == 303
        assert "Moved to another time" in broker.get(f"/visits/{visit}").text
        assert all(text in broker.get(page).text for text in ("the doctor comes", "小李", "09:30"))
        back = {"reason": "no staff", "told": "王主任"}
        assert _send(broker, f"/visits/{visit}/partner/back", **back).status_code == 303
        assert "no longer with the partner" in broker.get(page).text
        assert _send(broker, f"/visits/{visit}/partner", partner_id="1").status_code == 303
        assert "A partner comes" in broker.get(f"/visits/{visit}").text
        elder = sign_in(zh_client, town.account_of(people.elder))
        assert "由合作机构派人上门" in elder.get(f"/my/visits/{visit}").text
        assert "安康护理将于" in elder.get("/my/notices").text
        other = make.visits_of(make.published(people))[0]
        assert _send(broker, f"/visits/{other}/partner", partner_id="1").status_code == 303
        assert "to be called: visit" not in broker.get("/").text
        assert _send(elder, f"/my/visits/{other}/cancel", reason="在女儿家").status_code == 303
        assert "Partner to be called: visit cancelled" in broker.get("/").text
        assert "The partner does not know yet" in broker.get(f"/visits/{other}").text
        with statements(20):
            calls = broker.get("/partners/calls").text
        assert all(text in calls for text in ("Ankang Care", "025-1", "张建国"))
        call = "/partners/1/calls"
        assert "合作机构" in sign_in(zh_client, town.account_of(people.broker)).get(call).text
        assert "Choose at least one visit" in _send(broker, call, told="小李").text
        known = {**_fields(broker.get(call).text), "visits": [str(other)], "told": "小李"}
        for _ in range(2):
            assert broker.post(call, data=known).status_code == 303
        assert "to be called: visit" not in broker.get("/").text
        assert "This partner knows which visits are cancelled." in broker.get(call).text
        assert "does not know yet" not in broker.get(f"/visits/{other}").text
        assert "Partner organisation told" not in broker.get(page).text
        assert all(text in broker.get(page).text for text in ("Moved, taken back or cancelled", "小李"))
    with time_machine.travel(OVER, tick=False):
        sheet = {"began": "2026-11-24T09:35", "minutes": "1:50", "signed_by": "张建国"}
        assert _send(broker, f"/visits/{visit}/partner/sheet", **sheet).status_code == 303
        shown = broker.get(f"/visits/{visit}").text
        assert "signed by 张建国" in shown
        assert "Ankang Care" in shown
    with time_machine.travel(DECEMBER, tick=False):
        clerk = sign_in(new_client(app), town.account_of(town.clerk()))
        nothing = clerk.get(f"{page}/settle").text
        assert "Nothing is due in a closed month." in nothing
        assert "invoice_no" not in nothing, "no form that can only be refused"
        close_month(town.operator(), make.TENANT, "2026-11", acknowledged=True)
        assert "1 h 50 min are due until the end of 2026-11." in clerk.get(page).text
        assert _send(clerk, f"{page}/settle", month="2026-11", invoice_no="FP-0042").status_code == 303
        assert "Waits for a second person" in clerk.get(page).text
        agree = "/partner-settlements/1/agree"
        assert agree not in clerk.get(page).text
        second = sign_in(new_client(app), town.account_of(town.clerk(name="second")))
        with statements() as sent:
            waits = second.get(page).text
        assert len(sent) <= 20
        form = re.search(rf'<form method="post" action="{agree}".*?</form>', waits, re.DOTALL)
        assert form
        assert second.post(agree, data=dict(HIDDEN.findall(form[0]))).status_code == 303
        assert "Settled" in second.get(page).text
        file = second.get(f"{page}/statement.csv?month=2026-12").text
        assert "-110" in file
        assert "FP-0042" in file
        assert "安康护理" in sign_in(zh_client, town.account_of(town.clerk())).get(page).text
        assert second.get(f"{page}?month=never").status_code == 422
        operator = sign_in(new_client(app), town.account_of(town.operator()))
        assert _send(operator, f"{page}/end", until_day="2026-12-31").status_code == 303
