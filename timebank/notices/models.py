"""Tables of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import Moment


class Notice(Model):
    """Something to tell a person.  `kind` names the text, `facts` fill it; both languages come from the same facts."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person", "person_id", "id"), Index("ix_notice_due", "state", "send_after"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(48))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    path: Mapped[str] = mapped_column(String(200), default="")  # page to open
    once_key: Mapped[str | None] = mapped_column(String(120), unique=True)  # the same notice is not written twice
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, sent, failed
    send_after: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    channel: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
