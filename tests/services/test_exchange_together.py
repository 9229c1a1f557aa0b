"""Several helpers at once: each has a visit, all begin together, and nobody is left behind by a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.factories import exchange_visits as make
from tests.factories import town as places
from tests.factories.exchange_visits import Cast, at
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.models import Offer, OfferState, Visit, VisitState
from timebank.exchange.models.requests import ServiceRequest
from timebank.exchange.queries import own, slips
from timebank.exchange.queries import visits as queries
from timebank.exchange.service import offers, requests, visits
from timebank.notices.models import Notice


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


def visit(visit_id: int) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, visit_id)


def window(visit_id: int) -> tuple[Any, Any]:
    found = visit(visit_id)
    return found.earliest_start, found.latest_start


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=rf"^\('{code}'")


def pair(people: Cast, **facts: Any) -> list[int]:
    return make.visits_of(make.published(people, helpers_needed=2, **facts))


def second(people: Cast) -> tuple[int, Actor]:
    person = make.helper("李秀兰", people.scheme)
    return person, places.member(person)


def accept(people: Cast, visit_id: int, who: tuple[int, Actor], minute: int = 540) -> int:
    return offers.answer_offer(who[1], offers.offer_visit(people.broker, visit_id, who[0], at(minute)), True)


WIDE = (at(540), at(600))


def test_each_helper_gets_a_visit_with_hours_on_hold_and_the_request_says_how_many(people: Cast) -> None:
    first, other = pair(people)
    assert visit(first).together == visit(other).together is not None
    assert make.balance(people.zhang).held == 240
    assert window(first) == window(other) == WIDE
    alone = make.visits_of(make.published(people, first_day=make.TUESDAY + timedelta(days=1)))
    assert [visit(one).together for one in alone] == [None]
    for number in (0, 4):
        with refused("too_many_helpers"):
            requests.submit_request(people.broker, make.cleaning(people.zhang, helpers_needed=number))
    with refused("not_enough_hours"):
        pair(people, weekdays="1")
    assert make.balance(people.zhang).held == 360


def test_a_weekly_request_makes_whole_occasions_only_and_one_helper_takes_one_visit_of_each(people: Cast) -> None:
    make.give_hours(people.zhang, 400)
    made = pair(people, weekdays="1")
    assert len(made) == 8
    assert len({visit(one).together for one in made}) == 4
    offer = offers.offer_visit(people.broker, made[0], people.xu, at(540), True)
    assert own.own_offer(people.helper, offer).times == 4
    assert own.own_offer(people.helper, offer).helpers == 2
    offers.answer_offer(people.helper, offer, True)
    mine = [visit(one).together for one in made if visit(one).volunteer_id == people.xu]
    assert len(mine) == len(set(mine)) == 4
    li, actor = second(people)
    free = next(one for one in made if visit(one).volunteer_id is None)
    offers.answer_offer(actor, offers.offer_visit(people.broker, free, li, visit(free).starts_at, True), True)
    assert [visit(one).volunteer_id for one in made].count(li) == 4
    request = db.session.get_one(ServiceRequest, visit(free).request_id)
    assert request.regular_helper_id == people.xu


def test_the_other_begins_when_the_first_does_and_has_the_whole_window_again_when_nobody_comes(people: Cast) -> None:
    first, other = pair(people)
    accept(people, first, (people.xu, people.helper), 555)
    assert window(first) == WIDE
    assert window(other) == (at(555), at(555))
    assert visit(other).starts_at == at(555)
    who = second(people)
    with refused("together_start"):
        offers.offer_visit(people.broker, other, who[0], at(540))
    accept(people, other, who, 555)
    offers.free_helper(people.helper, first, "ill")
    assert window(first) == (at(555), at(555))
    assert visit(other).state is VisitState.SCHEDULED
    offers.free_helper(who[1], other, "ill too")
    assert window(first) == window(other) == WIDE
    assert visit(first).starts_at == at(540)


def test_an_offer_for_another_start_is_withdrawn_as_soon_as_one_says_yes(people: Cast) -> None:
    first, other = pair(people)
    who = second(people)
    waits = offers.offer_visit(people.broker, other, who[0], at(600))
    accept(people, first, (people.xu, people.helper), 540)
    assert db.session.get_one(Offer, waits).state is OfferState.WITHDRAWN
    assert visit(other).state is VisitState.OPEN
    told = select(Notice.kind).where(Notice.person_id == who[0])
    assert "offer_withdrawn" in db.session.scalars(told).all()


def test_the_same_helper_never_has_both(people: Cast) -> None:
    first, other = pair(people)
    offer = offers.offer_visit(people.broker, first, people.xu, at(540))
    with refused("already_offered_together"):
        offers.offer_visit(people.broker, other, people.xu, at(570))
    offers.answer_offer(people.helper, offer, True)
    with refused("overlap"):
        offers.offer_visit(people.broker, other, people.xu, at(540))


def test_both_are_moved_together_or_neither(people: Cast) -> None:
    first, other = pair(people)
    who = second(people)
    accept(people, first, (people.xu, people.helper))
    accept(people, other, who)
    offers.move_visit(people.broker, other, at(840), "the lift is repaired")
    for one in (first, other):
        assert (visit(one).starts_at, window(one)) == (at(840), (at(840), at(840)))
    moved = db.session.scalars(select(Notice.person_id).where(Notice.kind == "visit_moved")).all()
    assert sorted(moved) == sorted([people.xu, who[0], people.zhang])
    make.give_hours(people.zhang, 300)
    busy = make.visits_of(make.published(people, earliest_minute=1000, latest_minute=1000))[0]
    accept(people, busy, who, 1000)
    with pytest.raises(Refused) as refusal:
        offers.move_visit(people.broker, first, at(990))
    assert (refusal.value.code, refusal.value.facts) == ("together_cannot_move", {"helper": "李秀兰"})
    db.session.rollback()
    assert visit(first).starts_at == visit(other).starts_at == at(840)
    offers.free_helper(who[1], other, "ill")
    assert window(other) == (at(840), at(840))
    offers.move_visit(people.broker, other, at(870))
    assert visit(first).starts_at == at(870)


def test_cancelling_ends_one_or_all(people: Cast) -> None:
    first, other = pair(people)
    accept(people, first, (people.xu, people.helper), 555)
    requests.cancel_visit(people.elder, first, "one is enough")
    assert visit(other).state is VisitState.OPEN
    assert window(other) == WIDE
    assert make.balance(people.zhang).held == 120
    first, other = pair(people, first_day=make.TUESDAY + timedelta(days=1))
    requests.cancel_visit(people.broker, other, "not needed", True)
    assert visit(first).state is visit(other).state is VisitState.CANCELLED
    assert make.balance(people.zhang).held == 120


def test_the_other_helper_is_named_once_both_have_said_yes(people: Cast) -> None:
    first, other = pair(people)
    accept(people, first, (people.xu, people.helper))
    seen = own.own_visit(people.helper, first)
    assert (seen.helpers, seen.together) == (2, ())
    who = second(people)
    offer = offers.offer_visit(people.broker, other, who[0], at(540))
    assert own.own_visit(people.helper, first).together == ()
    offers.answer_offer(who[1], offer, True)
    assert len(own.own_visit(people.helper, first).together) == 1
    assert len(own.own_visit(people.elder, first).together) == 1
    assert queries.visit(people.broker, first).line.together == ("李秀兰",)
    [mate] = queries.visit(people.broker, first).mates
    assert mate.visit_id == other
    [sheet] = slips.sheets(
        people.broker, slips.SheetFilter(make.TUESDAY - timedelta(days=1), "helper", text="徐梅")
    ).items
    assert [line.together for line in sheet.lines] == [seen.together or own.own_visit(people.helper, first).together]


def test_each_helper_is_paid_their_own_hours(people: Cast) -> None:
    first, other = pair(people)
    who = second(people)
    accept(people, first, (people.xu, people.helper))
    accept(people, other, who)
    with time_machine.travel(at(541), tick=False):
        visits.check_in(people.helper, first, "button")
        visits.check_in(who[1], other, "button")
    with time_machine.travel(at(660), tick=False):
        visits.check_out(people.helper, first)
        visits.confirm(people.elder, first, "portal")
    with time_machine.travel(at(661), tick=False):
        visits.check_out(who[1], other)
        visits.confirm(people.elder, other, "portal")
    assert make.balance(people.xu).posted == 119
    assert make.balance(who[0]).posted == 120
    assert make.balance(people.zhang).held == 0
