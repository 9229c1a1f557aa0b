"""Paper passbooks: every line of the account once, at its row, whatever jams, is lost or is pressed twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import exchange_visits as make
from tests.factories import town
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.core.parameters import Parameter
from timebank.exchange.models import PassbookPrint
from timebank.exchange.queries import passbooks as queries
from timebank.exchange.rules.passbooks import BookletReason, Place, PrintKind, StartBooklet
from timebank.exchange.service import passbooks
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.queries.statements import lines_between

CLERK = town.clerk


@pytest.fixture
def saver(app: Flask) -> int:
    """Somebody of a street whose booklets have 3 pages of 4 rows, the first row of which is kept free."""
    made = town.town()
    for name, value in (("pages", 3), ("rows", 4), ("first_row", 2)):
        db.session.add(
            Parameter(
                key=f"tb.passbook_{name}",
                scope=f"scheme:{made.yaohua}",
                valid_from=date(2020, 1, 1),
                value=value,
                source="test",
            )
        )
    db.session.commit()
    return town.person("李秀兰", reads="zh")


def earn(person_id: int, *minutes: int) -> None:
    """A line for each: earned, or (negative) spent."""
    account = ledger.ensure_account(make.TENANT, "member", person_id)
    issued = ledger.ensure_account(make.TENANT, "issued", 1, floor=None)
    for amount in minutes:
        seq = books.balance(make.TENANT, account).seq
        pair = (issued, account) if amount > 0 else (account, issued)
        ledger.post(make.TENANT, *pair, abs(amount), key=f"line:{person_id}:{seq}", purpose="visit", actor=make.SYSTEM)


def begin(person_id: int, reason: BookletReason = BookletReason.FIRST, **more: Any) -> int:
    return passbooks.start_booklet(CLERK(), StartBooklet(person_id, reason, **more))


def printed(person_id: int, actor: Actor | None = None, **more: Any) -> queries.PrintSheet:
    actor = actor or CLERK()
    return queries.sheet(actor, passbooks.print_lines(actor, person_id, **more))


def on_paper(person_id: int) -> list[tuple[int, int]]:
    """(number, balance) of every line ever printed anew, in order."""
    numbers = db.session.scalars(
        select(PassbookPrint.id).where(PassbookPrint.kind == PrintKind.NEW).order_by(PassbookPrint.id)
    )
    sheets = [queries.sheet(town.operator(), number) for number in list(numbers)]
    assert all(sheet.person_id == person_id for sheet in sheets)
    return [(row.seq, row.balance) for sheet in sheets for row in sheet.rows if row.seq is not None]


def in_the_ledger(person_id: int) -> list[tuple[int, int]]:
    account = ledger.ensure_account(make.TENANT, "member", person_id)
    return [(line.seq, line.balance) for line in lines_between(make.TENANT, account, None, None)]


def test_new_lines_go_below_the_last_ones_and_the_page_is_turned(saver: int) -> None:
    earn(saver, 60, 30)
    begin(saver)
    first = printed(saver)
    assert (first.print.place, [row.came for row in first.rows], first.left) == (Place(1, 2), [60, 30], 0)
    with pytest.raises(Refused, match="passbook_up_to_date"):
        printed(saver)
    earn(saver, 120, -45, 15)
    second = printed(saver, town.broker())
    assert (second.print.place, len(second.rows), second.left) == (Place(1, 4), 1, 2), "the page ends here"
    third = printed(saver)
    assert third.print.place == Place(2, 1)
    assert [(row.came, row.went, row.balance) for row in third.rows] == [(None, 45, 165), (15, None, 180)]
    assert on_paper(saver) == in_the_ledger(saver)


def test_a_retry_prints_the_same_lines_and_the_next_print_skips_none(saver: int) -> None:
    earn(saver, 60)
    begin(saver)
    first = passbooks.print_lines(CLERK(), saver, key="pressed")
    earn(saver, 30)
    assert passbooks.print_lines(CLERK(), saver, key="pressed") == first
    assert [row.came for row in queries.sheet(CLERK(), first).rows] == [60], "what came later is not on this sheet"
    assert [row.came for row in printed(saver, key="pressed again").rows] == [30]
    assert on_paper(saver) == in_the_ledger(saver)


def test_a_jam_prints_the_last_rows_again_with_a_reason(saver: int) -> None:
    earn(saver, 60)
    begin(saver)
    with pytest.raises(Refused, match="passbook_nothing_printed"):
        passbooks.print_again(CLERK(), saver, "paper jam")
    first = printed(saver)
    with pytest.raises(Refused, match="jam_reason_missing"):
        passbooks.print_again(CLERK(), saver, "  ")
    again = queries.sheet(CLERK(), passbooks.print_again(CLERK(), saver, "paper jam", key="once"))
    assert (again.rows, again.print.place) == (first.rows, first.print.place)
    assert (again.print.kind, again.print.reason, again.is_last) == (PrintKind.AGAIN, "paper jam", True)
    earn(saver, 15)
    assert printed(saver).print.place == Place(1, 3), "the jam has used no row"
    assert on_paper(saver) == in_the_ledger(saver)


def test_a_lost_booklet_goes_on_from_the_balance_brought_forward(saver: int) -> None:
    earn(saver, 60, 30)
    begin(saver)
    printed(saver)
    earn(saver, -20)
    with pytest.raises(Refused, match="passbook_has_one"):
        begin(saver)
    begin(saver, BookletReason.LOST)
    page = queries.passbook(CLERK(), saver)
    assert page.booklet is not None
    assert (page.booklet.number, page.booklet.opening_balance, page.booklet.new_lines) == (2, 90, 1)
    sheet = printed(saver)
    assert [(row.seq, row.balance) for row in sheet.rows] == [(None, 90), (3, 70)]
    assert sheet.print.place == Place(1, 2)
    assert on_paper(saver) == in_the_ledger(saver)


def test_a_full_booklet_asks_for_a_new_one_and_no_line_is_lost(saver: int) -> None:
    earn(saver, *range(10, 23))
    begin(saver)
    assert [len(printed(saver).rows) for _ in range(3)] == [3, 4, 4]
    with pytest.raises(Refused, match="passbook_full"):
        printed(saver)
    assert queries.passbook(CLERK(), saver).booklet.next is None  # type: ignore[union-attr]
    begin(saver, BookletReason.FULL)
    assert len(printed(saver).rows) == 3
    assert on_paper(saver) == in_the_ledger(saver)
    begin(saver, BookletReason.WORN)
    assert [row.balance for row in printed(saver).rows] == [sum(range(10, 23))], "only what is brought forward"


def test_a_first_booklet_may_begin_with_todays_balance(saver: int) -> None:
    with pytest.raises(Refused, match="passbook_no_hours"):
        begin(saver)
    earn(saver, 60, 30)
    with pytest.raises(Refused, match="passbook_has_none"):
        begin(saver, BookletReason.LOST)
    begin(saver, from_now=True)
    earn(saver, 5)
    assert [(row.seq, row.balance) for row in printed(saver).rows] == [(None, 90), (3, 95)]


def test_booklets_that_cannot_be_printed_are_not_begun(saver: int) -> None:
    earn(saver, 60)
    scheme = db.session.scalar(
        select(Parameter.scope).where(Parameter.key == "tb.passbook_rows", Parameter.scope.startswith("scheme:"))
    )
    rule = Parameter(
        key="tb.passbook_row_height", scope=scheme or "", valid_from=date(2020, 1, 1), value=2_000, source="test"
    )
    db.session.add(rule)
    db.session.commit()
    with pytest.raises(Refused, match="passbook_layout"):
        begin(saver)


def test_another_streets_desk_sees_and_prints_nothing(saver: int) -> None:
    earn(saver, 60)
    begin(saver)
    made = printed(saver).print.id
    for stranger in (town.clerk(town.WULAOCUN), town.outsider(), town.member(saver)):
        for ask in (queries.passbook, passbooks.print_lines):
            with pytest.raises(NotFound):
                ask(stranger, saver)
        with pytest.raises(NotFound):
            queries.sheet(stranger, made)


@pytest.mark.concurrency
def test_two_desks_that_print_at_once_print_each_line_once(saver: int, at_once: Callable[..., list[Any]]) -> None:
    earn(saver, 60, 30)
    begin(saver)
    desks = [town.clerk(), town.clerk(name="second")]
    answers = at_once(*(lambda desk=desk: passbooks.print_lines(desk, saver) for desk in desks))
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [one.code for one in refused] == ["passbook_up_to_date"], answers
    assert on_paper(saver) == in_the_ledger(saver)
