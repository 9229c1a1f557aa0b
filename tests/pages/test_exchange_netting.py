"""Hours of one street used in another, netted after the month: in the books, on the page, in the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import one_engine
from tests.factories import exchange_visits as make
from tests.factories import netting as factory
from tests.factories import redemption as desk
from tests.factories import town
from tests.factories.hearings import visit
from tests.pages.api_walk import Step, Walk
from timebank.access.rules.roles import Role
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.clockwork_netting import JOBS
from timebank.exchange.models import NettedPair
from timebank.exchange.queries import netting as queries
from timebank.exchange.queries import netting_payments as settling
from timebank.exchange.queries import schemes
from timebank.exchange.rules.netting_payments import PaymentState
from timebank.exchange.service import netting_payments as service
from timebank.exchange.service.netting import net_past_months
from timebank.exchange.service.schemes import NewValue, set_parameter
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.people.models import Person
from timebank.redemption import service as redemption

CITY = 3201
CLOCK = Actor.system("clock")
NOVEMBER = datetime(2026, 11, 20, 4, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 4, tzinfo=UTC)


def standing(scheme: int) -> int:
    account = books.account_of(CITY, "clearing", scheme)
    return books.balance(CITY, account).posted if account is not None else 0


@pytest.fixture
def streets(app: Flask) -> tuple[int, int]:
    """Yaohua and Wulaocun: rice for a saver of Wulaocun at Yaohua's desk, a helper of Yaohua for her too,
    and a helper of Wulaocun for Uncle Zhang of Yaohua."""
    with time_machine.travel(NOVEMBER, tick=False):
        places = town.town()
        other = factory.other_street(places.nanjing)
        saver = desk.saver(30, "陈浩", territory=town.WULAOCUN_COMMUNITY)
        redemption.redeem(town.clerk(), desk.takes(desk.shop(), saver, rice=2))
        zhang = town.person("张建国", birth_date=date(1944, 3, 5))
        make.give_hours(zhang, 600)
        visit(make.helper("徐梅", places.yaohua), saver, date(2026, 11, 17))
        there = make.helper("王芳", other)
        db.session.get_one(Person, there).territory_code = town.WULAOCUN_COMMUNITY
        db.session.commit()
        visit(there, zhang, date(2026, 11, 18))
    return places.yaohua, other


@one_engine
def test_the_month_is_netted_once_after_it_is_over(streets: tuple[int, int]) -> None:
    yaohua, other = streets
    with time_machine.travel(NOVEMBER, tick=False):
        assert net_past_months(CLOCK) == []
    assert (standing(yaohua), standing(other)) == (0, 0)
    with time_machine.travel(DECEMBER, tick=False):
        assert net_past_months(CLOCK) == ["3201 2026-11"]
        assert net_past_months(CLOCK) == []
    # 240 min of rice and 97 of help were used at Yaohua, 97 the other way.
    assert (standing(yaohua), standing(other)) == (240, -240)
    [line] = settling.pairs(town.auditor(), "2026-11")
    assert (line.forward_minutes, line.back_minutes, line.net_minutes) == (337, 97, 240)
    assert line.by_purpose == {"goods": 240, "visit": 0}
    with time_machine.travel(datetime(2027, 2, 1, 4, tzinfo=UTC), tick=False):
        assert net_past_months(CLOCK) == ["3201 2026-12", "3201 2027-01"]
    assert standing(other) == -240


def test_two_runs_at_once_net_once(streets: tuple[int, int], at_once) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        runs = at_once(*[lambda: net_past_months(CLOCK) for _ in range(3)])
    assert sorted(runs) == [[], [], ["3201 2026-11"]]
    assert standing(streets[0]) == 240


def test_what_was_undone_counts_as_what_it_was(streets: tuple[int, int]) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        sides = [ledger.ensure_account(CITY, "clearing", scheme, floor=None) for scheme in streets]
        for purpose, account in (("merge", sides), ("netting", sides[::-1])):
            made = ledger.post(CITY, *account, 300, key=purpose, purpose=purpose, actor=CLOCK)
            undone = ledger.reverse(CITY, made.id, key=f"{purpose} undone", reason="wrong", actor=CLOCK)
            ledger.reverse(CITY, undone.id, key=f"{purpose} done again", reason="right", actor=CLOCK)
    with time_machine.travel(DECEMBER, tick=False):
        net_past_months(CLOCK)
    [line] = settling.pairs(town.auditor(), "2026-11")
    assert (line.forward_minutes, line.back_minutes) == (337, 97)
    assert line.by_purpose == {"goods": 240, "visit": 0}


# -- paying ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def owed(streets: tuple[int, int]) -> tuple[int, int, int]:
    """November is netted: Wulaocun owes Yaohua 240 minutes.  The pair, Yaohua, Wulaocun."""
    with time_machine.travel(DECEMBER, tick=False):
        net_past_months(CLOCK)
        [line] = settling.pairs(town.auditor(), "2026-11")
    return line.id, *streets


def officer(street: str, name: str) -> Actor:
    return town.staff(Role.STREET_HEAD, street, name)


def all_clearing() -> int:
    """The clearing accounts of every time bank together."""
    return sum(standing(one.id) for one in schemes.schemes())


def fund(scheme: int) -> int:
    account = books.account_of(CITY, "fund", scheme)
    return books.balance(CITY, account).posted if account is not None else 0


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(Refused) as error:
        act()
    assert error.value.code == code


def pays(pair: int, reference: str = "") -> int:
    """Two people of Wulaocun pay; the number of the payment."""
    payment = service.pay(officer(town.WULAOCUN, "wang"), pair, reference)
    service.agree(officer(town.WULAOCUN, "li"), payment)
    return payment


def test_the_street_that_owes_pays_with_two_people_and_the_other_confirms(owed: tuple[int, int, int]) -> None:
    """Worked example: 337 min of Wulaocun used at Yaohua, 97 the other way: 240 leave Wulaocun's fund for Yaohua's."""
    pair, yaohua, other = owed
    wang, ours = officer(town.WULAOCUN, "wang"), officer(town.YAOHUA, "zhao")
    with time_machine.travel(DECEMBER, tick=False):
        before = all_clearing()  # opening balances
        assert (standing(yaohua), standing(other)) == (240, -240)
        with pytest.raises(NotAllowed):
            service.pay(ours, pair, "")
        payment = service.pay(wang, pair, "")
        refused("netting_paid_already", lambda: service.pay(wang, pair, ""))
        refused("netting_same", lambda: service.agree(wang, payment))
        assert standing(other) == -240  # nothing moved yet
        service.agree(officer(town.WULAOCUN, "li"), payment)
        assert (standing(yaohua), standing(other), all_clearing()) == (0, 0, before)
        assert (fund(yaohua), fund(other)) == (240, -240)
        with pytest.raises(NotAllowed):
            service.confirm(wang, payment)
        service.confirm(ours, payment)
        refused("netting_step_past", lambda: service.confirm(ours, payment))
        [line] = settling.pairs(ours, "2026-11")
    assert (line.payment and line.payment.state, line.open_minutes) == (PaymentState.CONFIRMED, 0)
    with time_machine.travel(datetime(2027, 1, 2, 4, tzinfo=UTC), tick=False):
        assert net_past_months(CLOCK) == ["3201 2026-12"]
        assert settling.pairs(ours, "2026-12") == []  # paying is no use of hours


def test_what_is_objected_to_is_undone_by_the_other_side_and_owed_again(owed: tuple[int, int, int]) -> None:
    pair, yaohua, other = owed
    ours, wang = officer(town.YAOHUA, "zhao"), officer(town.WULAOCUN, "wang")
    with time_machine.travel(DECEMBER, tick=False):
        payment = pays(pair)
        refused("reason_needed", lambda: service.object_to(ours, payment, " "))
        service.object_to(ours, payment, "The rice of 17 November was returned.")
        with pytest.raises(NotAllowed):
            service.undo(officer(town.YAOHUA, "qian"), payment)
        service.undo(wang, payment)
        assert (standing(yaohua), standing(other), fund(yaohua), fund(other)) == (240, -240, 0, 0)
        declined = service.pay(wang, pair, "")
        service.decline(wang, declined, "Typed twice")
        again = pays(pair)
        service.object_to(ours, again, "Not there yet")
        service.confirm(ours, again)
        assert (standing(yaohua), standing(other), sum(one.minutes for one in queries.standings(ours))) == (0, 0, 0)
        found = settling.pair(ours, pair)
    states = [one.state for one in found.payments]
    assert states == [PaymentState.UNDONE, PaymentState.DECLINED, PaymentState.CONFIRMED]


def test_outside_the_time_bank_the_paper_has_a_number(owed: tuple[int, int, int]) -> None:
    pair, yaohua, other = owed
    city = next(one for one in schemes.schemes() if one.parent_id is None)
    with time_machine.travel(DECEMBER, tick=False):
        set_parameter(
            town.operator(), NewValue(city.id, "tb.netting_way", "outside", clock.today(), "City rule", reason="agreed")
        )
        refused("netting_reference_missing", lambda: service.pay(officer(town.WULAOCUN, "wang"), pair, " "))
        pays(pair, "NJ-2026-118")
    assert (standing(yaohua), standing(other), fund(yaohua), fund(other)) == (0, 0, 0, 0)


def test_two_at_once_pay_once(owed: tuple[int, int, int], at_once) -> None:
    wang = officer(town.WULAOCUN, "wang")
    with time_machine.travel(DECEMBER, tick=False):

        def pay() -> str:
            try:
                return str(service.pay(wang, owed[0], ""))
            except Refused as error:
                return error.code

        assert sorted(at_once(pay, pay))[1] == "netting_paid_already"


@one_engine
def test_a_street_sees_only_the_pairs_in_which_its_own_time_bank_has_a_part(
    app: Flask, client, sign_in, owed: tuple[int, int, int]
) -> None:
    """The city's time bank is around every street: what it settles with another street is not theirs to read."""
    pair, yaohua, other = owed
    city = next(one.id for one in schemes.schemes() if one.parent_id is None)
    sums = {"forward_minutes": 60, "back_minutes": 0, "by_purpose": {"goods": 60}}
    row = NettedPair(tenant=CITY, month="2026-11", debtor_id=other, creditor_id=city, **sums)
    db.session.add(row)
    db.session.commit()
    foreign = row.id
    zhao, wang = officer(town.YAOHUA, "zhao"), officer(town.WULAOCUN, "wang")
    seen = {zhao: ([pair], {yaohua: 240}), wang: ([pair, foreign], {other: -300})}
    seen[town.auditor()] = ([pair, foreign], {city: 60, yaohua: 240, other: -300})
    with time_machine.travel(DECEMBER, tick=False):
        for actor, (pairs, standings) in seen.items():
            assert [line.id for line in settling.pairs(actor)] == pairs
            assert {one.scheme.id: one.minutes for one in queries.standings(actor)} == standings
        assert [settling.waiting(one).to_pay for one in (zhao, wang)] == [0, 2]
        with pytest.raises(NotFound):
            settling.pair(zhao, foreign)
        assert settling.pair(wang, foreign).line.net_minutes == 60
        sign_in(client, town.account_of(zhao))
        page = client.get("/netting").text
        assert f"/netting/pairs/{pair}" in page
        assert f"/netting/pairs/{foreign}" not in page
        assert client.get(f"/netting/pairs/{foreign}").status_code == 404
        steps = [
            Step("get_netting", "zhao", sees=lambda answer, _: [one["id"] for one in answer["items"]] == [pair]),
            Step("get_netted_pair", "wang", no={"zhao": 404}),
        ]
        Walk(app, {"zhao": zhao, "wang": wang}, {"pair_id": foreign}).through(steps)


def _line(answer: Any) -> Any:
    return answer["items"][0]


def _open(answer: Any) -> list[tuple[str, int]]:
    """What of other months is still open, as the page says it."""
    return [(one["payment"]["state"], one["open_minutes"]) for one in answer["still_open"]]


NETTING = [
    Step("get_netting", "auditor", no={"broker": 403}, sees=lambda answer, _: _line(answer)["net_minutes"] == 240),
    Step("pay_netting", "wang", {"reference": ""}, no={"zhao": 403, "broker": 403}, keep="payment_id"),
    Step("decline_netting", "wang", {"reason": "Not now"}, no={"zhao": 403}),
    Step("pay_netting", "wang", {"reference": "7"}, keep="payment_id"),
    Step("agree_netting", "li", no={"wang": 422, "zhao": 403}),
    Step("get_netting", "zhao", query="month=2026-10", sees=lambda answer, _: _open(answer) == [("paid", 0)]),
    Step("object_netting", "zhao", {"reason": "One visit too many"}, no={"broker": 403}),
    Step("confirm_netting", "zhao", no={"wang": 403}),
    Step("get_netting", "zhao", query="month=2026-10", sees=lambda answer, _: _open(answer) == []),
    Step("object_netting", "zhao", {"reason": "One visit too many all the same"}),
    Step("undo_netting", "li", no={"zhao": 403}),
    Step("get_netted_pair", "zhao", no={"broker": 403}, sees=lambda answer, _: answer["line"]["open_minutes"] == 240),
]


def test_programs_pay_as_people_do(app: Flask, owed: tuple[int, int, int]) -> None:
    actors = {
        "auditor": town.auditor(),
        "broker": town.broker(),
        "wang": officer(town.WULAOCUN, "wang"),
        "li": officer(town.WULAOCUN, "li"),
        "zhao": officer(town.YAOHUA, "zhao"),
    }
    with time_machine.travel(DECEMBER, tick=False):
        Walk(app, actors, {"pair_id": owed[0]}).through(NETTING)


def test_the_pages_say_who_owes_whom_and_lead_through_paying(
    app: Flask, client, zh_client, sign_in, statements, streets: tuple[int, int]
) -> None:
    wang, li, zhao = officer(town.WULAOCUN, "wang"), officer(town.WULAOCUN, "li"), officer(town.YAOHUA, "zhao")
    with time_machine.travel(DECEMBER, tick=False):
        assert "3201 2026-11" in JOBS[0].function()
        sign_in(client, town.account_of(town.auditor()))
        with statements(20):
            page = client.get("/netting").text
        assert "Wulaocun time bank owes" in page
        assert "is owed" in page
        assert "5 h 37 min" in page
        assert "月度明细" in sign_in(zh_client, town.account_of(town.auditor())).get("/netting").text
        assert "No hours were used" in client.get("/netting?month=2026-09").text
        [line] = settling.pairs(wang, "2026-11")
        pair = f"/netting/pairs/{line.id}"
        sign_in(client, town.account_of(wang))
        assert "Month owed to another time bank is to be paid" in client.get("/").text
        assert client.post(f"{pair}/pay", data={"reference": ""}).status_code == 303
        page = client.get(pair).text
        assert "You wrote this payment down" in page
        assert "Take it back" in page
        step = f"/netting-payments/{settling.pair(zhao, line.id).payments[0].id}"
        sign_in(client, town.account_of(li))
        assert "Payment to another time bank waits for a second person" in client.get("/").text
        page = client.get(pair).text
        assert f'action="{step}/agree"' in page
        assert "You wrote this payment down" not in page
        client.post(f"{step}/agree")
        sign_in(client, town.account_of(zhao))
        assert "Payment of another time bank waits for your word" in client.get("/").text
        page = client.get("/netting?month=2026-10").text
        assert "Still open from other months" in page, "paid, and not confirmed yet"
        assert pair in page
        assert "The payment is in the books." in client.get(pair).text, "nobody reads that it is owed still"
        assert client.post(f"{step}/object", data={"reason": "Counted twice"}).status_code == 303
        sign_in(client, town.account_of(li))
        assert f'action="{step}/undo"' in client.get(pair).text
        client.post(f"{step}/undo")
        with statements(20):
            page = client.get(pair).text
        assert all(words in page for words in ("Counted twice", "Undone by opposite lines", "Still owed"))
    with time_machine.travel(datetime(2027, 1, 20, 4, tzinfo=UTC), tick=False):
        assert "This should have been paid by" in sign_in(client, town.account_of(li)).get(pair).text
        assert "overdue since" in client.get("/netting").text
