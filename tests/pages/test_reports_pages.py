"""First pages of each role, and the time bank in numbers."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.conftest import one_engine
from tests.factories import assistance as cases
from tests.factories import town
from timebank.core.authority import Actor
from timebank.exchange.words_visits import VISIT_STATES
from timebank.ledger import service as ledger
from timebank.reports import exports

Sign = Any
EVERYBODY = [
    town.broker,
    town.clerk,
    town.operator,
    town.social_worker,
    town.street_head,
    town.auditor,
    town.admin,
    town.nobody,
]


@pytest.mark.parametrize("make", EVERYBODY)
def test_every_role_has_a_first_page(app: Flask, client: Any, sign_in: Sign, statements: Any, make: Any) -> None:
    town.town()
    sign_in(client, town.account_of(make()))
    with statements(20):
        assert client.get("/").status_code == 200


@one_engine
def test_who_has_two_roles_reads_each_entry_of_the_menu_once(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    both = town.account_of(town.broker(name="both"))
    town.clerk(name="both")
    sign_in(client, both)
    menu = client.get("/").text.partition("</nav>")[0]
    assert 'href="/desk"' in menu
    assert menu.count('href="/" aria-current="page"') == 1


@one_engine
def test_a_visitor_is_asked_to_sign_in(app: Flask, client: Any) -> None:
    assert "/sign-in" in client.get("/").location


def give_hours(person_id: int, minutes: int) -> None:
    system = Actor.system("test")
    issued = ledger.ensure_account(3201, "issued", 1, floor=None)
    member = ledger.ensure_account(3201, "member", person_id)
    ledger.post(3201, issued, member, minutes, key=f"opening:{person_id}", purpose="opening", actor=system)


@one_engine
def test_a_member_sees_the_own_hours_in_large_figures(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    person_id = town.person("徐梅", is_volunteer=True)
    give_hours(person_id, 390)
    sign_in(client, town.account_of(town.member(person_id)))
    page = client.get("/").get_data(as_text=True)
    assert '<p class="balance">6 h 30 min</p>' in page
    assert "No visit is planned" in page


@one_engine
def test_the_auditor_sees_that_the_books_sum_to_zero(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    give_hours(town.person(), 90)
    sign_in(client, town.account_of(town.auditor()))
    assert "Books sum to zero" in client.get("/").get_data(as_text=True)


@one_engine
def test_a_case_worker_finds_the_own_cases_on_the_first_page(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    worker = town.social_worker()
    cases.planned_case(worker, cases.client())
    sign_in(client, town.account_of(worker))
    assert "open case of yours" in client.get("/").get_data(as_text=True)
    sign_in(client, town.account_of(town.street_head()))
    assert "plan waits for your approval" in client.get("/").get_data(as_text=True)
    sign_in(client, town.account_of(town.broker()))
    assert "approval" not in client.get("/").get_data(as_text=True)


def test_the_report_counts_the_own_area_only(app: Flask, client: Any, sign_in: Sign, statements: Any) -> None:
    town.town()
    give_hours(town.person("徐梅", is_volunteer=True), 390)
    sign_in(client, town.account_of(town.street_head()))
    with statements(20):
        page = client.get("/reports/time-bank").get_data(as_text=True)
    assert "6 h 30 min" in page
    sign_in(client, town.account_of(town.street_head(town.WULAOCUN)))
    assert "6 h 30 min" not in client.get("/reports/time-bank").get_data(as_text=True)
    outside = client.get(f"/reports/time-bank?territory={town.YAOHUA}").get_data(as_text=True)
    assert "6 h 30 min" not in outside


@one_engine
def test_the_report_is_a_file_too(app: Flask, client: Any, sign_in: Sign) -> None:
    town.town()
    sign_in(client, town.account_of(town.street_head()))
    answer = client.get("/reports/time-bank.csv?since=2026-01-01&until=nonsense")
    assert answer.mimetype == "text/csv"
    assert "Outstanding" in answer.get_data(as_text=True)
    sign_in(client, town.account_of(town.clerk()))
    assert client.get("/reports/time-bank").status_code == 403


@one_engine
def test_first_pages_speak_chinese(app: Flask, zh_client: Any, sign_in: Sign) -> None:
    town.town()
    sign_in(zh_client, town.account_of(town.member(town.person())))
    assert "我的时间" in zh_client.get("/").get_data(as_text=True)


@one_engine
def test_the_first_page_and_the_report_call_a_visits_state_as_its_own_page_does(app: Flask) -> None:
    for language in ("en", "zh"):
        with app.test_request_context(), force_locale(language):
            assert exports.visit_states() == {state: str(text) for state, text in VISIT_STATES.items()}
