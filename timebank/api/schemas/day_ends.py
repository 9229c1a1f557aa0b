"""The end of a desk's day, and goods compared with hours.  Minutes and pieces."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from timebank.api.schemas.base import Answer, body_of
from timebank.redemption.commands import DayEnd

MOST = 2**31 - 1
DayEndBody = body_of(
    DayEnd,
    name="DayEnd",
    without=("desk_id",),
    counted=Field(max_length=500),
    reasons=Field(max_length=500),
    receipts=Field(ge=0, le=MOST),
    note=Field(max_length=300),
)


class ArticleAtEnd(Answer):
    """An article: what was there at the start, what moved, what the books say now."""

    item_id: int
    sku: str
    name: str
    start: int
    came_in: int
    handed: int
    back: int
    other: int
    books: int


class DayExpected(Answer):
    """What should be there. `agrees`: the hours paid for goods are those of the receipts, in the whole time bank."""

    receipts: int
    first_no: str
    last_no: str
    members: int
    minutes_taken: int
    minutes_back: int
    sink_minutes: int
    receipts_minutes: int
    agrees: bool
    articles: list[ArticleAtEnd]


class DayState(Answer):
    """The day of a desk: `closing_id` once it is closed; `counted_by` while a count waits for the second signature."""

    expected: DayExpected
    waiting: int
    counted_by: str
    closing_id: int | None


class DaySheet(Answer):
    """A closed day; `facts` holds everything that is printed."""

    id: int
    desk_id: int
    desk_name: str
    day: date
    first_name: str
    counted_at: datetime
    second_name: str
    at: datetime
    differences: int
    facts: dict[str, Any]


class DaySheets(Answer):
    """Closed days, the newest first."""

    items: list[DaySheet]


class GoodsFinding(Answer):
    """Something that disagrees: what the ledger says, and what receipts and movements come to."""

    code: str
    subject: str
    books: int
    counted: int


class GoodsReckoningFacts(Answer):
    """Goods and hours of a time bank on a day."""

    day: date
    at: datetime
    scheme_name: str
    sink_minutes: int
    receipts_minutes: int
    shelf_pieces: int
    shelf_minutes: int
    findings: list[GoodsFinding]


class GoodsReckonings(Answer):
    """The newest days."""

    items: list[GoodsReckoningFacts]
