"""Schemes, their dated rules, the catalogue, grants and the pot through the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import exchange_visits as make
from tests.factories import exchange_volunteers as elders
from tests.factories import town
from tests.pages.api_walk import Step, Walk

NO = {"broker": 403, "member": 403}
SCHEME = {"code": "wulaocun", "name_zh": "五老村时间银行", "name_en": "Wulaocun", "territory_code": town.WULAOCUN}
VALUE = {"value": 30, "valid_from": "2027-01-01", "source": "Decision 12 of the street"}
SERVICE = {"name_zh": "种花", "name_en": "Gardening", "group": "cleaning", "usual_minutes": 60, "max_minutes": 120}
REASON = {"reason": "Lives alone since the spring"}


SCHEMES = [
    Step("list_schemes", "member", sees=lambda answer, _: len(answer["items"]) == 2),
    Step("get_scheme", "member", sees=lambda answer, _: answer["code"] == "yaohua"),
    Step("create_scheme", "operator", lambda facts: {**SCHEME, "parent_id": facts["city"]}, no=NO, keep="new"),
    Step(
        "list_scheme_rules",
        "broker",
        no={"member": 403, "other": 404},
        sees=lambda answer, _: len(answer["items"]) > 20,
    ),
    Step("set_parameter", "operator", VALUE, no=NO, keep="value_id"),
    Step(
        "get_scheme_rule",
        "auditor",
        no={"member": 403, "other": 404},
        sees=lambda answer, facts: (
            [(each["id"], each["source"], each["origin"]) for each in answer["coming"]]
            == [(facts["value_id"], VALUE["source"], "own")]
        ),
    ),
    Step("withdraw_parameter", "operator", no=NO),
    Step("list_my_rules", "member", sees=lambda answer, _: "tb.rounding" in {each["key"] for each in answer["items"]}),
    Step("list_parameters", "broker", sees=lambda answer, _: "tb.no_show_limit_per_year" in answer["values"]),
    Step(
        "list_parameters",
        "member",
        sees=lambda answer, _: (
            "tb.no_show_limit_per_year" not in answer["values"] and "tb.daily_cap_minutes" in answer["values"]
        ),
    ),
    Step("add_service", "operator", {**SERVICE, "code": "gardening"}, no=NO, keep="code"),
    Step("change_service", "operator", {**SERVICE, "active": False}, no=NO),
    Step("get_service", "member", sees=lambda answer, _: (answer["name_zh"], answer["active"]) == ("种花", False)),
    Step("list_services", "member", sees=lambda answer, _: "gardening" not in {one["code"] for one in answer["items"]}),
    Step(
        "list_services",
        "member",
        query="all=true",
        sees=lambda answer, _: "gardening" in {one["code"] for one in answer["items"]},
    ),
]

GRANTS = [
    Step("add_key_elder", "operator", lambda facts: {"person_id": facts["zhang"], **REASON}, no=NO, keep="listing_id"),
    Step(
        "list_key_elders",
        "broker",
        no={"member": 403},
        sees=lambda answer, facts: [each["person_id"] for each in answer["items"]] == [facts["zhang"]],
    ),
    Step("list_key_elders", "other", sees=lambda answer, _: answer["items"] == []),
    Step("run_grants", "operator", no=NO),
    Step(
        "list_grants",
        "broker",
        no={"member": 403},
        sees=lambda answer, facts: [each["person_id"] for each in answer["items"]] == [facts["elder"]],
    ),
    Step("list_grants", "other", sees=lambda answer, _: (answer["items"], answer["sums"]["elders"]) == ([], 0)),
    Step("list_funds", "broker", no={"member": 403}, sees=lambda answer, _: answer["items"][0]["owed_minutes"] > 0),
    Step("remove_key_elder", "operator", {"reason": "Moved to a home"}, no=NO),
    Step(
        "donate",
        "member",
        lambda facts: {"person_id": facts["zhang"], "minutes": 60, "note": "for the neighbours"},
        no={"broker": 403, "neighbour": 403},
    ),
    Step(
        "list_pots",
        "broker",
        no={"member": 403},
        sees=lambda answer, facts: (
            {each["scheme_id"]: each["posted"] for each in answer["items"]}[facts["scheme_id"]] == 60
        ),
    ),
    Step(
        "get_pot_statement",
        "broker",
        no={"member": 403, "other": 404},
        sees=lambda answer, _: [(line["amount"], line["purpose"]) for line in answer["items"]] == [(60, "donation")],
    ),
]


@pytest.fixture
def walk(app: Flask) -> Iterator[Walk]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        actors = {
            "operator": town.operator(),
            "broker": town.broker(),
            "other": town.outsider(),
            "auditor": town.auditor(),
            "member": people.elder,
            "neighbour": people.helper,
        }
        facts = {
            "scheme_id": people.scheme,
            "city": 1 if people.scheme != 1 else 2,
            "parameter": "tb.min_session_minutes",
            "zhang": people.zhang,
            "xu": people.xu,
        }
        yield Walk(app, actors, facts)


def test_rules_and_catalogue_are_kept_through_the_api(walk: Walk) -> None:
    walk.through(SCHEMES)


@one_engine
def test_key_elders_get_their_hours_and_the_pot_its_gifts(walk: Walk) -> None:
    walk.facts["elder"] = elders.elder()
    walk.through(GRANTS)


@one_engine
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tb.min_session_minutes", "thirty"),
        ("tb.star_hours", {"1": 2}),
        ("tb.relatives_allowed", [["spouse"]]),
        ("tb.key_elder_rule", {"alone_from_age": 80, "poor_from_age": 60, "poor_category": ["dibao"]}),
        ("tb.rounding", {"a": 1}),
        ("tb.no_such_rule", 1),
    ],
)
def test_an_odd_value_is_refused_and_never_a_failure(walk: Walk, key: str, value: object) -> None:
    answer = walk.apis["operator"].post(
        f"/schemes/{walk.facts['scheme_id']}/rules/{key}/values", {**VALUE, "value": value}
    )
    assert answer.status_code == 422, answer.text
