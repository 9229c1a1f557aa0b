"""The end of a desk's day, and the daily comparison of goods with hours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.audit import append_only
from timebank.core.db import Model
from timebank.core.types import Moment


class DayCount(Model):
    """What one clerk has counted at the end of the day; it waits for the second signature and may be counted anew.

    `expected`: what the books said then; `counted`: {"items": {item id: pieces}, "reasons": …, "receipts", "note"}.
    """

    __tablename__ = "desk_day_count"
    __table_args__ = (UniqueConstraint("desk_id", "day", name="desk_day_count_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    day: Mapped[date]
    expected: Mapped[dict[str, Any]] = mapped_column(JSON)
    counted: Mapped[dict[str, Any]] = mapped_column(JSON)
    clerk_id: Mapped[int | None]
    clerk_name: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class DayClosing(Model):
    """A day that two people have signed.  Rows are added, never changed: what is wrong is put right the next day."""

    __tablename__ = "desk_day_closing"
    __table_args__ = (
        UniqueConstraint("desk_id", "day", name="desk_day_closing_once"),
        CheckConstraint("second_id <> first_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    day: Mapped[date]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # everything the printed sheet says
    first_id: Mapped[int]
    first_name: Mapped[str] = mapped_column(String(80))
    counted_at: Mapped[datetime] = mapped_column(Moment)
    second_id: Mapped[int]
    second_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class GoodsReckoning(Model):
    """Goods and hours of a time bank compared on a day; `findings` is empty when they agree."""

    __tablename__ = "goods_reckoning"
    __table_args__ = (UniqueConstraint("scheme_id", "day", name="goods_reckoning_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    day: Mapped[date]
    sink_minutes: Mapped[int]  # on the account of hours paid for goods
    receipts_minutes: Mapped[int]  # what receipts took, less what came back
    shelf_pieces: Mapped[int]
    shelf_minutes: Mapped[int]  # what the pieces on the shelves are worth at that day's prices
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


append_only(DayClosing.__table__)
