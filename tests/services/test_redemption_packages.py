"""Care packages: one price on hold at once, visit by visit after the approval, the rest free when it is cancelled."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as exchange
from tests.factories import redemption as desk
from tests.factories import town
from timebank.access import service as access
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models import VisitState
from timebank.exchange.service import offers, requests, visits
from timebank.ledger import service as ledger
from timebank.people import service as registry
from timebank.redemption import service
from timebank.redemption.commands import BuyPackage, CareCommand, Confirmation
from timebank.redemption.queries import packages as queries
from timebank.redemption.rules.packages import NewPackage, last_day
from timebank.redemption.service.desks import close_desk

TUESDAY = exchange.TUESDAY
SIX = NewPackage("六次打扫", "Six cleanings", "cleaning", 6, 60, town.YAOHUA)


@pytest.fixture
def people(app: Flask) -> Iterator[exchange.Cast]:
    with time_machine.travel(clock.at(TUESDAY - timedelta(days=1), 600), tick=False):
        cast = exchange.cast(minutes=1200)
        access.set_pin(Actor.system("tests"), cast.zhang, desk.PIN)
        yield cast


@pytest.fixture
def shop(people: exchange.Cast) -> desk.Shop:
    return desk.shop()


def wanted(people: exchange.Cast, shop: desk.Shop, package: int, **facts: object) -> BuyPackage:
    given = {"weekdays": "1", "first_day": TUESDAY, "confirmation": Confirmation("pin", desk.PIN), **facts}
    return BuyPackage(people.zhang, shop.desk, package, earliest_minute=540, latest_minute=600, **given)  # type: ignore[arg-type]


def bought(people: exchange.Cast, shop: desk.Shop) -> queries.Purchase:
    package = service.add_package(town.operator(), SIX)
    made = service.buy_package(town.clerk(), wanted(people, shop, package), key="buy")
    assert service.buy_package(town.clerk(), wanted(people, shop, package), key="buy") == made
    return queries.purchase(town.clerk(), made)


def held(people: exchange.Cast) -> tuple[int, int]:
    now = exchange.balance(people.zhang)
    return now.held, now.available


def test_one_price_is_held_at_once_then_each_visit_is_paid_and_the_rest_freed(
    people: exchange.Cast, shop: desk.Shop
) -> None:
    package = bought(people, shop)
    assert (package.waiting, package.total_minutes, package.held_minutes, package.visits) == (True, 360, 360, ())
    assert held(people) == (360, 840)

    requests.approve_request(people.broker, package.request_id)
    package = queries.purchase(people.elder, package.id)
    assert [clock.civil(one.starts_at).date() for one in package.visits] == [
        TUESDAY + timedelta(weeks=week) for week in range(6)
    ]  # also those beyond tb.roll_forward_weeks
    assert (package.waiting, package.held_minutes) == (False, 360)
    assert held(people) == (360, 840)

    first = package.visits[0].id
    offer = offers.offer_visit(people.broker, first, people.xu, clock.at(TUESDAY, 540))
    offers.answer_offer(people.helper, offer, True)
    with time_machine.travel(clock.at(TUESDAY, 610), tick=False):
        visits.check_in(people.broker, first, "phone", at=clock.at(TUESDAY, 540))
        visits.check_out(people.broker, first, 0, clock.at(TUESDAY, 600))
        visits.confirm(people.elder, first, "portal")
        package = queries.purchase(people.elder, package.id)
        assert (package.done, package.paid_minutes, package.held_minutes, package.free_minutes) == (1, 60, 300, 0)

        requests.cancel_request(people.elder, package.request_id, "moves away")
    package = queries.own_purchases(people.elder)[0]
    assert (package.paid_minutes, package.held_minutes, package.free_minutes) == (60, 0, 300)
    assert {one.state for one in package.visits[1:]} == {VisitState.CANCELLED}
    assert held(people) == (0, 1140)


def test_a_package_that_is_refused_or_not_decided_costs_nothing(people: exchange.Cast, shop: desk.Shop) -> None:
    package = bought(people, shop)
    requests.refuse_request(people.broker, package.request_id, "no helper in winter")
    assert held(people) == (0, 1200)
    assert queries.purchase(people.elder, package.id).free_minutes == 360


def test_a_package_that_nobody_decides_is_free_when_its_first_day_is_over(
    people: exchange.Cast, shop: desk.Shop
) -> None:
    package = bought(people, shop)
    with time_machine.travel(clock.at(TUESDAY + timedelta(days=1), 60), tick=False):
        ledger.sweep_holds()
        assert held(people) == (0, 1200)
        assert not queries.purchase(people.elder, package.id).waiting


def test_a_closed_desk_sells_no_package(people: exchange.Cast, shop: desk.Shop) -> None:
    six = service.add_package(town.operator(), SIX)
    close_desk(town.operator(), shop.desk)
    with pytest.raises(Refused, match="redeem_desk_closed"):
        service.buy_package(town.clerk(), wanted(people, shop, six))


def test_what_one_cannot_pay_or_nobody_sells_is_not_bought(people: exchange.Cast, shop: desk.Shop) -> None:
    twenty = service.add_package(town.operator(), NewPackage("二十次", "Twenty", "cleaning", 20, 60, town.YAOHUA))
    with pytest.raises(Refused, match="redeem_over_share"):  # 70 % of 20 h
        service.buy_package(town.clerk(), wanted(people, shop, twenty))
    six = service.add_package(town.operator(), SIX)
    with pytest.raises(Refused, match="package_days_missing"):
        service.buy_package(town.clerk(), wanted(people, shop, six, weekdays=""))
    service.stop_package(town.operator(), twenty)
    with pytest.raises(NotFound):
        service.buy_package(town.clerk(), wanted(people, shop, twenty))
    elsewhere = service.add_package(town.operator(), NewPackage("别处", "Elsewhere", "cleaning", 2, 60, town.WULAOCUN))
    with pytest.raises(NotFound):
        service.buy_package(town.clerk(), wanted(people, shop, elsewhere))
    assert held(people) == (0, 1200)


def test_a_package_opens_after_its_buyer_was_merged(people: exchange.Cast, shop: desk.Shop) -> None:
    package = bought(people, shop)
    kept = town.person("张建国", birth_date=date(1944, 3, 5))
    registry.merge_people(exchange.SYSTEM, kept, people.zhang)
    buyer = town.member(kept)
    assert queries.purchase(buyer, queries.own_purchases(buyer)[0].id).id == package.id
    with pytest.raises(NotFound):
        queries.purchase(town.member(town.person("李秀兰")), package.id)


def test_the_same_package_is_asked_about_until_a_while_has_gone_or_it_was_withdrawn(
    people: exchange.Cast, shop: desk.Shop
) -> None:
    package = service.add_package(town.operator(), SIX)
    now = clock.now()
    first = service.buy_package(town.clerk(), wanted(people, shop, package))
    with pytest.raises(Refused, match="redeem_care_again") as refused:
        service.buy_package(town.clerk(name="second"), wanted(people, shop, package))
    assert refused.value.field == "again"
    with pytest.raises(Refused, match="redeem_care_again"):
        service.buy_package(town.clerk(), wanted(people, shop, package, weekdays="11"))
    assert held(people) == (360, 840)
    other = service.buy_package(town.clerk(), wanted(people, shop, package, first_day=TUESDAY + timedelta(days=1)))
    for made in (first, other):
        requests.cancel_request(people.elder, queries.purchase(people.elder, made).request_id, "wrong day")
    second = service.buy_package(town.clerk(), wanted(people, shop, package))
    with time_machine.travel(now + timedelta(minutes=14), tick=False), pytest.raises(Refused, match="care_again"):
        service.buy_package(town.clerk(), wanted(people, shop, package))
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        assert service.buy_package(town.clerk(), wanted(people, shop, package)) > second


def test_two_clerks_who_enter_the_same_care_at_once_make_one_request(
    people: exchange.Cast, shop: desk.Shop, at_once: Callable[..., list[Any]]
) -> None:
    care = CareCommand(people.zhang, shop.desk, "cleaning", TUESDAY, 540, 600, 60, Confirmation("pin", desk.PIN))
    clerks = (town.clerk(), town.clerk(name="second"))
    answers = at_once(*(lambda who=who: service.redeem_for_care(who, care) for who in clerks))
    assert [one.code for one in answers if isinstance(one, Refused)] == ["redeem_care_again"]
    again = dataclasses.replace(care, again=True)
    made = service.redeem_for_care(town.clerk(), again, key="retry")
    assert service.redeem_for_care(town.clerk(), again, key="retry") == made


def test_only_the_desk_sells_and_only_its_keeper_offers(people: exchange.Cast, shop: desk.Shop) -> None:
    package = service.add_package(town.operator(), SIX)
    for actor in (people.broker, people.elder, town.clerk(town.WULAOCUN)):
        with pytest.raises(NotAllowed):
            service.buy_package(actor, wanted(people, shop, package))
        with pytest.raises(NotAllowed):
            service.add_package(actor, SIX)
    made = service.buy_package(town.clerk(), wanted(people, shop, package))
    with pytest.raises(NotFound):
        queries.purchase(people.helper, made)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"visits": 1}, "package_visits_odd"),
        ({"visits": 61}, "package_visits_odd"),
        ({"minutes": 721}, "package_minutes_odd"),
    ],
)
def test_a_package_has_some_visits_of_a_possible_length(
    people: exchange.Cast, change: dict[str, int], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        service.add_package(town.operator(), dataclasses.replace(SIX, **change))


def test_the_last_day_is_that_of_the_last_visit() -> None:
    assert last_day(date(2026, 11, 24), "1", 6) == date(2026, 12, 29)
    assert last_day(date(2026, 11, 24), "03", 3) == date(2026, 12, 3)  # Thursday, Monday, Thursday
