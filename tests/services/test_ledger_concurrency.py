"""Many at once on one account, in threads and in processes, on both databases: nothing is spent twice."""

from __future__ import annotations

import pytest

from tests.factories import ledger, ledger_processes
from tests.factories.ledger import CLOCK, TENANT, key
from timebank.core.db import transaction
from timebank.core.errors import TimebankError
from timebank.ledger import queries, service
from timebank.ledger.errors import HoldResolved
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import verify

T = TENANT
pytestmark = [pytest.mark.concurrency, pytest.mark.usefixtures("app")]


def assert_sound() -> None:
    with snapshot() as connection:
        verdict = verify(connection)
    assert verdict.sound, verdict.findings


def outcome(answers: list[object]) -> dict[str, int]:
    """How often each kind of answer came; anything but a receipt or a refusal is an error of ours."""
    strange = [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, TimebankError)]
    assert not strange, strange
    names = [type(answer).__name__ for answer in answers]
    return {name: names.count(name) for name in names}


def test_eight_threads_cannot_spend_the_same_hour_twice(at_once):
    payer, receiver = ledger.member(1, 100), ledger.member(2)
    answers = at_once(*[lambda: ledger.pay(payer, receiver, 60)] * 8)
    assert outcome(answers) == {"Receipt": 1, "InsufficientTime": 7}
    assert queries.balance(T, payer) == queries.Balance(40, 0, 40, 2)
    assert_sound()


def test_eight_threads_cannot_promise_the_same_hour_twice(at_once):
    payer, receiver = ledger.member(1, 100), ledger.member(2)
    answers = at_once(*[lambda: ledger.promise(payer, receiver, 40)] * 8)
    assert outcome(answers) == {"UUID": 2, "InsufficientTime": 6}
    assert queries.balance(T, payer).available == 20
    assert_sound()


def test_one_hold_is_taken_or_freed_by_one_of_eight(at_once):
    payer, receiver = ledger.member(1, 100), ledger.member(2)
    hold = ledger.promise(payer, receiver, 60)
    take = [lambda: service.capture(T, hold, key=key(), actor=CLOCK)] * 4
    free = [lambda: service.release(T, hold, key=key(), reason="late", actor=CLOCK)] * 4
    assert outcome(at_once(*take, *free)) == {"Receipt": 1, HoldResolved.__name__: 7}
    assert_sound()


def test_a_transfer_is_reversed_by_one_of_eight(at_once):
    payer, receiver = ledger.member(1, 100), ledger.member(2, 100)
    paid = ledger.pay(payer, receiver, 60)
    answers = at_once(*[lambda: service.reverse(T, paid.id, key=key(), reason="x", actor=CLOCK)] * 8)
    assert outcome(answers) == {"Receipt": 1, HoldResolved.__name__: 7}
    assert queries.balance(T, payer).posted == 100


def test_the_same_request_from_eight_threads_is_one_transfer(at_once):
    payer, receiver = ledger.member(1, 100), ledger.member(2)
    answers = at_once(*[lambda: ledger.pay(payer, receiver, 60, key="visit:7:credit")] * 8)
    assert outcome(answers) == {"Receipt": 8}
    assert len({answer.id for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert queries.balance(T, receiver).posted == 60


def test_one_account_is_opened_by_eight(at_once):
    answers = at_once(*[lambda: service.ensure_account(T, "member", 77)] * 8)
    assert len(set(answers)) == 1
    assert isinstance(answers[0], int)


def test_two_desks_that_take_hours_and_goods_in_opposite_order_do_not_wait_for_each_other(at_once):
    members = [ledger.member(owner, 1000) for owner in (1, 2)]
    sink = service.ensure_account(T, "sink", 1)
    source = service.ensure_account(T, "stock_source", 1, unit="sku:rice")
    shelf = service.ensure_account(T, "stock", 1, unit="sku:rice")
    ledger.pay(source, shelf, 20, purpose="stock")

    @transaction
    def redeem(member: int, goods_first: bool) -> None:
        service.lock_accounts(T, [sink, shelf, source, member])
        steps = [(member, sink, 60), (shelf, source, 1)]
        for debit, credit, amount in reversed(steps) if goods_first else steps:
            ledger.pay(debit, credit, amount, purpose="goods")

    acts = [lambda m=member, g=number % 2 == 0: redeem(m, g) for number, member in enumerate(members * 4)]
    assert outcome(at_once(*acts)) == {"NoneType": 8}
    assert queries.balance(T, shelf).posted == 12
    assert_sound()


def test_eight_processes_empty_an_account_to_its_floor_and_no_further():
    payer, receiver = ledger.member(1, 505), ledger.member(2)
    seen = ledger_processes.together(ledger_processes.spend, [payer, receiver], processes=8, times=10)
    assert seen == {"posted": 50, "insufficient_time": 30}
    assert queries.balance(T, payer) == queries.Balance(5, 0, 5, 51)
    assert queries.books(T).sums == {"min": 0}
    assert_sound()


def test_eight_processes_that_repeat_each_other_post_each_request_once():
    payer, receiver = ledger.member(1, 1000), ledger.member(2)
    seen = ledger_processes.together(ledger_processes.storm, [payer, receiver], processes=8, times=15)
    assert seen == {"posted": 15, "replayed": 105}
    assert queries.balance(T, receiver).posted == 150
    assert_sound()


def test_processes_that_pay_in_both_directions_round_a_circle_all_come_through():
    accounts = [ledger.member(owner, 100) for owner in range(1, 6)]
    seen = ledger_processes.together(ledger_processes.circle, accounts, processes=8, times=15)
    assert seen == {"posted": 120}
    assert sum(balance.posted for balance in queries.balances(T, accounts).values()) == 500
    assert_sound()
