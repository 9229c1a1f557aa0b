"""Goods for hours.  Prices are minutes a piece."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Base64Bytes, Field

from timebank.api.schemas.base import Answer, Body, Id, PageQuery
from timebank.redemption.models import RedemptionState

Pieces = int


class ArticleLine(Answer):
    """Something that can be taken; no price before its first day."""

    id: int
    sku: str
    name: str
    name_zh: str
    name_en: str
    unit: str
    territory_code: str
    source: str
    low_stock: int
    active: bool
    price_minutes: int | None
    picture: str
    picture_alt_zh: str
    picture_alt_en: str


class PictureBody(Body):
    """A JPEG, PNG or WebP file of at most 8 MB in base64, and what it shows in words."""

    content: Base64Bytes = Field(max_length=12 * 2**20)
    alt_zh: str = Field(default="", max_length=160)
    alt_en: str = Field(default="", max_length=160)


class PictureQuery(Body):
    """`small`: at most 160 pixels instead of 960 on the longer side."""

    small: bool = False


class PictureSet(Answer):
    """The name of the picture, which is part of its address."""

    picture: str


class Articles(Answer):
    """The articles of the schemes one works for."""

    items: list[ArticleLine]


class ArticlesQuery(Body):
    """`text`: part of a name or number."""

    text: str = Field(default="", max_length=60)
    active_only: bool = False


class DeskLine(Answer):
    """A service desk."""

    id: int
    code: str
    name_zh: str
    name_en: str
    tenant: int
    territory_code: str
    address: str
    hours_zh: str
    hours_en: str
    phone: str
    active: bool


class Desks(Answer):
    """Service desks."""

    items: list[DeskLine]


class Shelf(Answer):
    """An article on a desk's shelf: pieces there, promised, and expired; `expires_on`: of what is handed out next."""

    article: ArticleLine
    pieces: int
    held: int
    free: int
    expired: int
    expires_on: date | None
    low: bool
    low_at: int
    counted_on: date | None


class ShelfQuery(Body):
    """`low`: only what runs low."""

    low: bool = False


class Shelves(Answer):
    """What a desk has."""

    items: list[Shelf]


class Basket(Body):
    """What is handed out: (item, pieces). `total_minutes`: the sum that clerk and member saw, else it is refused.

    `again`: the same was handed out to the member just now, and is meant once more.
    """

    person_id: Id
    desk_id: Id
    lines: tuple[tuple[Id, Pieces], ...] = Field(min_length=1, max_length=50)
    how: Literal["pin", "pad", "signature", "companion"] = "pin"
    pin: str = Field(default="", max_length=12)
    signature: str = Field(default="", max_length=60_000)
    note: str = Field(default="", max_length=200)
    companion: str = Field(default="", max_length=80)
    relation: str = Field(default="", max_length=16)
    consent: str = Field(default="", max_length=16)
    total_minutes: int | None = Field(default=None, ge=0, le=2**31 - 1)
    again: bool = False


class CareWanted(Body):
    """Care for hours: a request paid from the member's own account. Minutes of the day, minutes of the visit.

    `again`: the same was entered for the member just now, and is meant once more.
    """

    person_id: Id
    desk_id: Id
    service_code: str = Field(max_length=32)
    first_day: date
    earliest_minute: int = Field(ge=0, le=1440)
    latest_minute: int = Field(ge=0, le=1440)
    minutes: int = Field(ge=1, le=1440)
    weekly: bool = False
    how: Literal["pin", "pad", "signature", "companion"] = "pin"
    pin: str = Field(default="", max_length=12)
    signature: str = Field(default="", max_length=60_000)
    note: str = Field(default="", max_length=200)
    companion: str = Field(default="", max_length=80)
    relation: str = Field(default="", max_length=16)
    consent: str = Field(default="", max_length=16)
    again: bool = False


class BroughtBack(Body):
    """Goods that come back: (line of the receipt, pieces); faulty goods do not go back on the shelf."""

    pieces: tuple[tuple[Id, Pieces], ...] = Field(min_length=1, max_length=50)
    reason: str = Field(min_length=1, max_length=200)
    to_shelf: bool = True


class ReceiptRow(Answer):
    """A receipt in a list."""

    id: int
    receipt_no: str
    person_id: int
    person_name: str
    member_no: str
    desk_id: int
    desk_name: str
    state: RedemptionState
    total_minutes: int
    returned_minutes: int
    clerk_name: str
    created_at: datetime


class Receipts(Answer):
    """Receipts, newest first."""

    items: list[ReceiptRow]
    next: str | None = None


class ReceiptLineFacts(Answer):
    """An article on a receipt; `left`: pieces that may still come back."""

    id: int
    item_id: int
    sku: str
    name: str
    unit: str
    quantity: int
    price_minutes: int
    returned: int
    left: int


class TakenFrom(Answer):
    """So many pieces of a line came from this delivery, and so many of them came back."""

    line_id: int
    batch_id: int
    pieces: int
    returned: int
    source_kind: str
    source: str
    expires_on: date | None


class GoodsBack(Answer):
    """Goods that came back."""

    id: int
    at: datetime
    minutes: int
    reason: str
    to_shelf: bool
    clerk_name: str
    pieces: list[tuple[str, int]]


class ReceiptFile(Answer):
    """A receipt with its lines and everything that happened to it since."""

    row: ReceiptRow
    available_after: int | None
    confirmed_how: str
    signature: str
    second_clerk_name: str
    expires_at: datetime | None
    closed_reason: str
    lines: list[ReceiptLineFacts]
    takes: list[TakenFrom]
    returns: list[GoodsBack]


class ReceiptsQuery(PageQuery):
    """Which receipts; days are civil days, both included."""

    text: str = Field(default="", max_length=64)
    state: RedemptionState | None = None
    desk_id: Id | None = None
    person_id: Id | None = None
    first_day: date | None = None
    last_day: date | None = None


class CheckedArticle(Answer):
    """An article of a receipt: pieces, how many came back, minutes."""

    name_zh: str
    name_en: str
    quantity: int
    returned: int
    minutes: int


class CheckedReceipt(Answer):
    """A receipt that is true.  `verdict`: true, partly_reversed, reversed, waiting (for a second clerk) or void."""

    verdict: str
    receipt_no: str
    desk_names: tuple[str, str]
    created_at: datetime
    total_minutes: int
    returned_minutes: int
    lines: list[CheckedArticle]
    returned_at: datetime | None
