"""Articles with dated prices, desks, and what comes to the shelf."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from timebank.api.schemas.base import Answer, body_of
from timebank.api.schemas.redemption import ArticleLine
from timebank.redemption.commands import (
    Arrival,
    Delivery,
    ItemChange,
    Minimum,
    NewDesk,
    NewItem,
    NewLimit,
    NewPrice,
    Sending,
    StockCount,
    WriteOff,
)
from timebank.redemption.rules.limits import Period

MOST = 2**31 - 1
_ARTICLE: dict[str, Any] = {
    "name_zh": Field(min_length=1, max_length=80),
    "name_en": Field(min_length=1, max_length=80),
    "unit_zh": Field(min_length=1, max_length=16),
    "unit_en": Field(min_length=1, max_length=24),
    "source": Field(max_length=120),
    "low_stock": Field(ge=0, le=9999),
}
NewArticle = body_of(
    NewItem,
    name="NewArticle",
    sku=Field(min_length=1, max_length=32),
    price_minutes=Field(ge=1, le=MOST),
    territory_code=Field(pattern=r"^\d{4,15}$"),
    **_ARTICLE,
)
ArticleChange = body_of(ItemChange, name="ArticleChange", without=("item_id",), **_ARTICLE)
NewPriceBody = body_of(NewPrice, name="NewPrice", without=("item_id",), minutes=Field(ge=1, le=MOST))
DeliveryBody = body_of(
    Delivery,
    name="Delivery",
    without=("desk_id",),
    item_id=Field(ge=1, le=MOST),
    pieces=Field(ge=1, le=MOST),
    source=Field(max_length=120),
    note=Field(max_length=200),
    source_kind=Field(pattern="^(donation|purchase|charity_supermarket)$"),
)
WriteOffBody = body_of(
    WriteOff,
    name="WriteOff",
    without=("desk_id", "batch_id"),
    pieces=Field(ge=1, le=MOST),
    reason=Field(min_length=1, max_length=200),
)
MinimumBody = body_of(Minimum, name="Minimum", without=("desk_id", "item_id"), pieces=Field(ge=0, le=9999))
NewLimitBody = body_of(
    NewLimit,
    name="NewLimit",
    without=("item_id",),
    pieces=Field(ge=0, le=999),
    period=Field(pattern="^(day|week|month|year)$"),
)
SendingBody = body_of(
    Sending,
    name="Sending",
    without=("desk_id",),
    item_id=Field(ge=1, le=MOST),
    to_desk_id=Field(ge=1, le=MOST),
    pieces=Field(ge=1, le=9999),
    note=Field(max_length=200),
)
ArrivalBody = body_of(
    Arrival,
    name="Arrival",
    without=("shelf_transfer_id",),
    pieces=Field(ge=0, le=9999),
    reason=Field(max_length=200),
)
StockCountBody = body_of(
    StockCount,
    name="StockCount",
    without=("desk_id", "item_id"),
    counted=Field(ge=0, le=MOST),
    reason=Field(max_length=200),
)
NewDeskBody = body_of(
    NewDesk,
    name="NewDesk",
    code=Field(min_length=1, max_length=12),
    name_zh=Field(min_length=1, max_length=80),
    name_en=Field(min_length=1, max_length=80),
    territory_code=Field(pattern=r"^\d{4,15}$"),
    address=Field(max_length=200),
    hours_zh=Field(max_length=120),
    hours_en=Field(max_length=120),
    phone=Field(max_length=32),
)


class PriceLine(Answer):
    """A price in minutes a piece, from a day on."""

    minutes: int
    valid_from: date


class LimitLine(Answer):
    """At most so many pieces for one person in a period, from a day on; 0: no limit from then on."""

    pieces: int
    period: Period
    valid_from: date


class ArticleFile(Answer):
    """An article with all its prices and limits, the newest first."""

    article: ArticleLine
    prices: list[PriceLine]
    limits: list[LimitLine]


class BatchFacts(Answer):
    """A delivery on a shelf: pieces there, pieces promised, the last day on which it is handed out."""

    id: int
    item_id: int
    source_kind: str
    source: str
    received: int
    pieces: int
    held: int
    expires_on: date | None
    expired: bool
    created_at: datetime


class BatchLine(Answer):
    """A delivery with its article."""

    batch: BatchFacts
    sku: str
    item_name: str
    unit: str


class Batches(Answer):
    """The deliveries on a shelf, the first to expire first."""

    items: list[BatchLine]


class PieceMove(Answer):
    """A posting of pieces: signed, and what of the article was on the shelf after it."""

    seq: int
    transfer_id: UUID
    batch_id: int
    amount: int
    balance: int
    kind: str
    purpose: str
    memo: str
    event_at: datetime
    created_at: datetime
    actor_name: str


class PieceMoves(Answer):
    """Every movement of an article on a shelf."""

    items: list[PieceMove]
    next: str | None = None


class SentGoods(Answer):
    """Pieces that went from one desk to another; not received yet when `received_at` is missing."""

    id: int
    item_id: int
    item_name: str
    sku: str
    from_desk_id: int
    from_desk: str
    to_desk_id: int
    to_desk: str
    pieces: int
    note: str
    sent_at: datetime
    sent_name: str
    received_at: datetime | None
    received_pieces: int | None
    difference: int
    reason: str
    received_name: str


class ShelfTransfers(Answer):
    """What is on the way to and from a desk, then the newest of what arrived."""

    items: list[SentGoods]
