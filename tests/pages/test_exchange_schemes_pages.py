"""Pages of schemes and the catalogue: who sees them, and what setting a value looks like."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.conftest import one_engine
from tests.factories import town
from timebank.exchange.queries import schemes as queries
from timebank.exchange.rules.parameters import RULES
from timebank.exchange.service import schemes as service


@one_engine
def test_an_operator_sets_a_new_value_and_sees_it_in_the_history(app: Flask, client, sign_in) -> None:
    places = town.town()
    sign_in(client, town.account_of(town.operator()))
    url = f"/schemes/{places.yaohua}/rules/tb.daily_cap_minutes"
    page = client.get(url)
    assert page.status_code == 200
    assert "8 h" in page.text
    sent = {"value_": "6h", "valid_from": "2099-01-01", "source": "Street meeting"}
    assert client.post(url, data=sent).status_code == 303
    assert "2099-01-01" in client.get(url).text
    assert queries.parameters(places.yaohua, date(2099, 1, 1))["tb.daily_cap_minutes"] == 360


@one_engine
def test_a_wrong_value_stands_beside_its_field_with_what_was_typed(app: Flask, client, sign_in) -> None:
    places = town.town()
    sign_in(client, town.account_of(town.operator()))
    url = f"/schemes/{places.yaohua}/rules/tb.daily_cap_minutes"
    page = client.post(url, data={"value_": "lots", "valid_from": "2099-01-01", "source": "Meeting of the street"})
    assert page.status_code == 422
    assert "Meeting of the street" in page.text
    past = client.post(url, data={"value_": "360", "valid_from": "2020-01-01", "source": "Meeting"})
    assert past.status_code == 422
    assert "Give the reason" in past.text


@one_engine
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_every_rule_can_be_opened_and_its_present_value_kept(client, sign_in, rule, app: Flask) -> None:
    places = town.town()
    sign_in(client, town.account_of(town.operator()))
    assert client.get(f"/schemes/{places.yaohua}/rules/{rule.key}").status_code == 200


def test_the_scheme_page_needs_few_statements(app: Flask, client, sign_in, statements) -> None:
    places = town.town()
    sign_in(client, town.account_of(town.auditor()))
    with statements(20):
        page = client.get(f"/schemes/{places.yaohua}")
    assert page.status_code == 200
    assert "assumption" in page.text
    assert client.get("/schemes").status_code == 200


@one_engine
def test_a_coordinator_reads_the_rules_of_the_own_area_and_changes_none(app: Flask, client, sign_in) -> None:
    places = town.town()
    sign_in(client, town.account_of(town.outsider()))
    assert client.get(f"/schemes/{places.nanjing}").status_code == 200
    assert client.get(f"/schemes/{places.yaohua}").status_code == 404
    sent = {"value_": "6h", "valid_from": "2099-01-01", "source": "x"}
    assert client.post(f"/schemes/{places.nanjing}/rules/tb.daily_cap_minutes", data=sent).status_code == 403
    assert client.get("/schemes/new").status_code == 403


@one_engine
def test_a_street_scheme_is_set_up_under_its_city(app: Flask, client, sign_in) -> None:
    places = town.town()
    sign_in(client, town.account_of(town.operator()))
    assert client.get("/schemes/new").status_code == 200
    sent = {
        "name_zh": "五老村时间银行",
        "name_en": "Wulaocun",
        "code": "wulaocun",
        "territory_code": town.WULAOCUN,
        "parent_id": places.nanjing,
    }
    assert client.post("/schemes/new", data=sent).status_code == 303
    assert queries.scheme_for(town.WULAOCUN_COMMUNITY).code == "wulaocun"
    assert client.post("/schemes/new", data={**sent, "key": "other"}).status_code == 422


@one_engine
def test_a_member_reads_the_rules_in_plain_words(app: Flask, client, sign_in) -> None:
    town.town()
    member = town.member(town.person())
    sign_in(client, town.account_of(member))
    page = client.get("/rules")
    assert page.status_code == 200
    assert "1500 h" in page.text
    assert client.get("/schemes").status_code == 403


def test_the_catalogue_can_be_read_by_coordinators_and_edited_by_the_operator(app: Flask, client, sign_in) -> None:
    town.town()
    sign_in(client, town.account_of(town.broker()))
    assert client.get("/services").status_code == 200
    assert client.get("/services/cleaning").status_code == 403
    sign_in(client, town.account_of(town.operator()))
    assert client.get("/services/cleaning").status_code == 200
    assert client.get("/services/new").status_code == 200
    sent = {
        "code": "gardening",
        "name_zh": "园艺",
        "name_en": "Gardening",
        "group": "assistance",
        "usual_minutes": "1:00",
        "max_minutes": "2:00",
        "max_self_care_loss": "full_loss",
        "weight": "1.00",
        "sort": "300",
        "active": "y",
    }
    assert client.post("/services/new", data=sent).status_code == 303
    assert queries.service_type("gardening").max_minutes == 120
    sent["usual_minutes"] = "3:00"
    assert client.post("/services/gardening", data=sent).status_code == 422


@one_engine
def test_first_values_are_shown_for_a_new_installation(app: Flask) -> None:
    assert service.install_defaults()["parameters"] == len(RULES)
