"""Stars and honours: lifetime minutes that stand; spending takes none, an annulment does (domain.md F16)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.hearings import DAYS, approver, visit, visited
from tests.pages.api_walk import Step, Walk
from timebank.exchange.queries import schemes
from timebank.exchange.queries.honours import board, honours
from timebank.exchange.rules.annulments import Source
from timebank.exchange.service import annulments
from timebank.exchange.service.annulments import Decision, Suspicion
from timebank.exchange.service.grants import Donation, donate
from timebank.exchange.service.overflow import choose_overflow


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield


def annul(helper: int, visit_id: int) -> None:
    case = annulments.suspect(town.operator(), Suspicion(helper, (visit_id,), Source.AUDIT, "No door code"))
    annulments.answer(town.member(helper), case, "I was there")
    annulments.decide(approver(), Decision(case, True, "No door code"))


def test_spending_takes_no_star_and_an_annulment_does(app: Flask) -> None:
    hundred = 100 * 60
    made = visited(town.town().yaohua, saved=hundred - 2 * 97)
    assert (honours(made.xu).stars.count, honours(made.xu).stars.minutes) == (1, hundred + 97)
    donate(town.member(made.xu), Donation(made.xu, hundred - 200))
    one = honours(made.xu)
    assert (one.stars.count, one.stars.next_in_minutes) == (1, 300 * 60 - hundred - 97)
    assert (one.visits, one.people, one.donated) == (3, 1, hundred - 200)
    annul(made.xu, made.visits[0])
    assert (honours(made.xu).stars.count, honours(made.xu).stars.minutes) == (1, hundred)
    assert board(town.broker()) == []  # barred
    donate(town.member(made.xu), Donation(made.xu, 1))


def test_one_minute_below_is_no_star(app: Flask) -> None:
    made = visited(town.town().yaohua, saved=100 * 60 - 3 * 97 - 1)
    assert honours(made.xu).stars.count == 0
    visit(made.xu, made.zhang, DAYS[0].replace(day=10))
    assert honours(made.xu).stars.count == 1


def test_minutes_above_the_cap_are_named_where_they_went(app: Flask) -> None:
    made = visited(town.town().yaohua, DAYS[:2], saved=89_970)
    assert (honours(made.xu).above_to_pot, honours(made.xu).above_as_honour) == (67 + 97, 0)
    choose_overflow(town.member(made.xu), made.xu, "honour")
    visit(made.xu, made.zhang, DAYS[2])
    assert (honours(made.xu).above_to_pot, honours(made.xu).above_as_honour) == (67 + 97, 97)
    assert honours(made.xu).stars.count == 5


HONOURS = [
    Step("get_honours", "member", no={"neighbour": 404}, sees=lambda answer, _: answer["stars"]["count"] == 1),
    Step("list_honours", "broker", no={"member": 403}, sees=lambda answer, _: len(answer["items"]) == 1),
    Step("list_honours", "other", sees=lambda answer, _: answer["items"] == []),
]


def test_the_pages_and_the_proof(app: Flask, client, sign_in, statements) -> None:
    made = visited(town.town().yaohua, saved=100 * 60)
    sign_in(client, town.account_of(town.member(made.xu)))
    with statements(20):
        page = client.get("/my/honours").text
    assert "1 star" in page
    assert "195 h 9 min more" in page
    proof = client.get("/my/honours/proof").text
    assert "104 h 51 min" in proof
    sign_in(client, town.account_of(town.broker()))
    with statements(20):
        assert "徐梅" in client.get("/honours").text
    assert "104 h 51 min" in client.get(f"/volunteers/{made.xu}/proof").text
    assert [line.person_id for line in board(town.broker(town.NANJING))] == [made.xu]
    for place, holds in ((town.JIANGSU, "nanjing"), (town.QIXIA, "nanjing"), (town.YAOXIN, "yaohua"), ("", "nanjing")):
        [one] = schemes.covering(town.broker(place), "volunteers.read")
        assert one.code == holds
    actors = {
        "member": town.member(made.xu),
        "neighbour": town.member(made.zhang),
        "broker": town.broker(),
        "other": town.outsider(),
    }
    Walk(app, actors, {"person_id": made.xu}).through(HONOURS)
