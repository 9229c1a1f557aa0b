"""Baskets, receipts and returns.  Which batch a line was taken from: `models.batches`."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of


class RedemptionState(enum.StrEnum):
    """domain.md C3.4: what needs nobody else is done at once; what needs a second clerk waits on hold."""

    WAITING = "waiting"  # hours and pieces on hold until a second clerk looks
    DONE = "done"
    CANCELLED = "cancelled"
    PARTLY_RETURNED = "partly_returned"
    RETURNED = "returned"


class ConfirmedHow(enum.StrEnum):
    PIN = "pin"
    PAD = "pad"  # on the screen
    SIGNATURE = "signature"  # on paper at the desk, the clerk says so
    COMPANION = "companion"  # somebody came for the member; name and reason are written down


class Basket(Model):
    """What a clerk has put together for a member and not handed out yet.  It survives a refusal and a sign-in."""

    __tablename__ = "basket"
    __table_args__ = (UniqueConstraint("clerk_id", "person_id", "desk_id", name="basket_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clerk_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    pieces: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # item id (text) to pieces
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class Redemption(Model):
    """A receipt: who took what at which desk for how many minutes, and who confirmed it."""

    __tablename__ = "redemption"
    __table_args__ = (
        CheckConstraint("total_minutes > 0", name="total_positive"),
        CheckConstraint("returned_minutes BETWEEN 0 AND total_minutes", name="returned_within_total"),
        CheckConstraint("second_clerk_id IS NULL OR second_clerk_id <> clerk_id", name="two_clerks"),
        Index("ix_redemption_territory", "territory_code", "id"),
        Index("ix_redemption_desk_created", "desk_id", "created_at"),
        Index("ix_redemption_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_no: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    territory_code: Mapped[str] = mapped_column(TERRITORY)  # of the desk
    state: Mapped[RedemptionState] = mapped_column(code_of(RedemptionState), default=RedemptionState.DONE)
    total_minutes: Mapped[int]
    returned_minutes: Mapped[int] = mapped_column(default=0)
    available_after: Mapped[int | None]  # minutes, printed on the receipt
    group_id: Mapped[uuid.UUID] = mapped_column(Uuid)  # groups the ledger transfers
    postings: Mapped[list[str]] = mapped_column(JSON, default=list)  # ledger transfers of the hours (or their holds)
    confirmed_how: Mapped[ConfirmedHow] = mapped_column(code_of(ConfirmedHow))
    confirm_note: Mapped[str] = mapped_column(String(200), default="")  # who came instead, and why
    clerk_id: Mapped[int | None]
    clerk_name: Mapped[str] = mapped_column(String(80), default="")
    second_clerk_id: Mapped[int | None]
    second_clerk_name: Mapped[str] = mapped_column(String(80), default="")
    expires_at: Mapped[datetime | None] = mapped_column(Moment)  # while it waits for the second clerk
    closed_reason: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class RedemptionLine(Model):
    """An item on a receipt, at the price of the day."""

    __tablename__ = "redemption_line"
    __table_args__ = (
        UniqueConstraint("redemption_id", "item_id", name="redemption_line_once"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("price_minutes > 0", name="price_positive"),
        CheckConstraint("returned BETWEEN 0 AND quantity", name="returned_within_quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemption.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("goods_item.id"), index=True)
    quantity: Mapped[int]
    price_minutes: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)


class RedemptionReturn(Model):
    """Goods that came back: a receipt of its own that names the first one."""

    __tablename__ = "redemption_return"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemption.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[int]
    to_shelf: Mapped[bool] = mapped_column(default=True)  # faulty goods do not go back on the shelf
    group_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # ledger transfer of the hours
    clerk_id: Mapped[int | None]
    clerk_name: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class ReturnLine(Model):
    """So many pieces of a line came back, to the batch they were from; faulty ones to no batch."""

    __tablename__ = "redemption_return_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("redemption_return.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("redemption_line.id"), index=True)
    batch_id: Mapped[int | None]  # goods_batch
    quantity: Mapped[int]
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
