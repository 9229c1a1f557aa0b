"""Goods on the way from one desk to another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import Moment


class ShelfTransfer(Model):
    """So many pieces of an article were sent to another desk; there they are counted again.

    On the way they are batches of the other desk that have not arrived (`GoodsBatch.shelf_transfer_id`).
    """

    __tablename__ = "shelf_transfer"
    __table_args__ = (
        CheckConstraint("from_desk_id <> to_desk_id", name="two_desks"),
        CheckConstraint("pieces > 0", name="pieces_positive"),
        CheckConstraint("received_pieces >= 0", name="received_not_negative"),
        CheckConstraint("(received_at IS NULL) = (received_pieces IS NULL)", name="received_whole"),
        CheckConstraint("received_pieces IS NULL OR received_pieces = pieces OR reason <> ''", name="reason_given"),
        Index("ix_shelf_transfer_to", "to_desk_id", "id"),
        Index("ix_shelf_transfer_from", "from_desk_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    to_desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("goods_item.id"))
    pieces: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    sent_by: Mapped[int | None]
    sent_name: Mapped[str] = mapped_column(String(80), default="")
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    received_pieces: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(200), default="")  # why more or fewer arrived
    received_by: Mapped[int | None]
    received_name: Mapped[str] = mapped_column(String(80), default="")
