"""The verbs of the ledger, on both databases: the worked examples of the books, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.factories import ledger
from tests.factories.ledger import CLOCK, TENANT, key
from timebank.core import clock
from timebank.core.db import transaction
from timebank.core.errors import Conflict, Refused
from timebank.ledger import queries, service
from timebank.ledger.errors import (
    AccountClosed,
    AccountFrozen,
    HoldResolved,
    InsufficientTime,
    KeyReused,
    LimitRefused,
    NoSuchAccount,
    OverCeiling,
    RefMismatch,
    UnitMismatch,
)

T = TENANT
pytestmark = pytest.mark.usefixtures("app")


def posted(account: int) -> int:
    return queries.balance(T, account).posted


def sums() -> dict[str, int]:
    return queries.books(T).sums


# -- worked examples ---------------------------------------------------------------------------------------------------


def test_f1_credited_minutes_arrive_as_they_were_credited():
    elder, volunteer = ledger.member(1, 300), ledger.member(2)
    receipt = ledger.pay(elder, volunteer, 90, purpose="visit", memo="97 min, nearest quarter: 90 min")
    line = queries.statement(T, volunteer).items[0]
    assert (line.amount, line.balance, line.seq) == (90, 90, 1)
    assert line.memo == "97 min, nearest quarter: 90 min"
    assert line.transfer_id == receipt.id


def test_f2_what_is_above_the_cap_goes_to_the_pot_and_all_three_sum_to_zero():
    volunteer = ledger.member(1, 89_970, ceiling=90_000)
    elder, pot = ledger.member(2, 97), service.ensure_account(T, "pot", 1)
    hold = ledger.promise(elder, volunteer, 97)
    with pytest.raises(OverCeiling):
        service.capture(T, hold, key=key(), actor=CLOCK)
    group = queries.transfer(T, hold).id
    service.capture(T, hold, amount=30, key=key(), actor=CLOCK, group=group)
    ledger.pay(elder, pot, 67, purpose="overflow", group=group)
    assert (posted(volunteer), posted(pot), posted(elder)) == (90_000, 67, 0)
    assert sums() == {"min": 0}


@pytest.mark.parametrize(
    ("debit", "credit", "purpose"),
    [
        ("member", "member", "visit"),
        ("grant", "member", "visit"),
        ("fund", "grant", "grant"),
        ("grant", "fund", "grant_expiry"),
        ("issued", "member", "visit"),
        ("member", "pot", "donation"),
        ("pot", "member", "pot"),
        ("member", "sink", "goods"),
    ],
)
def test_f3_every_event_is_two_entries_that_sum_to_zero(debit: str, credit: str, purpose: str):
    payer, receiver = service.ensure_account(T, debit, 1), service.ensure_account(T, credit, 2)
    if debit not in ("fund", "issued"):
        ledger.give(payer, 97)
    receipt = ledger.pay(payer, receiver, 97, purpose=purpose)
    amounts = [queries.statement(T, account).items[0].amount for account in (payer, receiver)]
    assert amounts == [-97, 97]
    assert sums() == {"min": 0}
    service.reverse(T, receipt.id, key=key(), reason="annulled", actor=CLOCK)
    assert posted(receiver) == 0
    assert sums() == {"min": 0}


def test_f3_the_fund_may_fall_below_zero_and_that_is_what_it_owes():
    ledger.give(service.ensure_account(T, "grant", 1), 600, "grant")
    books = queries.books(T)
    assert (books.fund_owes, books.granted, books.liability) == (600, 600, 0)


def test_f5_available_is_the_balance_without_what_is_on_hold():
    account, other = ledger.member(1, 600), ledger.member(2)
    ledger.promise(account, other, 240)
    assert queries.balance(T, account) == queries.Balance(posted=600, held=240, available=360, seq=1)
    with pytest.raises(InsufficientTime) as refused:
        ledger.pay(account, other, 361)
    assert refused.value.facts == {"available_minutes": 360, "needed_minutes": 361}
    ledger.pay(account, other, 360)
    assert queries.balance(T, account).available == 0


# -- holds -------------------------------------------------------------------------------------------------------------


def test_a_captured_part_frees_the_rest():
    elder, volunteer = ledger.member(1, 120), ledger.member(2)
    hold = ledger.promise(elder, volunteer, 120)
    service.capture(T, hold, amount=90, key=key(), actor=CLOCK)
    assert queries.balance(T, elder) == queries.Balance(30, 0, 30, 2)
    assert posted(volunteer) == 90


def test_a_hold_for_a_helper_not_yet_known_is_captured_for_the_one_who_came():
    elder, clearing, volunteer = ledger.member(1, 60), service.ensure_account(T, "clearing", 1), ledger.member(2)
    hold = ledger.promise(elder, clearing, 60)
    service.capture(T, hold, credit=volunteer, key=key(), actor=CLOCK)
    assert posted(volunteer) == 60


def test_a_hold_ends_once():
    elder, volunteer = ledger.member(1, 120), ledger.member(2)
    hold = ledger.promise(elder, volunteer, 60)
    service.release(T, hold, key=key(), reason="ill", actor=CLOCK)
    assert queries.balance(T, elder).available == 120
    for again in (service.capture, service.release):
        with pytest.raises(HoldResolved):
            again(T, hold, key=key(), actor=CLOCK, **({"reason": "x"} if again is service.release else {}))


def test_no_more_is_captured_than_was_held():
    elder, volunteer = ledger.member(1, 120), ledger.member(2)
    hold = ledger.promise(elder, volunteer, 60)
    with pytest.raises(RefMismatch):
        service.capture(T, hold, amount=61, key=key(), actor=CLOCK)


def test_a_promise_is_freed_when_its_time_is_over():
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC), tick=False) as now:
        elder, volunteer = ledger.member(1, 120), ledger.member(2)
        ledger.promise(elder, volunteer, 60, hours=1)
        kept = ledger.promise(elder, volunteer, 30, hours=3)
        assert service.sweep_holds() == 0
        now.shift(timedelta(hours=2))
        assert service.sweep_holds() == 1
        assert service.sweep_holds() == 0
        assert [hold.transfer_id for hold in queries.open_holds(T, [elder])] == [kept]
    assert queries.balance(T, elder).held == 30


# -- reversal ----------------------------------------------------------------------------------------------------------


def test_a_capture_is_reversed_once():
    elder, volunteer = ledger.member(1, 60), ledger.member(2)
    captured = service.capture(T, ledger.promise(elder, volunteer, 60), key=key(), actor=CLOCK)
    service.reverse(T, captured.id, key=key(), reason="not done", actor=CLOCK)
    assert (posted(elder), posted(volunteer)) == (60, 0)
    with pytest.raises(HoldResolved):
        service.reverse(T, captured.id, key=key(), reason="again", actor=CLOCK)


def test_hours_that_were_spent_since_cannot_be_taken_back():
    elder, volunteer, third = ledger.member(1, 60), ledger.member(2), ledger.member(3)
    receipt = ledger.pay(elder, volunteer, 60)
    ledger.pay(volunteer, third, 60)
    with pytest.raises(InsufficientTime):
        service.reverse(T, receipt.id, key=key(), reason="late", actor=CLOCK)


def test_a_hold_is_released_not_reversed():
    elder, volunteer = ledger.member(1, 60), ledger.member(2)
    with pytest.raises(RefMismatch):
        service.reverse(T, ledger.promise(elder, volunteer, 60), key=key(), reason="x", actor=CLOCK)


# -- once --------------------------------------------------------------------------------------------------------------


def test_the_same_key_posts_once_and_answers_the_same():
    elder, volunteer = ledger.member(1, 60), ledger.member(2)
    first = ledger.pay(elder, volunteer, 60, key="visit:1:credit")
    again = ledger.pay(elder, volunteer, 60, key="visit:1:credit", memo="other words")
    assert (again.id, again.replayed, first.replayed) == (first.id, True, False)
    assert posted(volunteer) == 60


def test_the_same_key_with_other_content_is_a_conflict():
    elder, volunteer = ledger.member(1, 60), ledger.member(2)
    ledger.pay(elder, volunteer, 30, key="visit:1:credit")
    with pytest.raises(KeyReused) as refused:
        ledger.pay(elder, volunteer, 31, key="visit:1:credit")
    assert isinstance(refused.value, Conflict)


def test_a_retried_capture_answers_with_the_first_one():
    elder, volunteer = ledger.member(1, 60), ledger.member(2)
    hold = ledger.promise(elder, volunteer, 60)
    first = service.capture(T, hold, key="visit:1", actor=CLOCK)
    assert service.capture(T, hold, key="visit:1", actor=CLOCK).id == first.id


def test_an_account_is_opened_once():
    assert ledger.member(1) == ledger.member(1)
    assert service.ensure_account(T, "grant", 1) != ledger.member(1)
    assert service.ensure_account(1201, "member", 1) != ledger.member(1)


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [0, -5])
def test_only_amounts_above_zero_move(amount: int):
    with pytest.raises(Refused) as refused:
        ledger.pay(ledger.member(1, 60), ledger.member(2), amount)
    assert refused.value.code == "amount_not_positive"


def test_hours_do_not_become_pieces():
    rice = service.ensure_account(T, "stock", 1, unit="sku:rice")
    with pytest.raises(UnitMismatch):
        ledger.pay(ledger.member(1, 60), rice, 1)


def test_pieces_on_the_shelf_never_fall_below_zero():
    source = service.ensure_account(T, "stock_source", 1, unit="sku:rice")
    shelf = service.ensure_account(T, "stock", 1, unit="sku:rice")
    ledger.pay(source, shelf, 3, purpose="stock")
    with pytest.raises(InsufficientTime):
        ledger.pay(shelf, source, 4, purpose="goods")
    assert sums() == {"sku:rice": 0}


def test_an_account_of_another_city_is_no_account_here():
    there = service.ensure_account(1201, "member", 1)
    with pytest.raises(NoSuchAccount):
        ledger.pay(ledger.member(1, 60), there, 10)


def test_a_frozen_account_neither_gives_nor_takes_but_frees_and_corrects():
    elder, volunteer = ledger.member(1, 100), ledger.member(2)
    paid, hold = ledger.pay(elder, volunteer, 10), ledger.promise(elder, volunteer, 20)
    limit(elder, state="frozen")
    for act in (lambda: ledger.pay(elder, volunteer, 1), lambda: ledger.give(elder, 1)):
        with pytest.raises(AccountFrozen):
            act()
    with pytest.raises(AccountFrozen):
        service.capture(T, hold, key=key(), actor=CLOCK)
    service.release(T, hold, key=key(), reason="x", actor=CLOCK)
    service.reverse(T, paid.id, key=key(), reason="x", actor=CLOCK)
    assert queries.balance(T, elder).available == 100


def test_a_closed_account_is_empty_and_stays_closed():
    elder, volunteer = ledger.member(1, 10), ledger.member(2)
    with pytest.raises(LimitRefused):
        limit(elder, state="closed")
    ledger.pay(elder, volunteer, 10)
    limit(elder, state="closed")
    with pytest.raises(AccountClosed):
        ledger.pay(volunteer, elder, 5)
    with pytest.raises(AccountClosed):
        limit(elder, state="open")


def test_an_overdraft_is_allowed_down_to_the_floor_that_somebody_answers_for():
    elder, volunteer = ledger.member(1, 10), ledger.member(2)
    limit(elder, floor=-60)
    ledger.pay(elder, volunteer, 70)
    with pytest.raises(InsufficientTime):
        ledger.pay(elder, volunteer, 1)
    with pytest.raises(LimitRefused):
        limit(elder, floor=0)


def limit(account: int, floor: int | None = 0, ceiling: int | None = None, state: str = "open") -> None:
    change = service.LimitChange(T, account, floor, ceiling, state, "asked by the committee")
    service.change_limits(CLOCK, change, key=key())


# -- several in one transaction ----------------------------------------------------------------------------------------


def test_a_refusal_inside_a_larger_transaction_can_be_answered_by_another_transfer():
    elder, pot, volunteer = ledger.member(1, 10), service.ensure_account(T, "pot", 1), ledger.member(2)
    ledger.give(pot, 60)

    @transaction
    def pay_from_where_there_is_some() -> None:
        try:
            ledger.pay(elder, volunteer, 60)
        except InsufficientTime:
            ledger.pay(pot, volunteer, 60, purpose="pot")

    pay_from_where_there_is_some()
    assert (posted(elder), posted(pot), posted(volunteer)) == (10, 0, 60)


def test_what_fails_later_takes_the_transfer_with_it():
    elder, volunteer = ledger.member(1, 60), ledger.member(2)

    @transaction
    def half() -> None:
        service.lock_accounts(T, [elder, volunteer])
        ledger.pay(elder, volunteer, 60)
        raise Refused("no_stock")

    with pytest.raises(Refused):
        half()
    assert (posted(elder), posted(volunteer)) == (60, 0)
    assert queries.balance(T, volunteer).seq == 0


def test_locking_needs_a_transaction():
    with pytest.raises(RuntimeError):
        service.lock_accounts(T, [1])


def test_many_at_once_are_all_kept_or_none():
    elder, volunteer = ledger.member(1, 100), ledger.member(2)
    items = [service.Post(elder, volunteer, 60, "grant"), service.Post(elder, volunteer, 60, "grant")]
    with pytest.raises(InsufficientTime):
        service.post_many(T, items, key="run:1", actor=CLOCK)
    assert posted(elder) == 100
    first, second = service.post_many(T, items, key="run:1", actor=CLOCK, atomic=False)
    assert isinstance(first, service.Receipt)
    assert isinstance(second, InsufficientTime)
    assert posted(elder) == 40
    again = service.post_many(T, items[:1], key="run:1", actor=CLOCK)
    assert again[0].id == first.id  # type: ignore[union-attr]
    assert posted(elder) == 40


# -- reading -----------------------------------------------------------------------------------------------------------


def test_a_statement_pages_by_key_and_keeps_the_running_balance():
    elder, volunteer = ledger.member(1, 100), ledger.member(2)
    for _ in range(7):
        ledger.pay(elder, volunteer, 10)
    seen, before = [], None
    while True:
        page = queries.statement(T, volunteer, before=before, limit=3)
        seen += [(line.seq, line.balance) for line in page.items]
        if page.next is None:
            break
        before = int(page.next)
    assert seen == [(n, n * 10) for n in range(7, 0, -1)]


def test_balances_of_many_members_come_in_one_statement(statements):
    ledger.member(1, 100)
    ledger.member(2, 50)
    with statements(1):
        found = queries.member_balance(T, [1, 2, 3])
    assert [found[person].available for person in (1, 2, 3)] == [100, 50, 0]


def test_when_it_happened_and_when_it_was_written_are_two_things():
    elder, volunteer = ledger.member(1, 100), ledger.member(2)
    tuesday = clock.now() - timedelta(days=5)
    ledger.pay(elder, volunteer, 10, event_at=tuesday)
    line = queries.statement(T, volunteer).items[0]
    assert line.event_at == tuesday
    assert line.created_at > tuesday
