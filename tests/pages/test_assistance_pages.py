"""Pages of assistance: the file of a case, its printable plan, the health file, and who may open them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.conftest import one_engine
from tests.factories import assistance as factory
from tests.factories import town
from timebank.assistance.rules.status import Category
from timebank.assistance.service import cases
from timebank.assistance.service import health as health_service
from timebank.assistance.service.health import NewStatus
from timebank.core import clock

Sign = Any


def test_a_case_worker_goes_the_whole_way(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    worker, person_id = town.social_worker(), factory.client()
    sign_in(client, town.account_of(worker))
    opened = client.post(
        f"/cases/new?person_id={person_id}",
        data={
            "kind": "child",
            "urgency": "ordinary",
            "legal_basis": "statutory_duty",
            "summary": "女儿罕见病",
            "case_worker_id": worker.account_id,
        },
    )
    assert opened.status_code == 303
    case = opened.location
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    visit = {"kind": "screening", "visitors": "张力，李静", "day": yesterday, "starts": "09:00", "ends": "09:40"}
    assert client.post(f"{case}/visits/new", data={**visit, "findings": "母亲辞职照护"}).status_code == 303
    assert client.post(f"{case}/needs/new", data={"kind": "money", "words": "药费不够"}).status_code == 303
    form = client.get(f"{case}/lines/new").get_data(as_text=True)
    need_id = form.split('<option value="')[2].split('"')[0]
    line = {
        "kind": "cash",
        "programme": "残疾人补贴",
        "provider": "街道",
        "need_id": need_id,
        "amount": "1240",
        "monthly": "y",
    }
    assert client.post(f"{case}/lines/new", data={**line, "due_on": yesterday}).status_code == 303
    page = client.get(case).get_data(as_text=True)
    for words in ("¥1,240.00", "母亲辞职照护", "药费不够", "Put the plan forward", "1 day late", "Working on the case"):
        assert words in page
    assert client.post(f"{case}/propose").status_code == 303
    assert "waits for the approval of another person" in client.get(case).get_data(as_text=True)
    assert "残疾人补贴" in client.get(f"{case}/plan").get_data(as_text=True)


@one_engine
def test_a_wrong_amount_stands_beside_its_field(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    worker = town.social_worker()
    case_id = factory.new_case(worker, factory.client())
    sign_in(client, town.account_of(worker))
    line = {"kind": "cash", "programme": "p", "provider": "q", "need_id": "0", "due_on": "2026-12-01"}
    answer = client.post(f"/cases/{case_id}/lines/new", data={**line, "amount": "viel"})
    assert answer.status_code == 422
    assert "Write the amount in yuan" in answer.get_data(as_text=True)
    answer = client.post(f"/cases/{case_id}/lines/new", data={**line, "minutes": "60"})
    assert 'href="#amount">Enter the amount in yuan' in answer.get_data(as_text=True)
    visit = {"kind": "screening", "visitors": "张力", "day": "2026-01-05", "starts": "09:00", "ends": "08:00"}
    backwards = client.post(f"/cases/{case_id}/visits/new", data={**visit, "findings": "x"})
    assert backwards.status_code == 422
    assert 'href="#ends"' in backwards.get_data(as_text=True)


@one_engine
def test_whoever_does_not_own_a_case_says_why_first(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    case_id = factory.new_case(town.social_worker(), factory.client())
    sign_in(client, town.account_of(town.auditor()))
    asked = client.get(f"/cases/{case_id}")
    assert asked.status_code == 302
    assert "This file is protected" in client.get(asked.location).get_data(as_text=True)
    assert client.post(asked.location, data={"purpose": "other"}).status_code == 422
    went = client.post(asked.location, data={"purpose": "audit", "words": "抽查"})
    page = client.get(went.location).get_data(as_text=True)
    assert "Audit: 抽查" in page
    assert "Write down a visit" not in page


@one_engine
def test_the_street_head_approves_by_a_button(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    case_id, _ = factory.planned_case(town.social_worker(), factory.client())
    sign_in(client, town.account_of(town.street_head()))
    client.post(f"/cases/{case_id}/purpose", data={"purpose": "supervise"})
    assert "Approve the plan" in client.get(f"/cases/{case_id}").get_data(as_text=True)
    client.post(f"/cases/{case_id}/approve")
    assert "Plan is being delivered" in client.get(f"/cases/{case_id}").get_data(as_text=True)


@one_engine
@pytest.mark.parametrize("make", [town.broker, town.clerk, town.operator, town.nobody])
def test_the_helper_side_gets_no_page_of_assistance(app: Flask, client: Any, sign_in: Sign, make: Any) -> None:
    town.town()
    person_id = factory.client()
    case_id = factory.new_case(town.social_worker(), person_id)
    sign_in(client, town.account_of(make()))
    for address in ("/cases", "/cases.csv", f"/cases/{case_id}", f"/people/{person_id}/health"):
        assert client.get(address).status_code == 403, address


def test_the_list_and_its_file_show_the_own_area_only(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    factory.new_case(town.social_worker(), factory.client())
    sign_in(client, town.account_of(town.social_worker()))
    assert "徐梅" in client.get("/cases").get_data(as_text=True)
    assert "徐梅" in client.get("/cases.csv?state=all").get_data(as_text=True)
    sign_in(client, town.account_of(town.social_worker(town.WULAOCUN)))
    assert "徐梅" not in client.get("/cases").get_data(as_text=True)
    assert "徐梅" not in client.get("/cases.csv").get_data(as_text=True)


@one_engine
def test_a_health_file_is_kept_and_its_looks_are_listed(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    worker, person_id = town.social_worker(), factory.client()
    factory.new_case(worker, person_id)
    sign_in(client, town.account_of(worker))
    saved = client.post(
        f"/people/{person_id}/health/edit",
        data={"failed_items": ["toilet", "bathe"], "conditions": "高血压", "checked_on": "2026-01-05"},
    )
    page = client.get(saved.location).get_data(as_text=True)
    assert "Partly loses self-care" in page
    assert "Using the toilet, Bathing" in page
    assert "Working on the case" in page
    assert 'value="toilet" checked' in client.get(f"/people/{person_id}/health/edit").get_data(as_text=True)


@one_engine
def test_categories_are_entered_and_ended(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    worker, person_id = town.social_worker(), factory.client()
    health_service.add_status(worker, NewStatus(person_id, Category.DISABLED, clock.today()))
    sign_in(client, town.account_of(worker))
    client.post(f"/people/{person_id}/categories/new", data={"category": "dibao", "starts_on": "2026-01-01"})
    again = client.post(f"/people/{person_id}/categories/new", data={"category": "tekun", "starts_on": "2026-01-01"})
    assert again.status_code == 422
    page = client.get(f"/people/{person_id}/categories").get_data(as_text=True)
    assert "Minimum living guarantee" in page


def test_no_page_of_a_case_needs_more_than_twenty_statements(
    app: Flask, client: Any, sign_in: Sign, statements: Any
) -> None:
    town.town()
    worker = town.social_worker()
    for number in range(5):
        case_id, _ = factory.planned_case(worker, factory.client(f"徐{number}"))
    cases.approve_plan(town.street_head(), case_id)
    sign_in(client, town.account_of(worker))
    for address in (
        "/cases",
        f"/cases/{case_id}",
        f"/cases/{case_id}/plan",
        "/cases.csv",
        f"/cases/{case_id}/lines/new",
    ):
        with statements(20):
            assert client.get(address).status_code == 200


@one_engine
def test_pages_of_assistance_speak_chinese(app: Flask, zh_client: Any, sign_in: Sign) -> None:
    town.town()
    worker = town.social_worker()
    case_id, _ = factory.planned_case(worker, factory.client())
    sign_in(zh_client, town.account_of(worker))
    assert "个案" in zh_client.get("/cases").get_data(as_text=True)
    assert "需求" in zh_client.get(f"/cases/{case_id}").get_data(as_text=True)
