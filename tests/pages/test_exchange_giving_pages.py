"""Pages of gifts to relatives, of hours from the pot and of what lies above the cap; the API beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_volunteers import elder
from tests.factories.giving import CITY, family, fill_pot
from tests.pages.api_walk import Step, Walk
from timebank.core.db import db
from timebank.exchange.clockwork_giving import JOBS
from timebank.exchange.models import HourGift, Volunteer
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.ledger import queries as books
from timebank.people import queries as people


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield


def posted(person_id: int) -> int:
    account = books.account_of(CITY, "member", person_id)
    return books.balance(CITY, account).posted if account is not None else 0


def number(person_id: int) -> str:
    known = people.brief(person_id)
    assert known is not None
    return known.member_no


def test_a_daughter_gives_hours_to_her_mother(app: Flask, client, zh_client, sign_in, statements) -> None:
    town.town()
    two = family(600)
    sign_in(client, town.account_of(town.member(two["daughter"])))
    assert "60 or older" in client.get("/my/gifts").text
    assert "10 h" in client.get("/my/gifts/new").text
    typed = {"receiver_no": number(two["mother"]), "receiver_name": "徐老太", "relation": "parent", "minutes": "2:00"}
    page = client.post("/my/gifts/new", data={**typed, "minutes": "11:00", "note": "For winter"})
    assert page.status_code == 422
    assert "You have 10 h free" in page.text
    assert "For winter" in page.text
    assert client.post("/my/gifts/new", data=typed).status_code == 303
    with statements(20):
        page = client.get("/my/gifts").text
    assert "waits for the proof" in page
    assert "2 h for 徐老太" in page
    assert "You act for" not in page
    sign_in(client, town.account_of(town.broker()))
    assert "Gift to a relative waits" in client.get("/").text
    assert "徐梅" in client.get("/gifts").text
    page = client.get("/gifts/1")
    assert "father or mother" in page.text
    assert 'href="/gifts/1/check"' in page.text
    assert client.post("/gifts/1/check", data={"proof": "household_book", "note": ""}).status_code == 422
    assert client.post("/gifts/1/check", data={"proof": "household_book", "note": "No. 7"}).status_code == 303
    assert posted(two["mother"]) == 120
    assert "No proof waits" in client.get("/gifts").text
    assert "证明材料" in sign_in(zh_client, town.account_of(town.broker())).get("/gifts/1").text
    with statements(20):
        assert "passed on" in client.get("/gifts?state=all").text
    sign_in(client, town.account_of(town.member(two["mother"])))
    seen = client.get("/my/gifts").text
    assert "2 h from 徐梅" in seen
    assert "No. 7" not in seen


def test_a_coordinator_writes_a_gift_down_and_a_colleague_refuses_it(app: Flask, client, sign_in) -> None:
    town.town()
    two = family(600)
    sign_in(client, town.account_of(town.broker()))
    typed = {"receiver_no": number(two["mother"]), "receiver_name": "徐老太", "relation": "parent", "minutes": "60"}
    assert client.post("/gifts/new", data={**typed, "person": "T999999"}).status_code == 422
    assert client.post("/gifts/new", data={**typed, "person": number(two["daughter"])}).status_code == 303
    page = client.get("/gifts/1").text
    assert "A colleague looks at the proof" in page
    assert "/gifts/1/check" not in page
    sign_in(client, town.account_of(town.broker(name="second")))
    assert client.post("/gifts/1/refuse", data={"reason": "another family"}).status_code == 303
    sign_in(client, town.account_of(town.member(two["daughter"])))
    assert "another family" in client.get("/my/gifts").text
    assert JOBS[0].function() == "0 gifts ran out."


def test_the_giver_takes_a_gift_back(app: Flask, client, sign_in) -> None:
    town.town()
    two = family(600)
    sign_in(client, town.account_of(town.member(two["daughter"])))
    typed = {"receiver_no": number(two["mother"]), "receiver_name": "徐老太", "relation": "parent", "minutes": "60"}
    client.post("/my/gifts/new", data=typed)
    assert client.post("/my/gifts/1/withdraw").status_code == 303
    assert "taken back" in client.get("/my/gifts").text
    assert db.session.query(HourGift.state).scalar() == "withdrawn"


def test_the_coordinator_gives_from_the_pot_and_passes_nobody_unseen(app: Flask, client, sign_in, statements) -> None:
    places = town.town()
    fill_pot(places.yaohua, 300)
    old, other = elder(), town.person("李奶奶", birth_date=date(1955, 1, 1))
    sign_in(client, town.account_of(town.broker()))
    with statements(20):
        assert "张桂英" in client.get("/pot/give").text
    typed = {"person": number(other), "minutes": "1:00", "reason": "home from hospital"}
    page = client.post("/pot/give", data=typed)
    assert page.status_code == 422
    assert "1 key elders have no hours left" in page.text
    assert client.post("/pot/give", data={**typed, "all_the_same": "y"}).status_code == 303
    assert client.post("/pot/give", data={**typed, "person": number(old)}).status_code == 303
    with statements(20):
        page = client.get("/pot").text
    assert "home from hospital" in page
    assert "1 key elder without hours was not served first" in page
    assert (posted(old), posted(other)) == (60, 60)
    sign_in(client, town.account_of(town.outsider()))
    assert "张桂英" not in client.get("/pot/give").text
    town.person("吴奶奶", town.WULAOCUN_COMMUNITY, birth_date=date(1940, 1, 1), lives_alone=True)
    sign_in(client, town.account_of(town.broker(town.NANJING)))  # two time banks: the city's elders wait too
    assert "吴奶奶" in client.get("/pot/give").text
    for one in range(20):
        elder(f"老人{one}")
    with statements(20):
        page = client.get("/pot/give").text
    assert page.count("person=T") == 20
    assert "there are more" in page


def test_a_volunteer_says_where_hours_above_the_most_go(app: Flask, client, sign_in) -> None:
    places = town.town()
    helper = make.helper("王芳", places.yaohua)
    sign_in(client, town.account_of(town.member(helper)))
    assert "30 are yours, and 67 go" in client.get("/volunteer/overflow").text
    assert client.post("/volunteer/overflow", data={"choice": "honour"}).status_code == 303
    assert db.session.get_one(Volunteer, helper).overflow_choice == "honour"
    assert client.post("/volunteer/overflow", data={"choice": "cash"}).status_code == 422
    sign_in(client, town.account_of(town.broker()))
    assert client.post(f"/volunteers/{helper}/overflow", data={"choice": ""}).status_code == 303
    assert db.session.get_one(Volunteer, helper, populate_existing=True).overflow_choice is None


def _wish(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "giver_id": facts["person_id"],
        "receiver_no": number(facts["mother"]),
        "receiver_name": "徐老太",
        "relation": "parent",
        "minutes": 60,
    }


GIVING = [
    Step("ask_gift", "daughter", _wish, no={"mother": 403}, keep="gift_id"),
    Step("list_gifts", "broker", no={"mother": 403}, sees=lambda answer, _: len(answer["items"]) == 1),
    Step("list_gifts", "other", sees=lambda answer, _: answer["items"] == []),
    Step("get_gift", "broker", no={"other": 404, "mother": 403}),
    Step("withdraw_gift", "daughter", no={"mother": 404, "broker": 404}),
    Step("ask_gift", "daughter", _wish, keep="gift_id"),
    Step("refuse_gift", "broker", {"reason": "no paper"}, no={"other": 403, "mother": 403}),
    Step("ask_gift", "daughter", _wish, keep="gift_id"),
    Step("check_gift", "broker", {"proof": "other", "note": "card"}, no={"other": 403, "daughter": 403}),
    Step(
        "list_own_gifts",
        "daughter",
        no={"mother": 404},
        sees=lambda answer, _: [one["state"] for one in answer["items"]] == ["posted", "refused", "withdrawn"],
    ),
    Step(
        "give_from_pot",
        "broker",
        lambda facts: {"person_id": facts["old"], "minutes": 60, "reason": "has nobody"},
        no={"other": 403, "mother": 403},
    ),
    Step("list_pot_gifts", "broker", no={"mother": 403}, sees=lambda answer, _: answer["items"][0]["minutes"] == 60),
    Step("list_pot_gifts", "other", sees=lambda answer, _: answer["items"] == []),
    Step("set_overflow", "helper", {"choice": "honour"}, no={"mother": 403}, at={"person_id": "helper"}),
]


@one_engine
def test_a_program_gives_and_checks_as_the_pages_do(app: Flask) -> None:
    places = town.town()
    two = family(600)
    fill_pot(places.yaohua, 300)
    helper = make.helper("王芳", places.yaohua)
    actors = {
        "broker": town.broker(),
        "other": town.outsider(),
        "daughter": town.member(two["daughter"]),
        "mother": town.member(two["mother"]),
        "helper": town.member(helper),
    }
    facts = {"person_id": two["daughter"], "mother": two["mother"], "scheme_id": places.yaohua, "helper": helper}
    Walk(app, actors, {**facts, "old": elder()}).through(GIVING)


def test_a_group_is_led_to_the_pot_and_not_to_relatives(app: Flask, client, sign_in) -> None:
    group = make.helper("尧新志愿队", town.town().yaohua, kind=VolunteerKind.GROUP)
    helper = make.helper("徐梅", 2)
    sign_in(client, town.account_of(town.member(group)))
    page = client.get("/volunteer").text
    assert "can only be given to the community pot" in page
    assert "/my/gifts" not in page
    sign_in(client, town.account_of(town.member(helper)))
    assert "/my/gifts" in client.get("/volunteer").text
