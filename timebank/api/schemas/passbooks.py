"""Paper passbooks."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, body_of
from timebank.exchange.rules.passbooks import BookletReason, PrintKind, StartBooklet

StartBookletBody = body_of(StartBooklet, name="StartBooklet", without=("person_id",))


class PrintReason(Body):
    """Why the last print is made once more."""

    reason: str = Field(min_length=1, max_length=200)


class RowPlace(Answer):
    """A row on a page of the booklet, both counted from 1."""

    page: int
    row: int


class PassbookLayout(Answer):
    """The pages of a booklet; lengths in tenths of a millimetre."""

    pages: int
    rows: int
    first_row: int
    row_height: int
    top: int
    left: int
    width: int
    height: int


class BookletFile(Answer):
    """The booklet in use.  `new_lines`: not printed yet; `next`: where they go, null when the booklet is full."""

    id: int
    number: int
    reason: BookletReason
    started_at: datetime
    opening_balance: int
    printed_seq: int
    printed_rows: int
    layout: PassbookLayout
    new_lines: int
    next: RowPlace | None


class PassbookPrintLine(Answer):
    """A print that was made; `balance` in minutes after its last line."""

    id: int
    kind: PrintKind
    place: RowPlace
    rows: int
    last_seq: int
    balance: int
    reason: str
    printed_at: datetime
    printer: str
    booklet: int


class PassbookFile(Answer):
    """A person's passbook, and the latest prints."""

    person_id: int
    name: str
    member_no: str
    booklet: BookletFile | None
    prints: list[PassbookPrintLine]
    lines: int
    balance: int


class PrintedRow(Answer):
    """A row of paper.  Minutes; `seq` null: the balance brought forward."""

    seq: int | None
    day: datetime
    purpose: str
    came: int | None
    went: int | None
    balance: int


class PassbookSheet(Answer):
    """What goes on paper and where; `left`: lines that wait for the next page."""

    print: PassbookPrintLine
    person_id: int
    reads: str
    layout: PassbookLayout
    rows: list[PrintedRow]
    left: int
    is_last: bool
