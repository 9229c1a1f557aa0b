"""The registry through the API: registering, reading, changing, relations, duplicates, spreadsheets."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import one_engine
from tests.factories import town
from tests.factories.people import SYSTEM, id_number, registered, row, sheet
from tests.pages.api_client import Api
from tests.pages.api_walk import Step, Walk, rows
from timebank.access.service import issue_token
from timebank.core.audit import SensitiveRead
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.people import service
from timebank.people.queries import duplicates
from timebank.people.rules.codes import AgentKind, PersonRole
from timebank.people.service import NewAgent
from timebank.people.service.imports import work_imports

PHONE = "13849235197"
NEW = {"name": "徐梅", "territory_code": town.YAOXIN, "birth_date": "1965-03-08", "sex": "F", "roles": ["volunteer"]}
OUTSIDE = {"other": 404, "member": 403, "nobody": 403}
OTHER_AREA = {"other": 404}


@pytest.fixture
def walk(app: Flask) -> Walk:
    town.town()
    facts = {
        "person_id": registered("张桂英", id_number=id_number(), phone=PHONE, email="gy@example.org"),
        "elder": registered("王建国", birth_date=date(1944, 2, 3)),
        "daughter": registered("张丽", birth_date=date(1974, 2, 3)),
        "far": registered("徐海", town.WULAOCUN_COMMUNITY, birth_date=date(1980, 1, 1)),
    }
    actors = {
        "broker": town.broker(),
        "other": town.outsider(),
        "worker": town.social_worker(),
        "auditor": town.auditor(),
        "operator": town.operator(),
        "member": town.member(facts["elder"]),
        "owner": town.member(facts["person_id"]),
        "nobody": town.nobody(),
    }
    return Walk(app, actors, facts)


def as_(app: Flask, who: Actor) -> Api:
    return Api(app, issue_token(town.account_of(who), "test", 1))


def ids(answer: Any, _facts: Any) -> set[int]:
    return {each["id"] for each in answer["items"]}


PERSON = [
    Step("create_person", "broker", NEW, no={"other": 403, "auditor": 403, "member": 403}, keep="new"),
    Step(
        "find_likely_duplicates",
        "broker",
        NEW,
        no={"other": 403, "auditor": 403},
        sees=lambda answer, facts: [each["person_id"] for each in answer["items"]] == [facts["new"]],
    ),
    Step(
        "list_people", "broker", no={"nobody": 403}, sees=lambda answer, facts: facts["far"] not in ids(answer, facts)
    ),
    Step("count_people", "broker", no={"member": 403}, sees=lambda answer, _: answer["people"] == 4),
    Step("count_people", "other", sees=lambda answer, _: answer["people"] == 1),
    Step("export_people", "broker", no={"member": 403}, sees=lambda text, _: "张桂英" in text and "徐海" not in text),
    Step(
        "get_person_profile",
        "broker",
        no=OUTSIDE,
        sees=lambda answer, _: (
            (answer["person"]["phone_masked"], answer["person"]["self_care"]) == ("138****5197", None)
            and "client" not in answer["addable_roles"]
            and any(link["path"].startswith("/") for link in answer["links"])
        ),
    ),
    Step(
        "update_person",
        "broker",
        {"version": 1, "address": "9幢502室", "languages": ["zh", "en"], "point": [32.1, 118.9]},
        no={**OUTSIDE, "auditor": 403},
    ),
    Step(
        "get_person_profile",
        "auditor",
        sees=lambda answer, _: (
            (answer["person"]["address"], answer["person"]["lat"], answer["person"]["id_masked"][-4:])
            == ("9幢502室", 32.1, id_number()[-4:])
        ),
    ),
    Step("give_role", "broker", {"role": "volunteer"}, no={**OUTSIDE, "auditor": 403}),
    Step("leave_role", "broker", at={"role": "volunteer"}, no={**OUTSIDE, "auditor": 403}),
    Step("record_death", "broker", {"died_on": "2026-01-02"}, no={**OUTSIDE, "auditor": 403}),
    Step("take_death_back", "broker", no={**OUTSIDE, "auditor": 403}),
    Step(
        "list_person_history",
        "broker",
        no=OUTSIDE,
        sees=lambda answer, _: (
            [each["action"] for each in answer["items"]][:3] == ["record.death", "record.death", "leave.role"]
            and {"address", "languages"} <= set(answer["items"][4]["fields"])
        ),
    ),
    Step(
        "reveal",
        "worker",
        query="purpose=benefit+card",
        at={"field": "id_field"},
        no={"other": 404, "nobody": 403, "auditor": 403},
        sees=lambda answer, _: answer == {"field": "id_number", "value": id_number()},
    ),
    Step("reveal", "broker", query="purpose=calls+back", at={"field": "phone_field"}, no=OTHER_AREA),
    Step(
        "list_person_looks",
        "broker",
        no=OUTSIDE,
        sees=lambda answer, _: [each["purpose"] for each in answer["items"]] == ["calls back", "benefit card"],
    ),
    Step("list_own_looks", "owner", sees=lambda answer, _: len(answer["items"]) == 2),
    Step(
        "get_own_details",
        "owner",
        no={"nobody": 404},
        sees=lambda answer, _: (answer["phone"], answer["email"]) == ("138 4923 5197", "gy@example.org"),
    ),
]


def test_a_person_from_registration_to_history(walk: Walk) -> None:
    walk.facts |= {"volunteer": "volunteer", "id_field": "id_number", "phone_field": "phone"}
    walk.through(PERSON)


def test_own_details_are_corrected_by_oneself_or_by_who_acts_for_one(app: Flask, walk: Walk) -> None:
    elder, person = walk.facts["elder"], walk.facts["person_id"]
    before = rows()
    stranger = as_(app, town.member(elder))
    assert stranger.get(f"/my/details?person_id={person}").status_code == 404
    refused = stranger.patch("/my/details", {"person_id": person, "version": 1, "address": "x"})
    assert refused.status_code == 404
    assert rows()["audit_event"] == before["audit_event"] + 1  # the token that was made
    service.add_agent(SYSTEM, NewAgent(person, elder, AgentKind.AGENT))
    agent = as_(app, town.member(elder))
    own = agent.get(f"/my/details?person_id={person}").json
    change = {"person_id": person, "version": own["version"], "address": "10幢", "phone": ""}
    first = agent.patch("/my/details", change, key="own-details-1")
    assert (first.status_code, first.json) == (200, {"id": person})
    assert agent.patch("/my/details", change, key="own-details-1").json == first.json
    assert agent.patch("/my/details", change).json["code"] == "stale_form"
    owner = as_(app, town.member(person)).get("/my/details").json
    assert (owner["phone"], owner["address"], owner["email"]) == ("", "10幢", "gy@example.org")
    assert [each["agent_person_id"] for each in owner["agents"]] == [elder]


RELATIONS = [
    Step(
        "set_household",
        "broker",
        lambda facts: {"with_person_id": facts["elder"], "relation": "spouse"},
        no={**OUTSIDE, "auditor": 403},
        keep="household",
    ),
    Step(
        "get_person_profile",
        "broker",
        sees=lambda answer, facts: (
            {each["person_id"] for each in answer["household"]} == {facts["person_id"], facts["elder"]}
        ),
    ),
    Step("leave_household", "broker", no={**OUTSIDE, "auditor": 403}),
    Step(
        "add_agent",
        "broker",
        lambda facts: {"agent_person_id": facts["daughter"], "relation": "child"},
        no={**OUTSIDE, "auditor": 403},
        keep="agent_id",
    ),
    Step(
        "give_consent",
        "broker",
        lambda facts: {"purpose": "sharing:helpers", "given_by_id": facts["daughter"]},
        no={**OUTSIDE, "auditor": 403},
        keep="consent_id",
    ),
    Step(
        "get_person_profile",
        "broker",
        sees=lambda answer, facts: (
            [each["agent_person_id"] for each in answer["agents"]] == [facts["daughter"]]
            and answer["consents"][0]["given_by"] == "张丽"
        ),
    ),
    Step("withdraw_consent", "broker", no={**OUTSIDE, "auditor": 403}),
    Step("end_agent", "broker", no={**OUTSIDE, "auditor": 403}),
    Step("get_person_profile", "broker", sees=lambda answer, _: answer["agents"] == []),
]


def test_households_agents_and_consents(walk: Walk) -> None:
    walk.through(RELATIONS)


@one_engine
def test_nobody_outside_ones_area_becomes_guardian_householder_or_giver(app: Flask, walk: Walk) -> None:
    broker, one, far = as_(app, town.broker()), walk.facts["person_id"], walk.facts["far"]
    assert broker.post(f"/people/{one}/agents", {"agent_person_id": far}).status_code == 404
    assert broker.put(f"/people/{one}/household", {"with_person_id": far}).status_code == 404
    assert broker.post("/people", {**NEW, "guardian_id": far}).status_code == 404
    for basis in ("consent", "statutory_duty"):
        given = broker.post(f"/people/{one}/consents", {"legal_basis": basis, "given_by_id": far})
        assert given.json["code"] == "consent_giver"


@one_engine
def test_the_helper_side_neither_makes_nor_finds_out_a_client(app: Flask, walk: Walk) -> None:
    broker, worker, one = as_(app, town.broker()), as_(app, town.social_worker()), walk.facts["person_id"]
    assert worker.post(f"/people/{one}/roles", {"role": "client"}).status_code == 200
    for who in (one, walk.facts["elder"]):  # a client and somebody who is none: the same answer
        assert broker.delete(f"/people/{who}/roles/client").status_code == 403
        assert broker.post(f"/people/{who}/roles", {"role": "client"}).status_code == 403
    assert "client" not in str(broker.get(f"/people/{one}/profile").json)
    assert "client" not in str(broker.get(f"/people/{one}/history").json)
    assert PersonRole.CLIENT in worker.get(f"/people/{one}/profile").json["person"]["roles"]


def test_what_is_masked_on_pages_is_masked_in_every_answer(app: Flask, walk: Walk) -> None:
    one = walk.facts["person_id"]
    other = registered("张桂英", id_number=id_number(serial=14), phone=PHONE)
    (pair,) = duplicates.list_pairs(SYSTEM).items
    broker = as_(app, town.broker())
    paths = ["/people", f"/people/{one}", f"/people/{one}/profile", f"/people/{one}/history", "/people/file"]
    paths += [
        "/people/duplicates",
        f"/people/duplicates/{pair.id}",
        f"/people/{one}/access",
        f"/people/{other}/profile",
    ]
    for path in paths:
        answer = broker.get(path)
        assert answer.status_code == 200, path
        assert "138****5197" in answer.text or "history" in path, path
        for secret in (PHONE, "4923 5197", id_number(), id_number(serial=14), "gy@example.org"):
            assert secret not in answer.text, path
    assert "full_loss" not in broker.get(f"/people/{one}/profile").text


def test_a_look_is_refused_without_a_purpose_and_each_one_is_written_down(app: Flask, walk: Walk) -> None:
    one, worker = walk.facts["person_id"], as_(app, town.social_worker())
    assert worker.get(f"/people/{one}/sensitive/phone").status_code == 422
    assert worker.get(f"/people/{one}/sensitive/phone?purpose=+").status_code == 422
    assert worker.get(f"/people/{one}/sensitive/note?purpose=x").status_code == 404
    assert not db.session.scalars(select(SensitiveRead)).all()
    assert as_(app, town.broker()).get(f"/people/{one}/sensitive/self_care?purpose=x").status_code == 403
    for purpose in ("calls", "again"):
        assert worker.get(f"/people/{one}/sensitive/phone?purpose={purpose}").json["value"] == "138 4923 5197"
    assert [look.purpose for look in db.session.scalars(select(SensitiveRead))] == ["calls", "again"]


@one_engine
def test_somebody_likely_elsewhere_is_told_only_by_surname_and_place(app: Flask, walk: Walk) -> None:
    twin = {"name": "徐海", "territory_code": town.YAOXIN, "birth_date": "1980-01-01", "phone": PHONE}
    (found,) = as_(app, town.broker()).post("/people/likely", twin).json["items"]
    assert (found["person_id"], found["name"], found["birth_date"], found["phone_masked"]) == (None, "徐*", None, "")


DUPLICATES = [
    Step(
        "list_duplicates",
        "broker",
        no={"member": 403, "auditor": 403},
        sees=lambda answer, facts: [each["id"] for each in answer["items"]] == [facts["pair_id"]],
    ),
    Step("list_duplicates", "other", sees=lambda answer, _: answer["items"] == []),
    Step(
        "get_duplicate", "broker", no={**OTHER_AREA, "auditor": 403}, sees=lambda answer, _: len(answer["people"]) == 2
    ),
    Step("decide_different", "broker", no={**OTHER_AREA, "auditor": 403}),
    Step(
        "list_duplicates",
        "broker",
        query="state=different",
        sees=lambda answer, facts: answer["items"][0]["first"]["name"] == "许梅",
    ),
    Step("reopen_duplicate", "broker", no={**OTHER_AREA, "auditor": 403}),
    Step(
        "merge_people",
        "broker",
        lambda facts: {"kept_id": facts["first"], "merged_id": facts["second"]},
        no={**OTHER_AREA, "auditor": 403},
        keep="merge_id",
    ),
    Step("get_duplicate", "broker", sees=lambda answer, facts: answer["merge_id"] == facts["merge_id"]),
    Step("undo_merge", "broker", no={**OTHER_AREA, "auditor": 403}),
    Step("get_duplicate", "broker", sees=lambda answer, _: (answer["merge_id"], answer["state"]) == (None, "open")),
]


@one_engine
def test_two_rows_are_decided_merged_and_parted_again(walk: Walk) -> None:
    walk.facts |= {"first": registered(phone="13849235111"), "second": registered(phone="13849235111")}
    (pair,) = duplicates.list_pairs(SYSTEM).items
    walk.facts["pair_id"] = pair.id
    walk.through(DUPLICATES)


FILE = base64.b64encode(sheet(row(1), row(2), row(3, community_code=town.WULAOCUN_COMMUNITY), row(4, name=""))).decode()
HANDED_IN = {"file_name": "people.csv", "content": FILE}
COUNTS = {"read": 4, "created": 2, "updated": 0, "unchanged": 0, "rejected": 2, "to_review": 0}
REJECTED = [
    Step(
        "get_import",
        "broker",
        no={**OTHER_AREA, "worker": 403},
        sees=lambda answer, facts: (
            (answer["state"], answer["ended"], answer["clean"], answer["counts"], answer["percent"])
            == (facts["ends"], True, False, COUNTS, 100)
            and "outside the area" in answer["rejected"][0]["reason"]
        ),
    ),
    Step(
        "get_import_rejects",
        "broker",
        no={**OTHER_AREA, "worker": 403},
        sees=lambda text, _: text.count("\r\n") == 3 and "H00003" in text,
    ),
    Step(
        "list_imports", "broker", no={"worker": 403}, sees=lambda answer, facts: facts["run_id"] in ids(answer, facts)
    ),
    Step("list_imports", "other", sees=lambda answer, _: answer["items"] == []),
]


@one_engine
@pytest.mark.parametrize(("dry_run", "ends", "people"), [(False, "done", 2), (True, "checked", 0)])
def test_a_spreadsheet_is_read_in_the_background(walk: Walk, dry_run: bool, ends: str, people: int) -> None:
    before = rows()["person"]
    walk.facts["ends"] = ends
    body = {**HANDED_IN, "dry_run": dry_run}
    waits = {False: "waiting", True: "to_check"}[dry_run]
    walk.through(
        [
            Step("start_import", "broker", body, no={"worker": 403, "nobody": 403}, keep="run_id"),
            Step("get_import", "broker", sees=lambda answer, _: (answer["state"], answer["done"]) == (waits, 0)),
        ]
    )
    assert work_imports() == 1
    walk.through(REJECTED)
    assert rows()["person"] == before + people


def test_a_check_and_the_import_after_it_come_to_the_same(app: Flask, walk: Walk) -> None:
    broker = as_(app, town.broker())
    runs = [broker.post("/people/imports", {**HANDED_IN, "dry_run": dry}).json["id"] for dry in (True, False)]
    assert work_imports() == 2
    checked, done = (broker.get(f"/people/imports/{run}").json for run in runs)
    assert checked["counts"] == done["counts"]
    assert checked["rejected"] == done["rejected"]


def test_what_is_no_spreadsheet_is_refused_at_once(app: Flask, walk: Walk) -> None:
    broker, before = as_(app, town.broker()), rows()["import_run"]
    wrong = {
        "not base64": {**HANDED_IN, "content": "§§§"},
        "another kind of file": {**HANDED_IN, "file_name": "people.pdf"},
        "no table": {**HANDED_IN, "content": base64.b64encode(b"\xd0\xcf\x11\xe0").decode()},
        "nothing": {**HANDED_IN, "content": ""},
    }
    assert {name: broker.post("/people/imports", body).status_code for name, body in wrong.items()} == dict.fromkeys(
        wrong, 422
    )
    assert rows()["import_run"] == before


@one_engine
def test_the_empty_spreadsheet_has_the_headings(walk: Walk) -> None:
    walk.through(
        [Step("get_import_template", "broker", no={"worker": 403}, sees=lambda text, _: "community_code" in text)]
    )
