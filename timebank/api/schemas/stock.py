"""Articles with dated prices, desks, and what comes to the shelf."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from timebank.api.schemas.base import Answer, body_of
from timebank.api.schemas.redemption import ArticleLine
from timebank.redemption.commands import Delivery, ItemChange, NewDesk, NewItem, NewPrice, StockCount

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


class ArticleFile(Answer):
    """An article with all its prices, the newest first."""

    article: ArticleLine
    prices: list[PriceLine]
