"""Two people who are not sent to each other again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import Moment, code_of
from timebank.exchange.rules.apart import AskedBy

__all__ = ["AskedBy", "BlockedPair"]


class BlockedPair(Model):
    """Somebody asked that a helper and a recipient do not meet again; it holds both ways, until somebody ends it.

    Each side's own wish is a row of its own, so that nobody can find out from a refusal that the other asked first.
    """

    __tablename__ = "blocked_pair"
    __table_args__ = (
        CheckConstraint("helper_id <> recipient_id", name="two_people"),
        Index(
            "uq_blocked_pair_open",
            "helper_id",
            "recipient_id",
            "asked_by",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    helper_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_by: Mapped[AskedBy] = mapped_column(code_of(AskedBy))
    reason: Mapped[str] = mapped_column(String(300), default="")  # read by coordinators only
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))  # after which visit it was asked
    begun_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    begun_by: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[int | None]
    end_reason: Mapped[str] = mapped_column(String(300), default="")
