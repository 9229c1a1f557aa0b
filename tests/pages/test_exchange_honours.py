"""Stars and honours: lifetime minutes that stand; spending takes none, an annulment does (domain.md F16)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.hearings import DAYS, approver, visit, visited
from tests.pages.api_walk import Step, Walk
from timebank.exchange.queries import schemes
from timebank.exchange.queries.grants import earned_minutes
from timebank.exchange.queries.honours import board, honours
from timebank.exchange.rules.annulments import Source
from timebank.exchange.service import annulments
from timebank.exchange.service.annulments import Decision, Suspicion
from timebank.exchange.service.grants import Donation, donate
from timebank.exchange.service.overflow import choose_overflow
from timebank.people import service as registry


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield


def town_scheme(helper: int) -> int:
    """The time bank of a helper."""
    return honours(helper).scheme.id


def annul(helper: int, visit_id: int) -> None:
    case = annulments.suspect(town.operator(), Suspicion(helper, (visit_id,), Source.AUDIT, "No door code"))
    annulments.answer(town.member(helper), case, "I was there")
    annulments.decide(approver(), Decision(case, True, "No door code"))


@one_engine
def test_spending_takes_no_star_and_an_annulment_does(app: Flask) -> None:
    hundred = 100 * 60
    made = visited(town.town().yaohua, saved=hundred - 2 * 97)
    assert (honours(made.xu).stars.count, honours(made.xu).stars.minutes) == (1, hundred + 97)
    donate(town.member(made.xu), Donation(made.xu, hundred - 200))
    one = honours(made.xu)
    assert (one.stars.count, one.stars.next_in_minutes) == (1, 300 * 60 - hundred - 97)
    assert (one.visits, one.people, one.donated) == (3, 1, hundred - 200)
    assert (one.from_visits, one.carried_over) == (3 * 97, hundred - 2 * 97)
    annul(made.xu, made.visits[0])
    assert honours(made.xu).from_visits == 2 * 97
    assert (honours(made.xu).stars.count, honours(made.xu).stars.minutes) == (1, hundred)
    assert board(town.broker()) == []  # barred
    donate(town.member(made.xu), Donation(made.xu, 1))


@one_engine
def test_one_minute_below_is_no_star(app: Flask) -> None:
    made = visited(town.town().yaohua, saved=100 * 60 - 3 * 97 - 1)
    assert honours(made.xu).stars.count == 0
    visit(made.xu, made.zhang, DAYS[0].replace(day=10))
    assert honours(made.xu).stars.count == 1


@one_engine
def test_minutes_above_the_cap_are_named_where_they_went(app: Flask) -> None:
    made = visited(town.town().yaohua, DAYS[:2], saved=89_970)
    assert (honours(made.xu).above_to_pot, honours(made.xu).above_as_honour) == (67 + 97, 0)
    choose_overflow(town.member(made.xu), made.xu, "honour")
    visit(made.xu, made.zhang, DAYS[2])
    assert (honours(made.xu).above_to_pot, honours(made.xu).above_as_honour) == (67 + 97, 97)
    assert honours(made.xu).stars.count == 5


def test_what_was_earned_under_a_number_that_was_merged_counts_once(app: Flask, client, sign_in) -> None:
    """100 h in all: 97 min under each of two numbers, the rest taken over.  The proof of the old number stays true."""
    made = visited(town.town().yaohua, DAYS[:1], saved=100 * 60 - 2 * 97)
    other = make.helper("徐 梅", town_scheme(made.xu))
    second = visit(other, made.zhang, DAYS[1])
    assert (honours(made.xu).stars.minutes, honours(other).stars.minutes) == (6000 - 97, 97)
    merge = registry.merge_people(make.SYSTEM, made.xu, other)
    numbers = {made.xu, other}
    assert {honours(one).stars.minutes for one in numbers} == {6000}
    assert earned_minutes(3201, numbers) == dict.fromkeys(numbers, 6000)
    [line] = board(town.broker())
    assert (line.person_id, line.stars.minutes, line.stars.count) == (made.xu, 6000, 1)
    sign_in(client, town.account_of(town.broker()))
    proof = client.get(f"/volunteers/{other}/proof").text  # opened by the old number
    assert "100 h" in proof
    assert "T00000" in proof.split("Earlier member numbers")[1]
    annul(made.xu, second)
    assert (honours(other).stars.minutes, board(town.broker())) == (6000 - 97, [])
    registry.undo_merge(make.SYSTEM, merge)
    assert (honours(made.xu).stars.minutes, honours(other).stars.minutes) == (6000 - 97, 0)


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
    for line in ("104 h 51 min", "4 h 51 min (3 visits)", "carried over from earlier records</dt><dd>100 h</dd>"):
        assert line in proof
    assert "<dt>Visits</dt>" not in proof, "a total beside a few visits looks wrong"
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
