"""Assistance through the API: a case from its opening to its closing, the health file, categories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import assistance, town
from tests.factories.exchange_visits import SUNDAY_NOON
from tests.pages.api_walk import Step, Walk

NO = {"other": 404, "broker": 403, "clerk": 403}
WHY = {"words": "The father has found work"}
NEW = {
    "kind": "child",
    "legal_basis": "statutory_duty",
    "urgency": "urgent",
    "summary": "The daughter is ill, both parents gave up work.",
}
LINE = {
    "kind": "cash",
    "programme": "Subsidy for disabled people",
    "provider": "Yaohua street",
    "due_on": "2030-01-31",
    "amount_fen": 124_000,
}
HOME_VISIT = {
    "kind": "screening",
    "visitors": ["李老师"],
    "started_at": "2026-01-05T09:00:00+08:00",
    "ended_at": "2026-01-05T09:40:00+08:00",
    "findings": "Three rooms; the mother is at home all day.",
    "next_due_on": "2026-02-05",
}
HEALTH = {"conditions": "asthma", "medication": "", "failed_items": ["eat"], "checked_on": "2026-01-05"}


def _need(facts: dict[str, Any]) -> dict[str, Any]:
    return {**LINE, "need_id": facts["need_id"]}


STEPS = [
    Step(
        "list_case_workers",
        "worker",
        no=NO,
        sees=lambda answer, facts: facts["second"] in {each["id"] for each in answer["items"]},
    ),
    Step(
        "open_case",
        "worker",
        lambda facts: {**NEW, "person_id": facts["person_id"]},
        no={"other": 403, "broker": 403},
        keep="case_id",
    ),
    Step("list_cases", "worker", sees=lambda answer, facts: [each["id"] for each in answer["items"]] == [1]),
    Step("list_cases", "other", sees=lambda answer, _: answer["items"] == []),
    Step("export_cases", "worker", no={"broker": 403}, sees=lambda text, _: "徐梅" in text),
    Step("export_cases", "other", sees=lambda text, _: "徐梅" not in text),
    Step("record_home_visit", "worker", HOME_VISIT, no=NO),
    Step("add_need", "worker", {"kind": "money", "words": "The medicine is too dear"}, no=NO, keep="need_id"),
    Step("add_plan_line", "worker", _need, no=NO, keep="line_id"),
    Step("propose_plan", "worker", no=NO),
    Step("return_plan", "head", {"words": "Who pays?"}, no={"worker": 403, "other_head": 404, "broker": 403}),
    Step("propose_plan", "worker", at={}),
    Step("approve_plan", "head", no={"worker": 403, "other_head": 404}),
    Step("deliver_plan_line", "worker", {"on": "2026-01-06", "note": "receipt 12"}, no=NO),
    Step("revise_plan", "worker", WHY, no=NO),
    Step("add_plan_line", "worker", {**LINE, "kind": "service", "amount_fen": None, "minutes": 90}, keep="line_id"),
    Step("cancel_plan_line", "worker", WHY, no=NO),
    Step("meet_need", "worker", no=NO),
    Step(
        "hand_case_over",
        "worker",
        lambda facts: {"case_worker_id": facts["second"]},
        no=NO,
    ),
    Step("close_case", "worker", {"reason": "needs_met"}, no=NO),
    Step("reopen_case", "worker", WHY, no=NO),
    Step(
        "get_case",
        "worker",
        query="purpose=home+visit",
        no=NO,
        sees=lambda answer, facts: (
            (answer["case"]["summary"], answer["visits"][0]["visitors"], answer["person"]["id"])
            == (NEW["summary"], ["李老师"], facts["person_id"])
            and {"opened", "active", "closed"} <= {each["to_state"] for each in answer["events"]}
            and {line["state"] for line in answer["lines"]} == {"delivered", "cancelled"}
        ),
    ),
    Step("save_health", "worker", HEALTH, no=NO, sees=lambda answer, _: answer == {"level": "partial"}),
    Step(
        "get_health",
        "worker",
        query="purpose=home+visit",
        no=NO,
        sees=lambda answer, _: (answer["conditions"], answer["failed"]) == (["asthma"], ["eat"]),
    ),
    Step(
        "add_category",
        "worker",
        {"category": "dibao", "starts_on": "2026-01-01", "decision": "2026-17"},
        no=NO,
        keep="status_id",
    ),
    Step("end_category", "worker", {"ends_on": "2026-12-31"}, no=NO),
    Step("list_categories", "worker", no=NO, sees=lambda answer, _: answer["items"][0]["ends_on"] == "2026-12-31"),
]


@pytest.fixture(autouse=True)
def sunday_noon() -> Iterator[None]:
    with time_machine.travel(SUNDAY_NOON, tick=False):
        yield


def test_a_case_is_worked_on_through_the_api(app: Flask) -> None:
    town.town()
    second = town.staff(town.Role.SOCIAL_WORKER, town.YAOHUA, "second")
    actors = {
        "worker": town.social_worker(),
        "other": town.social_worker(town.WULAOCUN),
        "head": town.street_head(),
        "other_head": town.street_head(town.WULAOCUN),
        "broker": town.broker(),
        "clerk": town.clerk(),
    }
    Walk(app, actors, {"person_id": assistance.client(), "second": town.account_of(second)}).through(STEPS)


@one_engine
def test_the_helper_side_never_learns_of_a_case(app: Flask) -> None:
    """Neither the coordinator nor the desk is told by any answer that somebody is a client."""
    town.town()
    client = assistance.client()
    assistance.new_case(town.social_worker(), client)
    walk = Walk(app, {"broker": town.broker(), "member": town.member(client)}, {"person_id": client})
    for path in (f"/people/{client}", "/people?text=徐梅", f"/people/{client}/payers"):
        told = walk.apis["broker"].get(path)
        assert told.status_code == 200, path
        assert "client" not in told.text, path
    assert walk.apis["broker"].get(f"/people/{client}/categories").status_code == 403


@one_engine
def test_a_moment_without_a_zone_is_no_moment(app: Flask) -> None:
    town.town()
    case_id = assistance.new_case(town.social_worker(), assistance.client())
    walk = Walk(app, {"worker": town.social_worker()}, {"case_id": case_id})
    naive = {**HOME_VISIT, "started_at": "2026-01-05T09:00:00"}
    answer = walk.apis["worker"].post(f"/cases/{case_id}/visits", naive)
    assert (answer.status_code, answer.json["field"]) == (422, "started_at")


@one_engine
def test_a_refusal_names_the_field_of_the_api_that_it_belongs_to(app: Flask) -> None:
    town.town()
    case_id = assistance.new_case(town.social_worker(), assistance.client())
    api = Walk(app, {"worker": town.social_worker()}, {"case_id": case_id}).apis["worker"]
    backwards = api.post(f"/cases/{case_id}/visits", {**HOME_VISIT, "ended_at": "2026-01-05T08:00:00+08:00"})
    assert (backwards.json["code"], backwards.json["field"]) == ("home_visit_order", "ended_at")
    worthless = api.post(f"/cases/{case_id}/plan-lines", {**LINE, "amount_fen": None})
    assert (worthless.json["code"], worthless.json["field"]) == ("line_needs_cash", "amount_fen")
