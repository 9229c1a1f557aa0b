"""The member at the desk: hours, what may be taken today, and the basket.  Amounts are minutes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, Body
from timebank.api.schemas.redemption import ArticleLine, Shelf
from timebank.redemption.rules.allowance import Kind


class FindQuery(Body):
    """`text`: a scanned card, a member number, a phone, or part of a name."""

    text: str = Field(min_length=1, max_length=200)


class MemberHit(Answer):
    """Somebody whom the text may mean."""

    id: int
    member_no: str
    name: str
    place: str
    phone_masked: str


class MembersFound(Answer):
    """Whom the text means: `person_id` when it is one only."""

    person_id: int | None
    items: list[MemberHit]


class MayTake(Answer):
    """So many minutes of a kind today, and the rule that says so, in words."""

    kind: Kind
    minutes: int
    rule: str
    words: str


class BasketRow(Answer):
    """An article in the basket at today's price."""

    item: Shelf
    pieces: int
    minutes: int


class BasketNow(Answer):
    """What the clerk has put together for the member."""

    lines: list[BasketRow]
    total_minutes: int
    second_clerk: bool


class MemberAtDesk(Answer):
    """A member at the desk; nothing but hours and what is needed to hand goods out."""

    person_id: int
    member_no: str
    name: str
    available_minutes: int
    held_minutes: int
    earned_minutes: int
    may_take: list[MayTake]
    basket: BasketNow


class IntoBasket(Body):
    """An article by its number or part of its name; fewer than zero pieces are taken out."""

    code: str = Field(min_length=1, max_length=80)
    pieces: int = Field(default=1, ge=-9999, le=9999)


class InBasket(Answer):
    """Pieces of the article that are in the basket now."""

    pieces: int


class PlaceToGet(Answer):
    """An article and a desk that has it."""

    article: ArticleLine
    desk_id: int
    desk_name: str
    address: str
    hours: str
    free: int


class MyGoods(Answer):
    """What one can get for hours in one's city, and how many hours may be used today."""

    available_minutes: int
    may_take: list[MayTake]
    items: list[PlaceToGet]


class DeskOperation(Answer):
    """What a desk did: goods handed out or taken back, or a basket of one's own for which nothing is booked."""

    at: datetime
    kind: Literal["handed", "returned", "basket"]
    state: Literal["done", "waiting", "cancelled", "open"]
    person_id: int
    person_name: str
    minutes: int | None
    receipt_id: int | None
    receipt_no: str
    clerk_name: str


class DeskOperations(Answer):
    """The newest first."""

    items: list[DeskOperation]


class DayQuery(Body):
    """Civil days, both included; today when left out."""

    since: date | None = None
    until: date | None = None


class ArticleOfDay(Answer):
    """An article: pieces out, minutes taken, pieces back (`to_shelf`: the good ones), pieces on the shelf now."""

    name: str
    sku: str
    pieces: int
    minutes: int
    back: int
    to_shelf: int
    stock: int


class MoveOfDay(Answer):
    """A delivery or a stock take."""

    item_name: str
    kind: str
    pieces: int
    counted: int | None
    source: str
    reason: str
    clerk_name: str
    at: datetime


class DeskDay(Answer):
    """What a desk handed out between two days."""

    first_day: date
    last_day: date
    receipts: int
    members: int
    minutes_taken: int
    minutes_back: int
    minutes_net: int
    articles: list[ArticleOfDay]
    moves: list[MoveOfDay]


def explained(found: Any, explain: Any) -> list[dict[str, Any]]:
    """Allowances with the sentence of their rule."""
    return [
        {"kind": one.kind, "minutes": one.minutes, "rule": one.reason.code, "words": explain(one.reason)}
        for one in found
    ]
