"""Passbooks for the desk and the coordinator ("passbooks.print"): how far one is printed, and what a print says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.models.passbooks import Passbook, PassbookPrint
from timebank.exchange.rules.passbooks import BookletReason, Layout, Place, PrintKind, place, room
from timebank.ledger import queries as books
from timebank.ledger.queries.statements import lines_after
from timebank.people import queries as people
from timebank.territory.rules import tenant_of

PERMISSION = "passbooks.print"
MEMBER = "member"  # the kind of account that holds a person's own hours


@dataclass(frozen=True, slots=True)
class PrintLine:
    """A print that was made."""

    id: int
    kind: PrintKind
    place: Place
    rows: int
    last_seq: int
    balance: int
    reason: str
    printed_at: datetime
    printer: str
    booklet: int


@dataclass(frozen=True, slots=True)
class Booklet:
    """The booklet in use.  `new_lines`: entries not printed yet; `next`: where they go, None when it is full."""

    id: int
    number: int
    reason: BookletReason
    started_at: datetime
    opening_balance: int
    printed_seq: int
    printed_rows: int
    layout: Layout
    new_lines: int
    next: Place | None


@dataclass(frozen=True, slots=True)
class PassbookPage:
    """A person's passbook: the booklet in use (None: no paper yet) and the latest prints, also of earlier booklets."""

    person_id: int
    name: str
    member_no: str
    territory_code: str
    booklet: Booklet | None
    prints: list[PrintLine]
    lines: int  # entries of the account
    balance: int


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row of paper.  Minutes; `seq` None: the balance brought forward.  Exactly one of `came`, `went` is set."""

    seq: int | None
    day: datetime
    purpose: str
    came: int | None
    went: int | None
    balance: int


@dataclass(frozen=True, slots=True)
class PrintSheet:
    """What goes on paper, where, and whether lines are left for the next page."""

    print: PrintLine
    person_id: int
    name: str
    reads: str
    layout: Layout
    rows: list[PrintedRow]
    left: int
    is_last: bool


def person_for(actor: Actor, person_id: int) -> people.PersonBrief:
    """Somebody of the actor's territories; raises `NotFound("no_such_person")`."""
    person = people.brief(person_id)
    if person is None or not actor.may(PERMISSION, person.territory_code):
        raise NotFound("no_such_person")
    return person


def account_of(person: people.PersonBrief) -> tuple[int, int | None]:
    """City and number of the account of the person's own hours; None: nothing was ever posted."""
    tenant = tenant_of(person.territory_code)
    return tenant, books.account_of(tenant, MEMBER, person.id)


def layout_of(row: Passbook) -> Layout:
    """The pages of a booklet."""
    return Layout(row.pages, row.rows, row.first_row, row.row_height, row.top, row.left, row.width, row.height)


def passbook(actor: Actor, person_id: int) -> PassbookPage:
    """A person's passbook; raises `NotFound("no_such_person")` outside the actor's territories."""
    person = person_for(actor, person_id)
    tenant, account = account_of(person)
    balance = books.balance(tenant, account) if account is not None else None
    of_account = (Passbook.tenant_id == tenant, Passbook.account_id == account)
    current = db.session.scalar(select(Passbook).where(*of_account, Passbook.ended_at.is_(None)))
    rows = db.session.execute(
        select(PassbookPrint, Passbook)
        .join(Passbook, Passbook.id == PassbookPrint.passbook_id)
        .where(*of_account)
        .order_by(PassbookPrint.id.desc())
        .limit(20)
    )
    return PassbookPage(
        person.id,
        person.name,
        person.member_no,
        person.territory_code,
        _booklet(current, balance.seq if balance else 0) if current else None,
        [_line(made, booklet) for made, booklet in rows],
        balance.seq if balance else 0,
        balance.posted if balance else 0,
    )


def _booklet(row: Passbook, seq: int) -> Booklet:
    layout = layout_of(row)
    return Booklet(
        row.id,
        row.number,
        row.reason,
        row.started_at,
        row.opening_balance,
        row.printed_seq,
        row.printed_rows,
        layout,
        seq - row.printed_seq,
        place(layout, row.printed_rows) if room(layout, row.printed_rows) else None,
    )


def _line(made: PassbookPrint, booklet: Passbook) -> PrintLine:
    return PrintLine(
        made.id,
        made.kind,
        place(layout_of(booklet), made.first_row),
        made.rows,
        made.last_seq,
        made.balance,
        made.reason,
        made.printed_at,
        made.printer_name,
        booklet.number,
    )


def sheet(actor: Actor, print_id: int) -> PrintSheet:
    """A print as it goes on paper, read from the ledger by its numbers: the same however often it is fetched.

    Raises `NotFound("no_such_print")` outside the actor's territories.
    """
    made = db.session.get(PassbookPrint, print_id)
    booklet = db.session.get(Passbook, made.passbook_id) if made else None
    person = people.brief(booklet.person_id) if booklet else None
    if made is None or booklet is None or person is None or not actor.may(PERMISSION, person.territory_code):
        raise NotFound("no_such_print")
    layout = layout_of(booklet)
    seq = books.balance(booklet.tenant_id, booklet.account_id).seq
    return PrintSheet(
        _line(made, booklet),
        person.id,
        person.name,
        person.reads,
        layout,
        _rows(made, booklet),
        seq - booklet.printed_seq if booklet.ended_at is None and room(layout, booklet.printed_rows) else 0,
        booklet.ended_at is None and booklet.printed_rows == made.first_row + made.rows,
    )


def _rows(made: PassbookPrint, booklet: Passbook) -> list[PrintedRow]:
    brought = made.first_row == 0 and booklet.opening_seq > 0
    found = [PrintedRow(None, booklet.started_at, "", None, None, booklet.opening_balance)] if brought else []
    count = made.rows - len(found)
    lines = lines_after(booklet.tenant_id, booklet.account_id, made.after_seq, count) if count else []
    return found + [
        PrintedRow(
            line.seq,
            line.event_at,
            line.purpose,
            line.amount if line.amount > 0 else None,
            -line.amount if line.amount < 0 else None,
            line.balance,
        )
        for line in lines
    ]
