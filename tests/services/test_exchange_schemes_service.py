"""Schemes, their dated parameters and the catalogue of services."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from tests.factories import town
from timebank.core.audit import AuditEvent
from timebank.core.db import db
from timebank.core.errors import NotAllowed, Refused
from timebank.exchange.queries import schemes as queries
from timebank.exchange.rules.catalogue import DEFAULT_SERVICES, Service
from timebank.exchange.service import schemes as service
from timebank.exchange.service.schemes import NewScheme, NewValue

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_first_values_and_the_catalogue_are_installed_once(app: Flask) -> None:
    made = service.install_defaults()
    assert made["services"] == len(DEFAULT_SERVICES) >= 14
    assert service.install_defaults() == {"parameters": 0, "services": 0}
    assert {"cleaning", "cooking", "bathing"} <= {one.code for one in queries.service_types()}


def test_nanjing_and_yaohua_differ_in_age_and_threshold(app: Flask) -> None:
    places = town.town()
    service.install_values(places.nanjing, service.rules.NANJING)
    service.install_values(places.yaohua, service.rules.YAOHUA)
    today = date(2026, 11, 23)
    assert queries.parameters(places.nanjing, today)["tb.redeem_min_age_self"] == 60
    yaohua = queries.parameters(places.yaohua, today)
    assert yaohua["tb.redeem_min_age_self"] == 0
    assert yaohua["tb.redeem_threshold_minutes"] == 1200
    assert yaohua["tb.redeem_split"] == {"service": 70, "goods": 20, "cash": 10}
    assert yaohua["tb.storage_cap_minutes"] == 90_000


def test_the_innermost_scheme_of_a_place_counts(app: Flask) -> None:
    places = town.town()
    assert queries.scheme_for(town.YAOXIN).id == places.yaohua
    assert queries.scheme_for(town.BINHUAI).id == places.nanjing
    assert queries.scopes(places.yaohua) == (f"scheme:{places.yaohua}", f"scheme:{places.nanjing}", "city:3201")
    with pytest.raises(Refused) as refused:
        queries.scheme_for(town.SHUANGGANG)
    assert refused.value.code == "no_scheme_here"


@time_machine.travel(NOON, tick=False)
def test_a_new_value_holds_from_its_day_and_leaves_what_was_before(app: Flask) -> None:
    places = town.town()
    new = NewValue(places.yaohua, "tb.rounding", "quarter_up", date(2026, 12, 1), "Street meeting of 2026-11-20")
    service.set_parameter(town.operator(), new)
    assert queries.parameters(places.yaohua, date(2026, 11, 30))["tb.rounding"] == "minute"
    assert queries.parameters(places.yaohua, date(2026, 12, 1))["tb.rounding"] == "quarter_up"
    assert queries.parameters(places.nanjing, date(2026, 12, 1))["tb.rounding"] == "minute"
    written = db.session.query(AuditEvent).filter_by(action="set.parameter").one()
    assert written.detail["value"] == "quarter_up"


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"valid_from": date(2026, 11, 22)}, "parameter_reason"),
        ({"value": "half"}, "parameter_choice"),
        ({"source": " "}, "parameter_source"),
        ({"parameter": "tb.nothing"}, "parameter_unknown"),
    ],
)
def test_the_past_needs_a_reason_and_every_value_its_sense_and_source(
    app: Flask, change: dict[str, object], code: str
) -> None:
    places = town.town()
    given: dict[str, object] = {
        "scheme_id": places.yaohua,
        "parameter": "tb.rounding",
        "value": "quarter_up",
        "valid_from": date(2026, 12, 1),
        "source": "Street meeting",
    }
    with pytest.raises(Refused) as refused:
        service.set_parameter(town.operator(), NewValue(**{**given, **change}))  # type: ignore[arg-type]
    assert refused.value.code == code


@time_machine.travel(NOON, tick=False)
def test_the_past_may_change_with_a_reason_and_the_future_may_be_taken_back(app: Flask) -> None:
    places = town.town()
    past = NewValue(places.yaohua, "tb.daily_cap_minutes", 240, date(2026, 11, 1), "Meeting", reason="Typed too late")
    value = service.set_parameter(town.operator(), past)
    with pytest.raises(Refused, match="parameter_in_force"):
        service.withdraw_value(town.operator(), places.yaohua, value)
    future = service.set_parameter(
        town.operator(), NewValue(places.yaohua, "tb.daily_cap_minutes", 300, date(2027, 1, 1), "Meeting")
    )
    service.withdraw_value(town.operator(), places.yaohua, future)
    assert queries.parameters(places.yaohua, date(2027, 1, 2))["tb.daily_cap_minutes"] == 240


def test_only_the_operator_of_the_place_changes_its_rules(app: Flask) -> None:
    places = town.town()
    new = NewValue(places.yaohua, "tb.rounding", "quarter_up", date(2099, 1, 1), "x")
    for actor in (town.broker(), town.auditor(), town.operator(town.QINHUAI, "elsewhere")):
        with pytest.raises(NotAllowed):
            service.set_parameter(actor, new)


def test_a_street_scheme_lies_in_its_citys_scheme(app: Flask) -> None:
    places = town.town()
    street = NewScheme("wulaocun", "五老村街道时间银行", "Wulaocun time bank", town.WULAOCUN, places.nanjing)
    made = service.create_scheme(town.operator(), street, key="once")
    assert service.create_scheme(town.operator(), street, key="once") == made
    assert queries.scheme_for(town.WULAOCUN_COMMUNITY).id == made
    assert queries.scheme(made).tenant == 3201
    wrong = [
        (NewScheme("wulaocun", "x", "x", town.HENGXI, places.nanjing), "scheme_code_taken"),
        (NewScheme("again", "x", "x", town.YAOHUA, places.nanjing), "scheme_place_taken"),
        (NewScheme("orphan", "x", "x", town.HENGXI), "scheme_needs_parent"),
        (NewScheme("far", "x", "x", town.HENGXI, made), "scheme_outside_parent"),
    ]
    for new, code in wrong:
        with pytest.raises(Refused) as refused:
            service.create_scheme(town.operator(), new)
        assert refused.value.code == code


def test_the_catalogue_grows_and_changes_and_keeps_a_trace(app: Flask) -> None:
    town.town()
    service.add_service(town.operator(), Service("gardening", "园艺", "Gardening", "assistance"))
    changed = Service("gardening", "园艺", "Gardening", "assistance", needs_insurance=True, active=False)
    service.change_service(town.operator(), changed)
    assert not queries.service_type("gardening").active
    assert "gardening" not in {one.code for one in queries.service_types()}
    with pytest.raises(Refused, match="service_code_taken"):
        service.add_service(town.operator(), changed)
    with pytest.raises(Refused, match="service_minutes"):
        service.change_service(town.operator(), Service("cleaning", "a", "b", "cleaning", usual_minutes=300))
    with pytest.raises(NotAllowed):
        service.change_service(town.broker(), changed)
    trace = db.session.query(AuditEvent).filter_by(action="change.service").one()
    assert trace.detail["after"] == {"needs_insurance": True, "active": False}


def test_the_command_installs_and_may_be_repeated(app: Flask) -> None:
    first = app.test_cli_runner().invoke(args=["schemes", "install", "--json"])
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["services"] == len(DEFAULT_SERVICES)
    again = app.test_cli_runner().invoke(args=["schemes", "install", "--json"])
    assert json.loads(again.stdout) == {"parameters": 0, "services": 0}
