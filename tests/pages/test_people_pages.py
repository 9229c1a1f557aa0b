"""The registry by clicking."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.conftest import one_engine
from tests.factories.people import id_number, registered, row, sheet
from tests.factories.town import WULAOCUN_COMMUNITY, YAOXIN, account_of, broker, member, operator, social_worker, town
from tests.pages.client import CheckingClient
from timebank.people import queries, service
from timebank.people.models import PersonRole
from timebank.people.queries import duplicates
from timebank.people.service import Joining, NewAgent
from timebank.people.service.imports import work_imports

SignIn = Callable[[CheckingClient, int], CheckingClient]


@pytest.fixture(autouse=True)
def _town(app: Flask) -> None:
    town()


@pytest.fixture
def at_the_point(client: CheckingClient, sign_in: SignIn) -> CheckingClient:
    """The coordinator of Yaohua street, signed in."""
    return sign_in(client, account_of(broker()))


def text(response: Any) -> str:
    return str(response.get_data(as_text=True))


NEW = {"name": "许梅", "territory_code": YAOXIN, "phone": "13849235197", "legal_basis": "consent", "reads": "zh"}


def test_the_list_shows_people_of_the_area_and_finds_them_while_typing(at_the_point: CheckingClient) -> None:
    registered("许梅")
    registered("王秀英", territory=WULAOCUN_COMMUNITY)
    page = text(at_the_point.get("/people"))
    assert "许梅" in page
    assert "王秀英" not in page
    assert "1 person" in page
    lines = at_the_point.get("/people?q=xm", headers={"HX-Request": "true"})
    assert "许梅" in text(lines)
    assert "<html" not in text(lines)
    assert "Nobody in your area fits" in text(at_the_point.get("/people?q=wxy"))
    assert [hit["name"] for hit in json.loads(text(at_the_point.get("/people/find?q=xu")))] == ["许梅"]
    assert json.loads(text(at_the_point.get("/people/find?q=wang"))) == []


@one_engine
def test_the_file_of_the_list_ends_at_the_border_and_masks_phones(at_the_point: CheckingClient) -> None:
    registered("许梅", phone="13849235197")
    registered("王秀英", territory=WULAOCUN_COMMUNITY)
    content = text(at_the_point.get("/people/export.csv"))
    assert "许梅" in content
    assert "138****5197" in content
    assert "王秀英" not in content


@one_engine
def test_somebody_is_registered_and_their_page_opens(at_the_point: CheckingClient) -> None:
    assert at_the_point.get("/people/new").status_code == 200
    done = at_the_point.post("/people/new", data={**NEW, "roles": ["volunteer"], "languages": ["zh"], "key": "k"})
    assert done.status_code == 303
    page = text(at_the_point.get(done.location))
    assert "许梅" in page
    assert "138****5197" in page
    assert "13849235197" not in page
    again = at_the_point.post("/people/new", data={**NEW, "roles": ["volunteer"], "languages": ["zh"], "key": "k"})
    assert again.location == done.location


@one_engine
def test_wrong_values_come_back_with_everything_that_was_typed(at_the_point: CheckingClient) -> None:
    back = at_the_point.post("/people/new", data={**NEW, "id_number": "3.20113E+17"})
    assert back.status_code == 422
    assert "Excel has rounded this ID number" in text(back)
    assert "许梅" in text(back)
    back = at_the_point.post("/people/new", data={**NEW, "birth_date": "yesterday", "territory_code": ""})
    assert back.status_code == 422


def test_likely_duplicates_are_shown_before_saving(at_the_point: CheckingClient) -> None:
    person = registered("许梅", phone="13849235197")
    back = at_the_point.post("/people/new", data=NEW)
    assert back.status_code == 422
    assert "Perhaps registered already" in text(back)
    assert f"/people/{person}" in text(back)
    done = at_the_point.post("/people/new", data={**NEW, "duplicate_reason": "mother and daughter"})
    assert done.status_code == 303
    assert duplicates.count_pairs(broker()) == 1


@one_engine
def test_the_same_id_number_leads_to_the_registered_person(at_the_point: CheckingClient) -> None:
    registered("王秀英", id_number=id_number(), member_no="YH1")
    back = at_the_point.post("/people/new", data={**NEW, "id_number": id_number()})
    assert back.status_code == 409
    assert "王秀英, member number YH1" in text(back)


def test_a_child_needs_a_guardian_on_the_form_too(at_the_point: CheckingClient) -> None:
    registered("张丽", birth_date=date(1985, 1, 1))
    child = {**NEW, "name": "张小", "phone": "", "birth_date": f"{date.today().year - 5}-01-01"}  # noqa: DTZ011 - any child
    assert "under 14" in text(at_the_point.post("/people/new", data=child))
    assert "Nobody in your area" in text(at_the_point.post("/people/new", data={**child, "guardian": "nobody"}))
    assert at_the_point.post("/people/new", data={**child, "guardian": "zhangli"}).status_code == 303


def test_the_page_of_a_person_shows_all_sections_within_twenty_statements(
    at_the_point: CheckingClient, statements: Callable[[], AbstractContextManager[Any]]
) -> None:
    person = registered("许梅", id_number=id_number(), roles=frozenset({PersonRole.VOLUNTEER, PersonRole.CLIENT}))
    father, merged = registered("许大伟"), registered("许玫")
    service.set_household(broker(), father, Joining(person, "parent", is_dependant=True))
    service.add_agent(broker(), NewAgent(father, person))
    service.merge_people(broker(), person, merged)
    with statements() as seen:
        page = text(at_the_point.get(f"/people/{person}"))
    assert len(seen) <= 20, seen
    assert "许大伟" in page
    assert "Client of assistance" not in page
    assert "3201**********" in page
    assert "Merged into this person" in page
    assert "Everything is found there" in text(at_the_point.get(f"/people/{merged}"))
    assert "Was registered" in text(at_the_point.get(f"/people/{person}/history"))


def test_a_change_is_saved_and_a_stale_form_is_told(at_the_point: CheckingClient) -> None:
    person = registered("许梅", phone="13849235197", lives_alone=True)
    page = text(at_the_point.get(f"/people/{person}/edit"))
    assert 'value="许梅"' in page
    assert "13849235197" not in page
    change = {"name": "许美", "territory_code": YAOXIN, "version": "1", "reads": "zh", "languages": ["zh"], "phone": ""}
    assert at_the_point.post(f"/people/{person}/edit", data=change).status_code == 303
    assert queries.phone_of(person) == "+8613849235197"
    stale = at_the_point.post(f"/people/{person}/edit", data=change)
    assert stale.status_code == 409
    assert "Somebody else changed this person meanwhile" in text(stale)


@one_engine
def test_a_number_is_shown_for_a_purpose_only(client: CheckingClient, sign_in: SignIn) -> None:
    person = registered(id_number=id_number())
    sign_in(client, account_of(social_worker()))
    assert "Show ID number" in text(client.get(f"/people/{person}"))
    assert client.post(f"/people/{person}/show/id_number", data={"purpose": ""}).status_code == 422
    assert id_number() in text(client.post(f"/people/{person}/show/id_number", data={"purpose": "benefit card"}))
    assert "benefit card" in text(client.get(f"/people/{person}/history"))


def test_roles_household_agents_and_consents_by_clicking(at_the_point: CheckingClient) -> None:
    person, other = registered("许梅", birth_date=date(1950, 1, 1)), registered("许大伟", birth_date=date(1948, 1, 1))
    page = f"/people/{person}"
    assert at_the_point.post(f"{page}/roles/give", data={"role": "volunteer"}).status_code == 303
    assert at_the_point.post(f"{page}/roles/leave", data={"role": "volunteer"}).status_code == 303
    assert "许大伟" in text(at_the_point.get(f"{page}/household?q=xdw"))
    assert at_the_point.get(f"{page}/household?other={other}").status_code == 200
    assert at_the_point.post(f"{page}/household?other={other}", data={"relation": "spouse"}).status_code == 303
    assert "许大伟" in text(at_the_point.get(f"{page}/agents/new?q=xu"))
    assert at_the_point.get(f"{page}/agents/new?other={other}").status_code == 200
    agent = {"kind": "agent", "relation": "spouse"}
    assert at_the_point.post(f"{page}/agents/new?other={other}", data=agent).status_code == 303
    consent = {"purpose": "timebank", "legal_basis": "consent", "given_by": str(other)}
    assert at_the_point.get(f"{page}/consents/new").status_code == 200
    assert at_the_point.post(f"{page}/consents/new", data=consent).status_code == 303
    shown = text(at_the_point.get(page))
    assert "Time bank: offers, visits, hours" in shown
    assert at_the_point.post(f"{page}/household/leave").status_code == 303
    relation = queries.agents_of(person)[0]
    assert at_the_point.post(f"{page}/agents/{relation.id}/end").status_code == 303
    assert at_the_point.get(f"{page}/death").status_code == 200
    assert at_the_point.post(f"{page}/death", data={"died_on": "2020-02-02"}).status_code == 303
    assert "Died on 2020-02-02" in text(at_the_point.get(page))


def upload(client: CheckingClient, content: bytes, name: str = "people.csv") -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return client.post("/people/imports", data=data, content_type="multipart/form-data")


def test_a_spreadsheet_is_sent_read_and_its_wrong_rows_come_back(at_the_point: CheckingClient) -> None:
    registered("王秀英", phone=row(2)["phone"])
    assert at_the_point.get("/people/imports").status_code == 200
    sent = upload(at_the_point, sheet(row(1), row(2), row(3, name=""), encoding="gb18030"))
    assert sent.status_code == 303
    page = text(at_the_point.get(sent.location))
    assert "The file is being read" in page
    bar = at_the_point.get(f"{sent.location}/progress", headers={"HX-Request": "true"})
    assert "0 of 3 rows read" in text(bar)
    work_imports()
    ready = at_the_point.get(f"{sent.location}/progress", headers={"HX-Request": "true"})
    assert ready.headers["HX-Redirect"].endswith(sent.location.rsplit("/", 1)[-1])
    page = text(at_the_point.get(sent.location))
    assert "The name is missing" in page
    assert "To the review queue" in page
    rejected = text(at_the_point.get(f"{sent.location}/rejected.csv"))
    assert "The name is missing" in rejected
    assert "people.csv" in text(at_the_point.get("/people/imports"))
    assert "member_no" in text(at_the_point.get("/people/imports/template.csv"))


def test_a_spreadsheet_that_is_only_checked_takes_nobody_in(at_the_point: CheckingClient) -> None:
    data = {"file": (io.BytesIO(sheet(row(1), row(2, name=""))), "people.csv"), "dry_run": "y"}
    sent = at_the_point.post("/people/imports", data=data, content_type="multipart/form-data")
    work_imports()
    page = text(at_the_point.get(sent.location))
    assert "nothing was taken in" in page
    assert "The name is missing" in page
    assert not queries.search(broker(), "王秀英")


def test_a_file_that_is_no_table_is_refused_at_once(at_the_point: CheckingClient) -> None:
    assert "cannot be read as a table" in text(upload(at_the_point, b"\x00\x01\xff"))
    assert "these are missing" in text(upload(at_the_point, b"a,b\n1,2\n"))
    assert "Choose a CSV file" in text(upload(at_the_point, b"x", "people.exe"))
    assert upload(at_the_point, b"", "").status_code == 422


def test_a_pair_is_compared_merged_and_parted_again(at_the_point: CheckingClient) -> None:
    first = registered("许梅", phone="13849235197")
    second = registered("许玫", phone="13849235197")
    assert "People who may be registered twice" in text(at_the_point.get("/people/review"))
    pair = duplicates.list_pairs(broker()).items[0]
    page = f"/people/review/{pair.id}"
    assert "许玫" in text(at_the_point.get(page))
    assert at_the_point.post(f"{page}/merge", data={"keep": second}).status_code == 303
    assert queries.resolve(first) == second
    assert "Undo the merge" in text(at_the_point.get(page))
    merge = duplicates.merges_into(second)[0]
    assert at_the_point.post(f"/people/merges/{merge.id}/undo").status_code == 303
    assert queries.resolve(first) == first
    assert at_the_point.post(f"{page}/different").status_code == 303
    assert "许玫" in text(at_the_point.get("/people/review?state=different"))
    assert at_the_point.post(f"{page}/reopen").status_code == 303
    assert "(1)" in text(at_the_point.get("/people"))


def test_a_member_sees_and_corrects_their_own_data(client: CheckingClient, sign_in: SignIn) -> None:
    person, ward = registered("许梅", phone="13849235197"), registered("许大伟")
    service.add_agent(broker(), NewAgent(ward, person))
    sign_in(client, account_of(member(person)))
    page = text(client.get("/my/details"))
    assert "138 4923 5197" in page
    assert "许大伟" in page
    own = {"version": "1", "phone": "13900000001", "address": "3幢", "reads": "en", "email": ""}
    assert client.post("/my/details", data=own).status_code == 303
    assert queries.phone_of(person) == "+8613900000001"
    assert client.post("/my/details", data=own).status_code == 409
    assert client.get("/my/details/seen").status_code == 200
    assert "Details of 许大伟" in text(client.get(f"/my/details?for={ward}"))


@one_engine
def test_pages_are_chinese_for_chinese_readers(zh_client: CheckingClient, sign_in: SignIn) -> None:
    person = registered("许梅")
    sign_in(zh_client, account_of(operator()))
    with zh_client.session_transaction() as session:
        session["language"] = "zh"
    assert "志愿者" in text(zh_client.get("/people"))
    assert "历史记录" in text(zh_client.get(f"/people/{person}"))
