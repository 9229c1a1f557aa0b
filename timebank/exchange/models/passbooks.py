"""Paper passbooks: the booklet somebody holds, and each print into it.  The lines themselves stand in the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of
from timebank.exchange.rules.passbooks import BookletReason, PrintKind

__all__ = ["BookletReason", "Passbook", "PassbookPrint", "PrintKind"]


class Passbook(Model):
    """A booklet: what was brought forward into it, how its pages are laid out, how far it is printed."""

    __tablename__ = "passbook"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "number", name="uq_passbook_number"),
        CheckConstraint("opening_seq <= printed_seq", name="printed_after_opening"),
        CheckConstraint("printed_rows >= 0", name="rows_not_negative"),
        Index(
            "uq_passbook_in_use",
            "tenant_id",
            "account_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY)
    tenant_id: Mapped[int]
    account_id: Mapped[int] = mapped_column(BigInteger)  # in the ledger
    number: Mapped[int]  # first, second … booklet of the account
    reason: Mapped[BookletReason] = mapped_column(code_of(BookletReason, 16))
    opening_seq: Mapped[int] = mapped_column(BigInteger)  # lines up to this number are brought forward; 0: none
    opening_balance: Mapped[int] = mapped_column(BigInteger)  # minutes after that line
    pages: Mapped[int]
    rows: Mapped[int]
    first_row: Mapped[int]
    row_height: Mapped[int]  # lengths in tenths of a millimetre
    top: Mapped[int]
    left: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    printed_rows: Mapped[int] = mapped_column(default=0)  # with the line "brought forward"
    printed_seq: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    started_by: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PassbookPrint(Model):
    """One print: `rows` lines from row `first_row` of the booklet on (0 is its first), up to the entry `last_seq`."""

    __tablename__ = "passbook_print"
    __table_args__ = (
        CheckConstraint("rows > 0", name="rows_positive"),
        CheckConstraint("after_seq <= last_seq", name="forward"),
        CheckConstraint("kind <> 'again' OR reason <> ''", name="reason_given"),
        Index(
            "uq_passbook_print_row",
            "passbook_id",
            "first_row",
            unique=True,
            sqlite_where=text("kind = 'new'"),
            postgresql_where=text("kind = 'new'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    passbook_id: Mapped[int] = mapped_column(ForeignKey("passbook.id"), index=True)
    kind: Mapped[PrintKind] = mapped_column(code_of(PrintKind, 8), default=PrintKind.NEW)
    first_row: Mapped[int]
    rows: Mapped[int]
    after_seq: Mapped[int] = mapped_column(BigInteger)  # the entry before the first line
    last_seq: Mapped[int] = mapped_column(BigInteger)
    balance: Mapped[int] = mapped_column(BigInteger)  # minutes after the last line
    reason: Mapped[str] = mapped_column(String(200), default="")
    printed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    printed_by: Mapped[int | None]
    printer_name: Mapped[str] = mapped_column(String(80), default="")
