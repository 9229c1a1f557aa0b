"""The page of an emergency says what is true at the moment and looks again for as long as something may change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import new_client
from tests.factories import giving, town
from tests.factories import matching as helpers
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Offer
from timebank.exchange.queries import schemes
from timebank.exchange.service.offers import answer_offer, free_helper
from timebank.exchange.service.requests import expire_visits
from timebank.matching.models import Emergency, Plan
from timebank.matching.rules.emergencies import EmergencyCall
from timebank.matching.rules.plans import PlanState
from timebank.matching.service.accepting import work_offers
from timebank.matching.service.asking import ask_next
from timebank.matching.service.emergencies import call_somebody
from timebank.matching.service.working import work_plans
from timebank.people import queries as people

EIGHT = helpers.NOON_BEFORE + timedelta(hours=20)  # Tuesday


@pytest.fixture(autouse=True)
def _tuesday(app: Flask) -> Iterator[None]:
    with time_machine.travel(EIGHT, tick=False):
        town.town()
        yield


def call() -> int:
    uncle = town.person("张大爷")
    return call_somebody(town.broker(), EmergencyCall(uncle, "cleaning", "水管爆裂", funding="issued"))


def newest_offer() -> Offer:
    db.session.expire_all()
    return db.session.query(Offer).order_by(Offer.id.desc()).first()  # type: ignore[return-value]


def test_a_no_goes_on_to_the_next_and_the_page_sees_it(app: Flask, sign_in: Any, statements: Any) -> None:
    near = helpers.volunteer("徐梅", hours=(8, 12), east_m=30)
    further = helpers.volunteer("王芳", hours=(8, 12), east_m=300)
    made = call()
    desk = sign_in(new_client(app), town.broker().account_id)
    page = f"/emergencies/{made}"
    assert '<option selected value="emergency">' in desk.get("/emergencies/new").text
    assert 'hx-trigger="every 2s"' in desk.get(page).text
    assert (work_plans(), work_offers()) == (1, 1)
    answer_offer(town.member(near), newest_offer().id, False)
    with statements(20):
        shown = desk.get(f"{page}/state", headers={"HX-Request": "true"}).text
    assert "asked within a minute" in shown
    assert 'hx-trigger="every 15s"' in shown
    assert ask_next() == 1
    assert "王芳 was asked" in desk.get(page).text
    answer_offer(town.member(further), newest_offer().id, True)
    shown = desk.get(page).text
    assert "王芳 comes at" in shown
    assert "hx-trigger" not in shown
    free_helper(town.member(further), newest_offer().visit_id, "ill")
    shown = desk.get(page).text
    assert "comes at" not in shown
    assert "nobody else is asked" in shown
    with time_machine.travel(EIGHT + timedelta(hours=2, minutes=1), tick=False):
        sign_in(desk, town.broker().account_id)
        assert "Nobody is looked for any more" in desk.get(page).text
        expire_visits(Actor.system("clock"))
        shown = desk.get(page).text
    assert "Nobody is looked for any more" in shown
    assert "hx-trigger" not in shown


def test_whose_hours_can_pay_is_chosen_before_and_after_the_form_is_sent(app: Flask, sign_in: Any) -> None:
    uncle = town.person("张大爷")
    desk = sign_in(new_client(app), town.broker().account_id)

    def chosen(page: str) -> str:
        [found] = re.findall(r'name="funding" id="[^"]+" value="(\w+)" checked', page)
        return found

    assert chosen(desk.get("/emergencies/new").text) == "own"
    empty = desk.get(f"/emergencies/new?person={uncle}").text
    assert chosen(empty) == "issued"
    assert "neither a grant nor the community pot is enough" in empty
    giving.fill_pot(schemes.scheme_for(town.YAOXIN).id, 120)
    filled = desk.get(f"/emergencies/new?person={uncle}").text
    assert chosen(filled) == "pot"
    assert "So the community pot is chosen." in filled
    known = people.brief(uncle)
    assert known is not None
    typed = {"service_code": "cleaning", "what": "水管爆裂", "minutes": "60", "funding": "own"}
    typed |= {"person": known.member_no}
    refused = desk.post("/emergencies/new", data=typed)
    assert refused.status_code in {409, 422}
    assert chosen(refused.text) == "pot"
    assert "So the community pot is chosen." in refused.text


def test_when_everybody_said_no_nobody_else_is_promised(app: Flask, sign_in: Any) -> None:
    near = helpers.volunteer("徐梅", hours=(8, 12), east_m=30)
    made = call()
    assert (work_plans(), work_offers()) == (1, 1)
    answer_offer(town.member(near), newest_offer().id, False)
    assert ask_next() == 0
    shown = sign_in(new_client(app), town.broker().account_id).get(f"/emergencies/{made}").text
    assert "within a minute" not in shown
    assert "nobody else is asked" in shown


def test_a_search_that_broke_off_is_not_taken_for_nobody_being_free(app: Flask, sign_in: Any) -> None:
    made = call()
    plan = db.session.get_one(Plan, db.session.get_one(Emergency, made).plan_id)
    plan.state = PlanState.FAILED
    db.session.commit()
    shown = sign_in(new_client(app), town.broker().account_id).get(f"/emergencies/{made}").text
    assert "The search broke off" in shown
    assert "Nobody is free" not in shown
    assert 'hx-trigger="every 15s"' in shown
