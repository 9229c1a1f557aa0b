"""Pages of hours for key elders, the community pot and gifts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import town
from tests.factories.exchange_volunteers import elder, volunteer
from timebank.core.authority import Actor
from timebank.exchange.clockwork_grants import JOBS
from timebank.ledger import queries as balances
from timebank.ledger import service as ledger


@pytest.fixture(autouse=True)
def _the_1st_of_november() -> object:
    with time_machine.travel(datetime(2026, 11, 1, 4, tzinfo=UTC), tick=False):
        yield


def test_the_operator_gives_the_months_hours_and_sees_them(app: Flask, client, sign_in, statements) -> None:
    town.town()
    for number in range(4):
        elder(f"张{number}")
    sign_in(client, town.account_of(town.operator()))
    assert client.get("/grants").status_code == 200
    assert client.post("/grants/run").status_code == 303
    with statements(20):
        page = client.get("/grants")
    assert "16 h" in page.text
    assert "80 or older" in page.text
    assert client.get("/grants?month=2026-10").status_code == 200


def test_the_list_of_key_elders_by_hand(app: Flask, client, sign_in) -> None:
    town.town()
    town.person("刘伯", member_no="T900001")
    sign_in(client, town.account_of(town.operator()))
    assert client.get("/grants/key-elders/new").status_code == 200
    unknown = {"person": "T999999", "reason": "Child abroad"}
    page = client.post("/grants/key-elders/new", data=unknown)
    assert page.status_code == 422
    assert "T999999" in page.text
    assert client.post("/grants/key-elders/new", data={**unknown, "person": "T900001"}).status_code == 303
    assert "Child abroad" in client.get("/grants").text
    assert client.get("/grants/key-elders/1/remove").status_code == 200
    assert client.post("/grants/key-elders/1/remove", data={"reason": "The child is back"}).status_code == 303
    assert "Child abroad" not in client.get("/grants").text


@one_engine
def test_the_coordinator_reads_and_does_not_give(app: Flask, client, sign_in) -> None:
    town.town()
    sign_in(client, town.account_of(town.broker()))
    assert client.get("/grants").status_code == 200
    assert client.post("/grants/run").status_code == 403
    assert client.get("/grants/key-elders/new").status_code == 403
    sign_in(client, town.account_of(town.nobody()))
    assert client.get("/grants").status_code == 403


def test_a_member_gives_hours_and_the_pot_shows_them(app: Flask, client, sign_in, statements) -> None:
    town.town()
    person_id = volunteer()
    account = ledger.ensure_account(3201, "member", person_id)
    issued = ledger.ensure_account(3201, "issued", 1, floor=None)
    ledger.post(3201, issued, account, 120, key="x", purpose="visit", actor=Actor.system("test"))
    sign_in(client, town.account_of(town.member(person_id)))
    assert "2 h" in client.get("/donate").text
    assert client.post("/donate", data={"minutes": "1:00"}).status_code == 422
    page = client.post("/donate", data={"minutes": "3:00", "agreed": "y", "note": "For all"})
    assert page.status_code == 422
    assert "You have 2 h free" in page.text
    assert "For all" in page.text
    assert client.post("/donate", data={"minutes": "1:00", "agreed": "y"}).status_code == 303
    assert balances.balance(3201, account).posted == 60
    sign_in(client, town.account_of(town.broker()))
    with statements(20):
        page = client.get("/pot")
    assert "1 h" in page.text


@one_engine
def test_the_nightly_job_says_what_it_did(app: Flask, in_english: None) -> None:
    town.town()
    elder()
    [job] = JOBS
    assert job.function() == "1 grants given (240 minutes); 0 ended, 0 minutes went back to the fund."
    assert job.function() == "0 grants given (0 minutes); 0 ended, 0 minutes went back to the fund."
