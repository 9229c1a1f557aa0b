"""The JSON API: the door (tokens, errors, keys, scopes) and its description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.conftest import one_engine
from tests.factories import town
from tests.pages.api_client import Api
from timebank.access.service import issue_token
from timebank.api.routing import OPERATIONS
from timebank.core.authority import Actor

pytestmark = pytest.mark.usefixtures("the_town")


@pytest.fixture
def the_town(app: Flask) -> town.Town:
    return town.town()


@pytest.fixture
def api(app: Flask) -> Callable[[Actor], Api]:
    """`api(town.broker())`: the API as somebody with a token."""

    def api(who: Actor) -> Api:
        return Api(app, issue_token(town.account_of(who), "test", 1))

    return api


PERSON = {"name": "徐梅", "territory_code": town.YAOXIN, "birth_date": "1965-03-08", "sex": "F", "roles": ["volunteer"]}


@one_engine
def test_a_name_and_password_give_a_token_that_works(app: Flask) -> None:
    from timebank.access import service as access
    from timebank.access.service import NewAccount

    access.create_account(Actor.system("test"), NewAccount("ms.li", "李老师", password="sunny-harbour-42"))
    made = Api(app).post("/token", {"name": "ms.li", "password": "sunny-harbour-42"}, key=None)
    assert made.status_code == 201
    assert Api(app, made.json["token"]).get("/me").json["name"] == "李老师"


def test_a_wrong_password_is_refused_and_counted(app: Flask) -> None:
    tries = [Api(app).post("/token", {"name": "nobody", "password": "x"}, key=None) for _ in range(12)]
    assert tries[0].json["code"] == "sign_in_wrong"
    assert tries[-1].json["code"] == "sign_in_wait"


@one_engine
def test_without_a_token_nothing_is_told(app: Flask) -> None:
    answer = Api(app).get("/people")
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")
    assert Api(app, "tb_made_up").get("/me").status_code == 401


@one_engine
def test_a_session_cookie_does_not_open_the_api(client: Any, sign_in: Any) -> None:
    sign_in(client, town.account_of(town.broker()))
    assert client.get("/api/v1/me").status_code == 401


@one_engine
def test_errors_are_json_whatever_went_wrong(api: Callable[[Actor], Api]) -> None:
    broker = api(town.broker())
    answers = {
        "not_found": broker.get("/no/such/page"),
        "method_not_allowed": broker.put("/me", {}),
        "not_json": broker.post("/people", "x"),
        "invalid": broker.post("/people", {"name": "徐梅", "surprise": 1}),
    }
    for code, answer in answers.items():
        assert answer.mimetype == "application/json"
        assert answer.json["code"] == code
        assert answer.json["message"]


@one_engine
def test_an_error_speaks_the_language_asked_for(api: Callable[[Actor], Api]) -> None:
    answer = api(town.broker()).get("/people/999", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 404
    assert any("\u4e00" <= character <= "\u9fff" for character in answer.json["message"])


@one_engine
def test_a_write_without_a_key_is_refused(api: Callable[[Actor], Api]) -> None:
    answer = api(town.broker()).post("/people", PERSON, key=None)
    assert (answer.status_code, answer.json["code"]) == (400, "key_missing")


def test_a_retry_gives_the_same_answer_and_other_content_is_refused(api: Callable[[Actor], Api]) -> None:
    broker = api(town.broker())
    first = broker.post("/people", PERSON, key="retry-0001")
    again = broker.post("/people", PERSON, key="retry-0001")
    other = broker.post("/people", {**PERSON, "name": "徐海"}, key="retry-0001")
    assert (first.status_code, again.json) == (201, first.json)
    assert (other.status_code, other.json["code"]) == (409, "key_reused")
    assert len(broker.get("/people?text=徐").json["items"]) == 1


@one_engine
def test_a_refusal_of_a_rule_names_the_field_and_the_code(api: Callable[[Actor], Api]) -> None:
    answer = api(town.broker()).post("/people", {**PERSON, "id_number": "320113195001010010"})
    assert answer.status_code == 422
    assert answer.json["field"] == "id_number"


@one_engine
@pytest.mark.parametrize(
    ("who", "status"),
    [(town.broker, 201), (town.outsider, 403), (town.auditor, 403), (town.nobody, 403)],
    ids=["own area", "other area", "reads only", "no role"],
)
def test_who_may_register_a_person(api: Callable[[Actor], Api], who: Callable[[], Actor], status: int) -> None:
    assert api(who()).post("/people", PERSON).status_code == status


@one_engine
def test_a_list_shows_only_the_own_area_and_a_detail_outside_does_not_exist(api: Callable[[Actor], Api]) -> None:
    ours, theirs = town.person("徐梅"), town.person("徐海", town.WULAOCUN_COMMUNITY)
    broker = api(town.broker())
    assert [each["id"] for each in broker.get("/people").json["items"]] == [ours]
    assert broker.get(f"/people/{theirs}").status_code == 404
    assert broker.get(f"/people/{ours}").json["name"] == "徐梅"


@one_engine
def test_a_member_sees_only_themself(api: Callable[[Actor], Api]) -> None:
    mine, theirs = town.person("徐梅"), town.person("徐海")
    member = api(town.member(mine))
    assert member.get(f"/people/{mine}").status_code == 200
    assert member.get(f"/people/{theirs}").status_code == 404
    assert member.get("/people").status_code == 403
    assert member.get(f"/people/{theirs}/accounts").status_code == 404


@one_engine
def test_pages_are_walked_by_their_key(api: Callable[[Actor], Api]) -> None:
    made = {town.person(f"徐{number}") for number in range(5)}
    broker, seen, after = api(town.broker()), set[int](), ""
    for _ in range(3):
        page = broker.get(f"/people?limit=2{after}").json
        seen |= {each["id"] for each in page["items"]}
        after = f"&after={page['next']}"
    assert seen == made
    assert page["next"] is None


@one_engine
@pytest.mark.parametrize("value", [2**31, 2**63, 2**70])
def test_absurd_numbers_are_not_found_rather_than_a_failure(api: Callable[[Actor], Api], value: int) -> None:
    assert api(town.broker()).get(f"/people/{value}").status_code in {404, 422}


@one_engine
def test_brackets_without_end_are_no_json(app: Flask) -> None:
    answer = app.test_client().post("/api/v1/token", data="[" * 20_000, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "not_json")


@one_engine
def test_the_description_names_every_route_and_every_route_is_described(app: Flask) -> None:
    document = Api(app).get("/openapi.json").json
    described = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    routes = {
        (_plain(rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes
    assert len(described) == len(OPERATIONS)


def _plain(rule: str) -> str:
    parts = [part if not part.startswith("<") else f"{{{part.strip('<>').split(':')[-1]}}}" for part in rule.split("/")]
    return "/".join(parts)


@one_engine
def test_every_reference_of_the_description_leads_somewhere(app: Flask) -> None:
    document = Api(app).get("/openapi.json").json
    for reference in _references(document):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in place, reference
            place = place[part]
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in _references(value)]
    if isinstance(part, list):
        return [found for value in part for found in _references(value)]
    return []


@one_engine
def test_every_write_but_signing_in_takes_a_key(app: Flask) -> None:
    without = [each.name for each in OPERATIONS if each.method != "GET" and not each.keyed]
    assert without == ["sign_in"]


@pytest.mark.concurrency
def test_a_request_sent_twice_at_the_same_moment_is_done_once(
    app: Flask, api: Callable[[Actor], Api], at_once: Callable[..., list[Any]]
) -> None:
    token = api(town.broker()).token
    answers = at_once(*[lambda: Api(app, token).post("/people", PERSON, key="twice-at-once")] * 4)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(Api(app, token).get("/people").json["items"]) == 1
