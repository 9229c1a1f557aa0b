"""The basket as the clerk sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.redemption.models import Basket
from timebank.redemption.queries.desks import DeskInfo
from timebank.redemption.queries.goods import ShelfItem


@dataclass(frozen=True, slots=True)
class BasketLine:
    """An article in the basket at today's price."""

    item: ShelfItem
    pieces: int

    @property
    def minutes(self) -> int:
        return self.pieces * (self.item.article.price_minutes or 0)


@dataclass(frozen=True, slots=True)
class BasketView:
    """All of the basket; minutes."""

    lines: tuple[BasketLine, ...] = ()

    @property
    def total_minutes(self) -> int:
        return sum(line.minutes for line in self.lines)

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        return tuple((line.item.article.id, line.pieces) for line in self.lines)


def basket(actor: Actor, desk: DeskInfo, person_id: int, on_shelf: Sequence[ShelfItem]) -> BasketView:
    """What the clerk has put together for the member, out of what is on the shelf.  One statement."""
    pieces = db.session.scalar(
        select(Basket.pieces).where(
            Basket.clerk_id == (actor.account_id or 0), Basket.person_id == person_id, Basket.desk_id == desk.id
        )
    )
    if not pieces:
        return BasketView()
    inside = [one for one in on_shelf if str(one.article.id) in pieces]
    return BasketView(tuple(BasketLine(one, int(pieces[str(one.article.id)])) for one in inside))
