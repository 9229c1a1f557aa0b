"""Desks, goods, their dated prices and what came in."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment, code_of
from timebank.redemption.rules.limits import Period


class Desk(Model):
    """A service point where hours are redeemed (domain.md C2 ServicePoint).  Its receipts are numbered one by one."""

    __tablename__ = "desk"
    __table_args__ = (CheckConstraint("last_receipt >= 0", name="last_receipt_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)  # in front of each receipt number
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, ForeignKey("territory.code"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    hours_zh: Mapped[str] = mapped_column(String(120), default="")  # opening hours as people read them
    hours_en: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")  # of the desk, public
    last_receipt: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class GoodsItem(Model):
    """Something a desk hands out for hours."""

    __tablename__ = "goods_item"
    __table_args__ = (CheckConstraint("low_stock >= 0", name="low_stock_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(32), unique=True)  # also the bar code a scanner reads
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    unit_zh: Mapped[str] = mapped_column(String(16), default="件")
    unit_en: Mapped[str] = mapped_column(String(24), default="piece")
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)  # of the scheme
    source: Mapped[str] = mapped_column(String(120), default="")  # who gives it: charity supermarket, a company
    low_stock: Mapped[int] = mapped_column(default=5)  # pieces; fewer are shown as low
    active: Mapped[bool] = mapped_column(default=True)
    picture: Mapped[str] = mapped_column(String(32), default="", server_default="")  # digest of its GoodsPicture
    picture_alt_zh: Mapped[str] = mapped_column(String(160), default="", server_default="")  # what it shows, in words
    picture_alt_en: Mapped[str] = mapped_column(String(160), default="", server_default="")
    sort: Mapped[int] = mapped_column(default=100)


class GoodsPrice(Model):
    """The price of an item in minutes from a day on; a past price is never changed."""

    __tablename__ = "goods_price"
    __table_args__ = (
        UniqueConstraint("item_id", "valid_from", name="goods_price_once_a_day"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("goods_item.id"), index=True)
    minutes: Mapped[int]
    valid_from: Mapped[date]
    set_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class GoodsLimit(Model):
    """At most so many pieces of an item for one person in a period, from a day on; 0 pieces: no limit any more."""

    __tablename__ = "goods_limit"
    __table_args__ = (
        UniqueConstraint("item_id", "valid_from", name="goods_limit_once_a_day"),
        CheckConstraint("pieces >= 0", name="pieces_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("goods_item.id"))
    pieces: Mapped[int]
    period: Mapped[Period] = mapped_column(code_of(Period))
    valid_from: Mapped[date]
    set_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class DeskStock(Model):
    """An item on the shelf of a desk.  Its pieces (unit ``sku:<code>``) are counted batch by batch (`GoodsBatch`)."""

    __tablename__ = "desk_stock"

    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("goods_item.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger)  # ledger account of the pieces of no delivery
    handed_account_id: Mapped[int] = mapped_column(BigInteger)  # ledger account (issued) of the pieces handed out
    counted_on: Mapped[date | None]  # last stock take
    low_stock: Mapped[int | None]  # pieces at this desk; None: as the article says


class MoveKind(enum.StrEnum):
    DELIVERY = "delivery"
    STOCK_TAKE = "stock_take"
    WRITE_OFF = "write_off"  # expired, broken: thrown away
    SENT = "sent"  # to another desk
    RECEIVED = "received"  # from another desk
    LOST_ON_THE_WAY = "lost_on_the_way"


class StockMove(Model):
    """What happened to a shelf besides receipts: a delivery, a count, a writing off; pieces are posted in the ledger.

    A count touches as many batches as it must; its first row says what was counted.
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        CheckConstraint("kind <> 'delivery' OR pieces > 0", name="delivery_positive"),
        Index("ix_stock_move_desk", "desk_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("goods_item.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(index=True)  # goods_batch
    kind: Mapped[MoveKind] = mapped_column(code_of(MoveKind))
    pieces: Mapped[int]  # signed: what the shelf gained
    counted: Mapped[int | None]  # stock take: pieces found
    source: Mapped[str] = mapped_column(String(120), default="")  # giver, delivery note
    reason: Mapped[str] = mapped_column(String(200), default="")
    transfer_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)  # none when the count was right
    clerk_id: Mapped[int | None]
    clerk_name: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
