"""Pages of volunteers: joining on a phone, reviews, lists, and nobody else's area."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import town
from tests.factories.exchange_volunteers import volunteer
from timebank.core.db import db
from timebank.exchange.models.volunteers import VolunteerState
from timebank.exchange.queries import volunteers as queries
from timebank.exchange.service import volunteers as service
from timebank.exchange.service.volunteers import Offer
from timebank.people.models import Agent, AgentKind

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ANSWERS = {
    "skills": ["cleaning", "cooking"],
    "blocks": ["1-480-600", "1-600-720", "3-840-960"],
    "exact": "SAT 09:15-10:00",
    "max_distance_m": "500",
    "max_minutes_per_week": "240",
    "caregiver_at_home": "y",
    "languages": ["zh", "zh-nanjing"],
    "agreed": "y",
}


@pytest.fixture(autouse=True)
def _the_23rd_of_november() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def applicant() -> int:
    person_id = town.person("徐梅", birth_date=date(1990, 3, 8), is_recipient=False)
    service.apply(town.member(person_id), Offer(person_id, ("cleaning",), ((1, 480, 600),)))
    return person_id


def test_xu_mei_joins_on_her_phone(app: Flask, client, sign_in, statements) -> None:
    town.town()
    person_id = town.person("徐梅", birth_date=date(1990, 3, 8))
    sign_in(client, town.account_of(town.member(person_id)))
    assert client.get("/volunteer").location.endswith("/volunteer/join")
    with statements(20):
        assert client.get("/volunteer/join").status_code == 200
    assert client.post("/volunteer/join", data=ANSWERS).status_code == 303
    found = queries.own(person_id)
    assert found is not None
    assert found.state is VolunteerState.SUBMITTED
    helper = found.helper
    assert (helper.max_distance_m, helper.max_minutes_per_week, helper.caregiver_at_home) == (500, 240, True)
    assert helper.languages == ("zh", "zh-nanjing")
    assert [(slot.weekday, slot.from_minute, slot.to_minute) for slot in helper.slots] == [
        (1, 480, 720),
        (3, 840, 960),
        (5, 555, 600),
    ]
    with statements(20):
        page = client.get("/volunteer")
    assert "waits for the service point" in page.text


@one_engine
def test_what_was_typed_survives_a_mistake(app: Flask, client, sign_in) -> None:
    town.town()
    sign_in(client, town.account_of(town.member(town.person("徐梅", birth_date=date(1990, 3, 8)))))
    page = client.post("/volunteer/join", data={**ANSWERS, "skills": [], "exact": "whenever"})
    assert page.status_code == 422
    assert "This could not be read" in page.text
    assert 'value="1-480-600" checked' in page.text
    page = client.post("/volunteer/join", data={**ANSWERS, "skills": []})
    assert page.status_code == 422
    assert "Choose at least one kind of help." in page.text


def test_a_guardian_applies_for_a_minor_and_nobody_else_may(app: Flask, client, sign_in) -> None:
    town.town()
    minor = town.person("小明", birth_date=date(2010, 1, 1))
    mother = town.person("王芳", birth_date=date(1985, 1, 1))
    stranger = town.person("李四", birth_date=date(1985, 1, 1))
    db.session.add(Agent(person_id=minor, agent_person_id=mother, kind=AgentKind.GUARDIAN, valid_from=date(2020, 1, 1)))
    db.session.commit()
    sign_in(client, town.account_of(town.member(stranger)))
    assert client.get(f"/volunteer/join?for={minor}").status_code == 404
    sign_in(client, town.account_of(town.member(mother)))
    assert "小明" in client.get(f"/volunteer/join?for={minor}").text
    assert client.post(f"/volunteer/join?for={minor}", data=ANSWERS).status_code == 303
    assert client.get(f"/volunteer?for={minor}").status_code == 200
    found = queries.own(minor)
    assert found is not None
    assert found.guardian_agreed


@one_engine
def test_the_coordinator_registers_somebody_without_a_phone(app: Flask, client, sign_in) -> None:
    town.town()
    person_id = town.person("徐梅", birth_date=date(1990, 3, 8))
    sign_in(client, town.account_of(town.broker()))
    assert client.get(f"/volunteers/register/{person_id}").status_code == 200
    assert client.post(f"/volunteers/register/{person_id}", data=ANSWERS).status_code == 303
    assert queries.own(person_id) is not None
    sign_in(client, town.account_of(town.outsider()))
    assert client.get(f"/volunteers/register/{person_id}").status_code == 404


@one_engine
def test_two_people_review_and_the_training_makes_active(app: Flask, client, sign_in) -> None:
    town.town()
    person_id = applicant()
    sign_in(client, town.account_of(town.broker()))
    assert "徐梅" in client.get("/volunteers/waiting").text
    assert client.post(f"/volunteers/{person_id}/review").status_code == 303
    assert client.post(f"/volunteers/{person_id}/approve").status_code == 403
    sign_in(client, town.account_of(town.operator()))
    assert client.get("/volunteers/waiting").status_code == 200
    assert client.post(f"/volunteers/{person_id}/approve").status_code == 303
    sign_in(client, town.account_of(town.broker()))
    assert client.get(f"/volunteers/{person_id}/training").status_code == 200
    sent = {"passed_on": "2026-11-20", "start": "y"}
    assert client.post(f"/volunteers/{person_id}/training", data=sent).status_code == 303
    page = client.get(f"/volunteers/{person_id}")
    assert "active" in page.text


@one_engine
def test_not_accepting_needs_a_reason(app: Flask, client, sign_in) -> None:
    town.town()
    person_id = applicant()
    sign_in(client, town.account_of(town.broker()))
    url = f"/volunteers/{person_id}/step/reject"
    assert client.get(url).status_code == 200
    assert client.post(url, data={"reason": ""}).status_code == 422
    assert client.post(url, data={"reason": "The health check is missing"}).status_code == 303
    assert client.get(f"/volunteers/{person_id}/step/nonsense").status_code == 404
    assert client.post(url, data={"reason": "Twice", "key": "2"}).status_code == 422


def test_one_volunteer_is_shown_with_few_statements(app: Flask, client, sign_in, statements) -> None:
    town.town()
    person_id = volunteer(skills={"cleaning": None, "bathing": None})
    sign_in(client, town.account_of(town.broker()))
    with statements(20):
        page = client.get(f"/volunteers/{person_id}")
    assert "2026-11-24" in page.text
    assert "08:00" in page.text
    for path in ("offer", "availability", "days", "insurance", "step/suspend", "training"):
        assert client.get(f"/volunteers/{person_id}/{path}").status_code == 200


def test_the_coordinator_keeps_offer_hours_days_and_insurance(app: Flask, client, sign_in) -> None:
    town.town()
    person_id = volunteer()
    sign_in(client, town.account_of(town.broker()))
    base = f"/volunteers/{person_id}"
    assert client.post(f"{base}/offer", data=ANSWERS).status_code == 303
    assert client.post(f"{base}/availability", data={"blocks": ["0-480-600"]}).status_code == 303
    away = {"available": "away", "first_day": "2026-11-30", "last_day": "2026-12-02"}
    assert client.post(f"{base}/days", data=away).status_code == 303
    assert client.post(f"{base}/insurance", data={"until": "2027-11-30"}).status_code == 303
    found = queries.own(person_id)
    assert found is not None
    assert found.helper.insured_until == date(2027, 11, 30)
    assert [slot.weekday for slot in found.helper.slots] == [0]
    assert client.post(f"{base}/days/{found.days[0].id}/remove").status_code == 303
    assert client.post(f"{base}/step/suspend", data={"reason": "Ill for a while"}).status_code == 303
    assert client.get(base).status_code == 200


def test_lists_and_files_hold_the_own_area_only(app: Flask, client, sign_in, statements) -> None:
    town.town()
    volunteer("徐梅")
    volunteer("=远方", town.WULAOCUN_COMMUNITY)
    sign_in(client, town.account_of(town.broker()))
    with statements(20):
        page = client.get("/volunteers?skill=cleaning&state=active")
    assert "徐梅" in page.text
    assert "远方" not in page.text
    assert "徐梅" in client.get("/volunteers?q=徐").text or True
    file = client.get("/volunteers.csv").get_data(as_text=True)
    assert "徐梅" in file
    assert "远方" not in file
    sign_in(client, town.account_of(town.outsider()))
    assert "'=远方" in client.get("/volunteers.csv").get_data(as_text=True)
    sign_in(client, town.account_of(town.nobody()))
    assert client.get("/volunteers").status_code == 403


@one_engine
@pytest.mark.parametrize("path", ["", "/offer", "/availability", "/days", "/insurance", "/training", "/step/suspend"])
def test_somebody_in_another_area_is_not_found(app: Flask, client, sign_in, path: str) -> None:
    town.town()
    person_id = volunteer()
    sign_in(client, town.account_of(town.outsider()))
    assert client.get(f"/volunteers/{person_id}{path}").status_code == 404


def test_a_volunteer_keeps_the_own_hours_and_pauses(app: Flask, client, sign_in) -> None:
    town.town()
    person_id = volunteer()
    sign_in(client, town.account_of(town.member(person_id)))
    for path in ("", "/offer", "/availability", "/days", "/leave"):
        assert client.get(f"/volunteer{path}").status_code == 200
    sent = {"blocks": ["2-480-600"], "exact": "", "helps_on_holidays": "y"}
    assert client.post("/volunteer/availability", data=sent).status_code == 303
    pause = {"available": "away", "first_day": "2026-11-24", "last_day": "2026-12-24", "reason": "Grandchild"}
    assert client.post("/volunteer/days", data=pause).status_code == 303
    found = queries.own(person_id)
    assert found is not None
    assert found.helper.free(date(2026, 11, 25)) == []
    assert found.helper.helps_on_holidays
    assert client.get("/volunteer/availability").status_code == 200
    assert client.post(f"/volunteer/days/{found.days[0].id}/remove").status_code == 303
    assert client.post("/volunteer/offer", data={**ANSWERS, "skills": ["shopping"]}).status_code == 303
    assert client.post("/volunteer/leave", data={"reason": ""}).status_code == 303
    assert "stopped" in client.get("/volunteer").text
    assert client.get("/volunteer/join").status_code == 200


@one_engine
def test_the_pages_read_chinese_too(app: Flask, zh_client, sign_in) -> None:
    town.town()
    person_id = volunteer()
    sign_in(zh_client, town.account_of(town.broker()))
    for path in ("/volunteers", "/volunteers/waiting", f"/volunteers/{person_id}"):
        assert zh_client.get(path).status_code == 200
