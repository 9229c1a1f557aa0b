"""Tables of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of
from timebank.notices.rules import LetterState, LetterWay

__all__ = ["LetterRun", "LetterState", "LetterWay", "LetterWish", "Notice", "PaperLetter"]


class Notice(Model):
    """Something to tell a person.  `kind` names the text, `facts` fill it; both languages come from the same facts."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person", "person_id", "id"), Index("ix_notice_due", "state", "send_after"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    about_id: Mapped[int | None]  # a copy: the person who is told this; no key, so that the column can be added
    merged_from: Mapped[int | None]  # the record it was written to before that was merged
    kind: Mapped[str] = mapped_column(String(48))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    path: Mapped[str] = mapped_column(String(200), default="")  # page to open
    once_key: Mapped[str | None] = mapped_column(String(120), unique=True)  # the same notice is not written twice
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, sent, failed, dropped
    send_after: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    channel: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)


class LetterWish(Model):
    """How somebody wants to be written to.  Without a row: a letter only where there is neither phone nor e-mail."""

    __tablename__ = "letter_wish"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    way: Mapped[LetterWay | None] = mapped_column(code_of(LetterWay, 16))
    large: Mapped[bool] = mapped_column(default=False)
    set_by: Mapped[int | None]
    set_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class LetterRun(Model):
    """The letters of a street that were printed together: one PDF, posted or carried round as one pile."""

    __tablename__ = "letter_run"
    __table_args__ = (Index("ix_letter_run_territory", "territory_code", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY)
    large: Mapped[bool] = mapped_column(default=False)  # all of them, whatever each person asked for
    printed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    printed_by: Mapped[int | None]
    printer_name: Mapped[str] = mapped_column(String(80), default="")
    posted_at: Mapped[datetime | None] = mapped_column(Moment)
    posted_by: Mapped[int | None]


class PaperLetter(Model):
    """A notice that goes to somebody on paper: to the person it is for, or as a copy to who acts for them."""

    __tablename__ = "paper_letter"
    __table_args__ = (
        UniqueConstraint("notice_id", "person_id", name="uq_paper_letter_once"),
        Index("ix_paper_letter_queue", "territory_code", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)  # to whom it is addressed
    merged_from: Mapped[int | None]  # the record it was addressed to before that was merged
    is_copy: Mapped[bool] = mapped_column(default=False)
    territory_code: Mapped[str] = mapped_column(TERRITORY)  # where the addressee lives: who prints it
    state: Mapped[LetterState] = mapped_column(code_of(LetterState, 16), default=LetterState.WAITING)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("letter_run.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200), default="")  # why it was not sent
    queued_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
