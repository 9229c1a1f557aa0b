"""Somebody must come now: planned at once around what is promised, the helper asked, silence passed on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.factories import matching as helpers
from tests.factories import town
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models import Offer, OfferState, Visit, VisitState
from timebank.exchange.service.offers import answer_offer, expire_offers, offer_visit
from timebank.matching.clockwork import hurry
from timebank.matching.models import Emergency, Plan
from timebank.matching.queries.emergencies import emergency
from timebank.matching.rules.emergencies import EmergencyCall, window
from timebank.matching.rules.plans import NewPlan
from timebank.matching.service.accepting import work_offers
from timebank.matching.service.asking import ask_next
from timebank.matching.service.emergencies import call_somebody
from timebank.matching.service.plans import start_plan
from timebank.matching.service.working import work_plans

EIGHT = helpers.NOON_BEFORE + timedelta(hours=20)  # Tuesday


@pytest.fixture(autouse=True)
def _tuesday(app: Flask) -> Iterator[None]:
    with time_machine.travel(EIGHT, tick=False):
        town.town()
        yield


def call(person: int, **facts: object) -> EmergencyCall:
    given = {"service_code": "cleaning", "what": "水管爆裂", "funding": "issued", **facts}
    return EmergencyCall(person, **given)  # type: ignore[arg-type]


def test_the_best_helper_is_asked_at_once_and_nothing_promised_moves(app: Flask) -> None:
    promised = helpers.volunteer("徐梅", hours=(8, 12), east_m=30)
    free = helpers.volunteer("王芳", hours=(8, 12), east_m=300)
    other = helpers.visit(
        town.person("李大爷"), window=(9, 9), helper=promised, state=VisitState.SCHEDULED, minutes=120
    )
    plan = start_plan(town.broker(), NewPlan(town.YAOHUA, helpers.TUESDAY, 1, 5))
    assert work_plans() == 1
    uncle = town.person("张大爷")
    made = call_somebody(town.broker(), call(uncle))
    found = emergency(town.broker(), made)
    assert (found.searching, found.waiting, found.asked, found.what) == (True, True, (), "水管爆裂")
    assert (work_plans(), work_offers()) == (1, 1)

    row = db.session.get_one(Emergency, made)
    again = db.session.get_one(Plan, row.plan_id)
    assert (again.based_on_id, again.may_move, again.moved) == (plan, False, 0)
    visit = db.session.get_one(Visit, row.visit_id)
    assert clock.civil(visit.latest_start) == clock.civil(EIGHT + timedelta(hours=2))
    offer = db.session.scalars(select(Offer).where(Offer.visit_id == visit.id)).one()
    assert (offer.volunteer_id, offer.expires_at - clock.now()) == (free, timedelta(minutes=10))
    assert db.session.get_one(Visit, other).volunteer_id == promised
    found = emergency(town.broker(), made)
    assert [(one.person_id, one.state) for one in found.asked] == [(free, OfferState.OFFERED)]
    assert not found.searching
    answer_offer(town.member(free), offer.id, True)
    assert (coming := emergency(town.broker(), made).coming) is not None
    assert coming.person_id == free


def test_without_a_plan_the_street_is_planned_and_silence_goes_to_the_next(app: Flask) -> None:
    near = helpers.volunteer("徐梅", hours=(8, 12), east_m=30)
    further = helpers.volunteer("王芳", hours=(8, 12), east_m=300)
    made = call_somebody(town.broker(), call(town.person("张大爷")))
    assert (work_plans(), work_offers()) == (1, 1)
    with time_machine.travel(EIGHT + timedelta(minutes=11), tick=False):
        assert expire_offers(Actor.system("clock")) == 1
        assert ask_next() == 1
        found = emergency(town.broker(), made)
        assert [(one.person_id, one.state) for one in found.asked] == [
            (near, OfferState.EXPIRED),
            (further, OfferState.OFFERED),
        ]
        assert found.asked[-1].expires_at == clock.now() + timedelta(minutes=10)


def test_silence_ends_with_the_minute_where_somebody_must_come_now(app: Flask) -> None:
    near = helpers.volunteer("徐梅", hours=(8, 12), east_m=30)
    further = helpers.volunteer("王芳", hours=(8, 12), east_m=300)
    made = call_somebody(town.broker(), call(town.person("张大爷")))
    assert (work_plans(), work_offers()) == (1, 1)
    assert hurry() == "0 asked instead"
    with time_machine.travel(EIGHT + timedelta(minutes=10), tick=False):
        found = emergency(town.broker(), made)
        assert (found.asked[0].state, found.waiting, found.goes_on) == (OfferState.EXPIRED, False, True)
        assert hurry() == "1 asked instead"
        found = emergency(town.broker(), made)
        assert [(one.person_id, one.state) for one in found.asked] == [
            (near, OfferState.EXPIRED),
            (further, OfferState.OFFERED),
        ]
        assert (found.waiting, found.goes_on) == (True, False)
        answer_offer(town.member(further), db.session.query(Offer).order_by(Offer.id.desc()).limit(1).one().id, False)
        assert emergency(town.broker(), made).goes_on
        assert hurry() == "0 asked instead"  # nobody is left
        assert not emergency(town.broker(), made).goes_on


def test_an_ordinary_offer_is_not_looked_at_each_minute(app: Flask) -> None:
    helper = helpers.volunteer("徐梅", hours=(8, 12))
    visit = helpers.visit(town.person("张大爷"), window=(9, 11))
    offer = offer_visit(town.broker(), visit, helper, EIGHT + timedelta(hours=2))
    with time_machine.travel(EIGHT + timedelta(hours=2, minutes=1), tick=False):
        assert hurry() == "0 asked instead"
        assert db.session.get_one(Offer, offer).state is OfferState.OFFERED


def test_where_nobody_is_free_the_page_says_so(app: Flask) -> None:
    made = call_somebody(town.broker(), call(town.person("张大爷")))
    assert (work_plans(), work_offers()) == (1, 0)
    found = emergency(town.broker(), made)
    assert (found.searching, found.waiting, found.asked, found.coming) == (False, False, (), None)


def test_an_ordinary_offer_waits_as_long_as_always(app: Flask) -> None:
    helper = helpers.volunteer("徐梅", hours=(8, 12))
    visit = helpers.visit(town.person("张大爷"), window=(11, 11))
    offer = db.session.get_one(Offer, offer_visit(town.broker(), visit, helper, clock.at(helpers.TUESDAY, 660)))
    assert offer.expires_at == clock.at(helpers.TUESDAY, 660)


def test_only_who_may_approve_and_plan_there_calls(app: Flask) -> None:
    uncle = town.person("张大爷")
    for actor in (town.outsider(), town.clerk(), town.social_worker(), town.member(uncle)):
        with pytest.raises(NotAllowed):
            call_somebody(actor, call(uncle))
    made = call_somebody(town.broker(), call(uncle))
    with pytest.raises(NotFound):
        emergency(town.outsider(), made)


def test_the_visit_begins_soon_and_is_over_by_midnight() -> None:
    assert window(8 * 60 + 3, 120, 60) == (483, 615)
    assert window(22 * 60, 120, 60) == (1320, 1380)
    with pytest.raises(Refused, match="too_late_today"):
        window(23 * 60 + 30, 120, 60)
