"""Months are closed: nothing is dated back into them, and what stands there is undone by two people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.conftest import findings
from tests.factories import exchange_visits as make
from tests.factories import ledger, town
from tests.factories.ledger import TENANT, key
from tests.servers import as_owner
from timebank.access.rules.roles import Role
from timebank.core import hooks
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models import Visit
from timebank.exchange.service import visits
from timebank.ledger import queries, service
from timebank.ledger.errors import HoldResolved, InsufficientTime, MonthClosed, SecondPersonNeeded
from timebank.ledger.models import ReversalRequest
from timebank.ledger.queries import closings, month, reversals
from timebank.ledger.service.closing import close_month
from timebank.ledger.service.second import ask_reversal, decide_reversal, withdraw_reversal

T = TENANT
OCTOBER = datetime(2026, 10, 30, 2, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 7, 2, tzinfo=UTC)
FIRST_OF_NOVEMBER = datetime(2026, 10, 31, 16, tzinfo=UTC)  # civil midnight in Nanjing


@pytest.fixture
def books(app) -> Iterator[SimpleNamespace]:
    """Two members of Yaohua; 90 minutes paid in October; it is November."""
    town.town()
    elder, helper = town.person("张桂英", town.YAOXIN), town.person("徐梅", town.YAOXIN)
    with time_machine.travel(OCTOBER, tick=True):
        accounts = ledger.member(elder, 600), ledger.member(helper)
        paid = ledger.pay(*accounts, 90, purpose="visit", memo="October")
    with time_machine.travel(NOVEMBER, tick=True):
        yield SimpleNamespace(elder=accounts[0], helper=accounts[1], paid=paid.id)


@pytest.fixture
def closed(books) -> SimpleNamespace:
    """The same with October closed."""
    close_month(town.operator(), T, "2026-10", key=key())
    return books


def posted(account: int) -> int:
    return queries.balance(T, account).posted


def refused(code: str, act) -> Refused:
    with pytest.raises(Refused) as error:
        act()
    assert error.value.code == code, error.value.code
    return error.value


# -- closing -----------------------------------------------------------------------------------------------------------


def test_a_closed_month_keeps_who_closed_it_its_figures_and_the_newest_seal(books):
    operator = town.operator()
    assert close_month(operator, T, "2026-10", "counted", key="one") == "2026-10"
    (found,) = closings.closings(T)
    assert (found.month, found.actor_id, found.note) == ("2026-10", operator.account_id, "counted")
    assert (found.ends_at, found.transfers, found.liability, found.seal_n) == (FIRST_OF_NOVEMBER, 2, 600, 1)
    assert close_month(operator, T, "2026-10", "counted", key="one") == "2026-10"  # the second click
    assert not findings()


def test_only_the_oldest_month_that_is_over_is_closed_and_only_once(books):
    operator = town.operator()
    assert closings.next_to_close(T, NOVEMBER.date()) == "2026-10"
    refused("month_not_over", lambda: close_month(operator, T, "2026-11"))
    refused("bad_month", lambda: close_month(operator, T, "October"))
    refused("not_the_next_month", lambda: close_month(operator, T, "2026-09"))
    close_month(operator, T, "2026-10")
    refused("already_closed", lambda: close_month(operator, T, "2026-10"))
    refused("already_closed", lambda: close_month(operator, T, "2026-08"))
    assert closings.next_to_close(T, NOVEMBER.date()) is None
    with time_machine.travel(NOVEMBER + timedelta(days=70)):
        error = refused("not_the_next_month", lambda: close_month(operator, T, "2026-12"))
        assert error.facts["next"] == "2026-11"
        close_month(operator, T, "2026-11")


def test_only_the_operator_of_the_whole_city_closes(books):
    for somebody in (town.operator(town.YAOHUA, "street"), town.auditor(), town.broker()):
        with pytest.raises(NotAllowed):
            close_month(somebody, T, "2026-10")
    assert not closings.closings(T)


def test_open_points_are_acknowledged_and_kept_in_the_note(books, monkeypatch, in_english):
    asked = []

    def waiting(tenant: int, ends_at: datetime) -> list[tuple[str, int, str]]:
        asked.append((tenant, ends_at))
        return [("Visits in dispute", 2, "/visits"), ("Nothing", 0, "")]

    hooks.load()
    monkeypatch.setitem(hooks._listeners, "before_closing", [waiting])
    points = closings.before_closing(T, "2026-10")
    assert [(point.count, point.settled) for point in points] == [(2, False), (1, True), (2, True)]
    assert refused("points_open", lambda: close_month(town.operator(), T, "2026-10")).facts == {"points": 1}
    assert asked[0] == (T, FIRST_OF_NOVEMBER)
    close_month(town.operator(), T, "2026-10", "Mr Zhao knows", True)
    assert closings.closing(T, "2026-10").note == "Mr Zhao knows · Visits in dispute: 2"


def test_an_overdue_promise_is_an_open_point(books):
    with time_machine.travel(OCTOBER):
        ledger.promise(books.elder, books.helper, 30, hours=2)
        ledger.promise(books.elder, books.helper, 30, hours=2400)
    assert [point.count for point in closings.before_closing(T, "2026-10") if not point.settled] == [1]


def test_the_trial_balance_of_a_closed_month_never_changes(closed):
    before = month.trial_balance(T, "2026-10")
    ledger.pay(closed.helper, closed.elder, 30)
    lines = {line.kind.value: line for line in month.trial_balance(T, "2026-10")}
    assert list(lines.values()) == before
    assert (lines["member"].opening, lines["member"].came, lines["member"].went, lines["member"].closing) == (
        *(0, 690, 90),
        600,
    )
    assert sum(line.closing for line in before) == 0
    november = {line.kind.value: line for line in month.trial_balance(T, "2026-11")}
    assert (november["member"].opening, november["member"].came, november["member"].closing) == (600, 30, 600)


def test_the_command_line_closes_and_lists(books, app):
    def run(*words: str):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["ledger", *words, "--tenant", str(T)])

    with time_machine.travel(OCTOBER):
        ledger.promise(books.elder, books.helper, 30, hours=2)
    refusal = run("close", "--month", "2026-10")
    assert refusal.exit_code == 1
    assert refusal.output.endswith(": 1\n")  # the open point
    assert run("close", "--month", "2026-10", "--note", "counted", "--acknowledge").output == "2026-10 is closed\n"
    assert "counted" in run("closings").output
    assert run("close", "--month", "2026-11").exit_code == 1


# -- dating back -------------------------------------------------------------------------------------------------------


def test_nothing_is_dated_back_into_a_closed_month(closed):
    with pytest.raises(MonthClosed):
        ledger.pay(closed.elder, closed.helper, 30, event_at=OCTOBER)
    with pytest.raises(MonthClosed):
        ledger.promise(closed.elder, closed.helper, 30, event_at=OCTOBER)
    ledger.pay(closed.elder, closed.helper, 30, event_at=FIRST_OF_NOVEMBER)
    assert posted(closed.helper) == 120


def test_the_open_moment_is_the_first_one_after_the_closed_month(closed):
    assert closings.open_moment(T, OCTOBER) == FIRST_OF_NOVEMBER
    assert closings.open_moment(T, NOVEMBER) == NOVEMBER
    assert closings.open_moment(1201, OCTOBER) == OCTOBER  # another city


def insert(**changes: object) -> str:
    """What the database says to a row that somebody inserts at a prompt."""
    db.session.commit()
    columns = "tenant_id, kind, debit_id, credit_id, amount, req_hash, event_at, purpose, memo, actor_name, second_name"
    row = db.session.execute(text(f"SELECT {columns} FROM transfer WHERE purpose = 'visit'")).one()._asdict()
    now = row["event_at"].replace("10-30", "11-07") if isinstance(row["event_at"], str) else NOVEMBER
    given = uuid4() if db.engine.dialect.name == "postgresql" else uuid4().hex
    values = {**row, "id": given, "idem_key": key(), "created_at": now, "ref_id": None, **changes}
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.session.rollback()
    try:
        with db.engine.begin() as connection:
            connection.execute(text(f"INSERT INTO transfer ({names}) VALUES ({places})"), values)
    except DBAPIError as error:
        return str(error.orig)
    return ""


def test_a_person_with_an_sql_prompt_cannot_date_back_either(closed):
    assert "month_closed" in insert()


def test_nor_reverse_alone_or_with_oneself(closed):
    now = db.session.execute(text("SELECT event_at FROM transfer WHERE purpose = 'visit'")).scalar_one()
    opposite = {
        "kind": "reverse",
        "ref_id": closed.paid if db.engine.dialect.name == "postgresql" else closed.paid.hex,
        "debit_id": closed.helper,
        "credit_id": closed.elder,
        "event_at": now.replace("10-30", "11-07") if isinstance(now, str) else NOVEMBER,
    }
    assert "second_person_needed" in insert(**opposite)
    assert "second_is_another" in insert(**opposite, actor_id=7, second_id=7)
    assert insert(**opposite, actor_id=7, second_id=8) == ""


def test_a_closing_is_neither_changed_nor_taken_back(closed):
    for statement in ("UPDATE ledger_closing SET note = 'x'", "DELETE FROM ledger_closing"):
        with pytest.raises(DBAPIError, match="append_only"), as_owner(db.engine) as connection:
            connection.execute(text(statement))


# -- the second person -------------------------------------------------------------------------------------------------


def colleagues() -> tuple[town.Actor, town.Actor]:
    return town.operator(), town.operator(name="second-operator")


def test_one_person_alone_does_not_reverse_what_is_closed(closed):
    first, _ = colleagues()
    with pytest.raises(SecondPersonNeeded):
        service.reverse_by_hand(first, T, str(closed.paid), "wrong", key=key())
    with pytest.raises(SecondPersonNeeded):
        service.reverse(T, closed.paid, key=key(), reason="x", actor=first, second=first)
    assert posted(closed.helper) == 90


def test_two_people_reverse_it_and_the_books_name_both(closed):
    first, second = colleagues()
    request = ask_reversal(first, T, str(closed.paid), "wrong person", key=key())
    assert posted(closed.helper) == 90
    assert (reversals.waiting_for(first), reversals.waiting_for(second)) == (0, 1)
    made = decide_reversal(second, request, True, key=key())
    assert posted(closed.helper) == 0
    row = db.session.execute(text("SELECT actor_id, second_id, memo FROM transfer WHERE kind = 'reverse'")).one()
    assert tuple(row) == (first.account_id, second.account_id, "wrong person")
    line = reversals.reversal(first, request)
    assert (line.decision, line.decided_by, str(line.reversal_id)) == ("agreed", second.account_id, made)
    assert not findings()


def test_who_asked_cannot_agree(closed):
    first, _ = colleagues()
    request = ask_reversal(first, T, str(closed.paid), "wrong", key=key())
    refused("second_is_the_same", lambda: decide_reversal(first, request, True, key=key()))
    assert posted(closed.helper) == 90


def test_a_declined_request_keeps_the_note_and_may_be_asked_again(closed):
    first, second = colleagues()
    request = ask_reversal(first, T, str(closed.paid), "wrong", key=key())
    refused("reversal_asked", lambda: ask_reversal(second, T, str(closed.paid), "me too", key=key()))
    refused("note_missing", lambda: decide_reversal(second, request, False, " ", key=key()))
    assert decide_reversal(second, request, False, "it was right", key=key()) is None
    assert reversals.reversal(first, request).note == "it was right"
    refused("reversal_decided", lambda: decide_reversal(second, request, True, key=key()))
    assert posted(closed.helper) == 90
    assert ask_reversal(second, T, str(closed.paid), "look again", key=key()) != request


def test_who_asked_takes_it_back_while_it_waits_and_nobody_else_does(closed):
    first, second = colleagues()
    request = ask_reversal(first, T, str(closed.paid), "wrong", key=key())
    with pytest.raises(NotAllowed):
        withdraw_reversal(second, request, key=key())
    pressed = key()
    assert withdraw_reversal(first, request, key=pressed) == withdraw_reversal(first, request, key=pressed) == request
    line = reversals.reversal(second, request)
    assert (line.decision, line.decided_by, reversals.waiting_for(second)) == ("withdrawn", None, 0)
    refused("reversal_decided", lambda: decide_reversal(second, request, True, key=key()))
    refused("reversal_decided", lambda: withdraw_reversal(first, request, key=key()))
    assert posted(closed.helper) == 90
    assert ask_reversal(second, T, str(closed.paid), "look again", key=key()) != request


def test_an_open_month_needs_nobody_else(books):
    first, _ = colleagues()
    refused("no_second_needed", lambda: ask_reversal(first, T, str(books.paid), "wrong", key=key()))


def test_asking_and_agreeing_need_the_right_where_the_people_live(closed):
    first, _ = colleagues()
    with pytest.raises(NotAllowed):
        ask_reversal(town.auditor(), T, str(closed.paid), "wrong", key=key())
    request = ask_reversal(first, T, str(closed.paid), "wrong", key=key())
    elsewhere = town.staff(Role.PLATFORM_OPERATOR, town.WULAOCUN)
    with pytest.raises(NotFound):
        decide_reversal(elsewhere, request, True, key=key())
    with pytest.raises(NotAllowed):
        decide_reversal(town.auditor(), request, True, key=key())
    street = town.staff(Role.PLATFORM_OPERATOR, town.YAOHUA, "street-operator")
    assert decide_reversal(street, request, True, key=key())


def test_somebody_who_lost_the_right_cannot_have_asked(closed):
    first, second = colleagues()
    request = ask_reversal(first, T, str(closed.paid), "wrong", key=key())
    db.session.execute(
        text("UPDATE role_grant SET ends_on = '2026-11-01' WHERE account_id = :a"), {"a": first.account_id}
    )
    db.session.commit()
    refused("asker_gone", lambda: decide_reversal(second, request, True, key=key()))


def test_a_whole_event_is_asked_for_and_reversed_together(books):
    with time_machine.travel(OCTOBER):
        group = uuid4()
        steps = [ledger.pay(books.elder, books.helper, minutes, group=group) for minutes in (10, 20)]
    close_month(town.operator(), T, "2026-10")
    first, second = colleagues()
    request = ask_reversal(first, T, str(steps[0].id), "both wrong", True, key=key())
    decide_reversal(second, request, True, key=key())
    assert posted(books.helper) == 90


def test_a_refused_reversal_leaves_the_request_waiting(closed):
    ledger.pay(closed.helper, closed.elder, 60)  # the hours were spent
    first, second = colleagues()
    request = ask_reversal(first, T, str(closed.paid), "wrong", key=key())
    with pytest.raises(InsufficientTime):
        decide_reversal(second, request, True, key=key())
    assert db.session.scalar(select(ReversalRequest.decision)) is None


# -- at the same time --------------------------------------------------------------------------------------------------


@pytest.mark.concurrency
def test_of_two_who_close_at_once_one_does(books, at_once):
    operator = town.operator()
    answers = at_once(*[lambda: close_month(operator, T, "2026-10", key=key())] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["MonthClosed", "str"]
    assert len(closings.closings(T)) == 1


@pytest.mark.concurrency
def test_transfers_in_flight_are_in_the_figures_or_refused(books, at_once):
    operator = town.operator()
    before = month.figures(T, FIRST_OF_NOVEMBER)

    def pay() -> object:
        return ledger.pay(books.elder, books.helper, 1, event_at=OCTOBER)

    answers = at_once(*[pay] * 6, lambda: close_month(operator, T, "2026-10", key=key()), *[pay] * 6)
    paid = sum(isinstance(answer, service.Receipt) for answer in answers)
    assert paid + sum(isinstance(answer, MonthClosed) for answer in answers) == 12, answers
    assert answers[6] == "2026-10"
    assert (
        closings.closing(T, "2026-10").transfers
        == before.transfers + paid
        == month.figures(T, FIRST_OF_NOVEMBER).transfers
    )


@pytest.mark.concurrency
def test_two_who_agree_at_once_reverse_once(closed, at_once):
    first, second = colleagues()
    third = town.operator(name="third-operator")
    request = ask_reversal(first, T, str(closed.paid), "wrong", key=key())
    answers = at_once(
        lambda: decide_reversal(second, request, True, key=key()),
        lambda: decide_reversal(third, request, True, key=key()),
    )
    assert sum(isinstance(answer, str) for answer in answers) == 1, answers
    assert all(isinstance(answer, (str, Refused, HoldResolved)) for answer in answers)
    assert posted(closed.helper) == 0


# -- verify ------------------------------------------------------------------------------------------------------------


def without_triggers(statement: str, **values: object) -> None:
    """What somebody with the rights of the database's owner can do."""
    db.session.commit()
    with as_owner(db.engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE transfer DISABLE TRIGGER USER"))
        else:
            for name in ("transfer_before", "transfer_apply", "transfer_no_update"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement), values)


def test_verify_finds_a_transfer_that_was_dated_back(closed):
    late = ledger.pay(closed.elder, closed.helper, 5)
    where = late.id if db.engine.dialect.name == "postgresql" else late.id.hex
    without_triggers(
        "UPDATE transfer SET event_at = (SELECT event_at FROM transfer WHERE purpose = 'visit') WHERE id = :id",
        id=where,
    )
    assert "closed_month" in {finding.code for finding in findings()}


def test_verify_finds_a_reversal_by_one_person(closed):
    first, second = colleagues()
    decide_reversal(second, ask_reversal(first, T, str(closed.paid), "wrong", key=key()), True, key=key())
    without_triggers("UPDATE transfer SET second_id = NULL WHERE kind = 'reverse'")
    assert "closed_reversal" in {finding.code for finding in findings()}


# -- what comes late ---------------------------------------------------------------------------------------------------


@pytest.fixture
def late(app, in_english) -> Iterator[SimpleNamespace]:
    """A visit of November that is not confirmed when December comes."""
    with time_machine.travel(make.SUNDAY_NOON, tick=True):
        people = make.cast()
        visit_id = make.scheduled(people)
    with time_machine.travel(make.at(543), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(make.at(640), tick=False):
        visits.check_out(people.helper, visit_id)
    with time_machine.travel(datetime(2026, 12, 7, 2, tzinfo=UTC), tick=True):
        yield SimpleNamespace(people=people, visit_id=visit_id)


def test_the_exchange_tells_what_is_not_settled(late):
    open_points = [point for point in closings.before_closing(T, "2026-11") if not point.settled]
    assert [(point.text, point.count) for point in open_points] == [("Visits that wait for confirmation", 1)]


def test_a_visit_of_a_closed_month_is_credited_in_the_open_one_and_says_so(late):
    close_month(town.operator(), T, "2026-11", "", True)
    visits.confirm(late.people.elder, late.visit_id, "portal")
    visit = db.session.get_one(Visit, late.visit_id)
    line = queries.transfer(T, visit.transfer_id)
    assert (line.amount, line.event_at) == (97, datetime(2026, 11, 30, 16, tzinfo=UTC))
    assert line.memo.endswith("(for 24 November; November is closed)")
    assert "（补记11月24日，11月已结账）" in line.memo


def test_a_dispute_about_a_closed_month_is_settled_after_two_people_reversed_the_credit(late):
    visits.confirm(late.people.elder, late.visit_id, "portal")
    transfer = str(db.session.get_one(Visit, late.visit_id).transfer_id)
    close_month(town.operator(), T, "2026-11", "", True)
    visits.dispute(late.people.elder, late.visit_id, "it was shorter")
    refused("credit_in_closed_month", lambda: visits.settle_dispute(late.people.broker, late.visit_id, 60, "agreed"))
    assert posted(service.ensure_account(T, "member", late.people.xu)) == 97
    first, second = colleagues()
    decide_reversal(second, ask_reversal(first, T, transfer, "a dispute", key=key()), True, key=key())
    visits.settle_dispute(late.people.broker, late.visit_id, 60, "agreed")
    assert posted(service.ensure_account(T, "member", late.people.xu)) == 60
    assert not findings()
