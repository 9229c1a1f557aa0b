"""Batches: what came in together is counted together and goes bad together."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import Moment, code_of


class SourceKind(enum.StrEnum):
    """Where goods come from (domain.md B2: charity shops and supermarkets, gifts, purchase)."""

    DONATION = "donation"
    PURCHASE = "purchase"
    CHARITY_SUPERMARKET = "charity_supermarket"
    FOUND = "found"  # pieces of no delivery: found when counting, or there before batches were written down


class GoodsBatch(Model):
    """So many pieces of an article that came to a desk together, to be used by one day.

    Its pieces are those of its ledger account, whose floor of 0 both databases keep: nobody takes a piece that is not
    there.  A batch that another desk has sent is on the way until `arrived_at`.
    """

    __tablename__ = "goods_batch"
    __table_args__ = (
        UniqueConstraint("account_id", name="goods_batch_account"),
        CheckConstraint("pieces >= 0", name="pieces_not_negative"),
        Index("ix_goods_batch_shelf", "desk_id", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("goods_item.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(BigInteger)  # ledger account; None only while it is being opened
    source_kind: Mapped[SourceKind] = mapped_column(code_of(SourceKind))
    source: Mapped[str] = mapped_column(String(120), default="")  # who gave or sold it
    pieces: Mapped[int]  # that came in
    expires_on: Mapped[date | None]  # the last day on which it is handed out
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)  # no default: it would replace a None
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    shelf_transfer_id: Mapped[int | None] = mapped_column(index=True)  # shelf_transfer that brings it, on the way


class RedemptionTake(Model):
    """So many pieces of a line of a receipt came from this batch."""

    __tablename__ = "redemption_take"
    __table_args__ = (
        UniqueConstraint("line_id", "batch_id", name="redemption_take_once"),
        CheckConstraint("pieces > 0", name="pieces_positive"),
        CheckConstraint("returned BETWEEN 0 AND pieces", name="returned_within_pieces"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("redemption_line.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("goods_batch.id"), index=True)
    pieces: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)
    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid)  # ledger transfer of the pieces (or their hold)
