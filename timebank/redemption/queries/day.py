"""The day of a desk (domain.md C6 R15): what went out, what came back, hours taken, top articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select

from timebank.core import clock
from timebank.core.db import db
from timebank.redemption.models import (
    GoodsItem,
    Redemption,
    RedemptionLine,
    RedemptionReturn,
    RedemptionState,
    ReturnLine,
)
from timebank.redemption.queries.batches import on_shelf
from timebank.redemption.queries.desks import DeskInfo, in_english
from timebank.redemption.queries.moves import MoveInfo, last_moves


@dataclass(frozen=True, slots=True)
class ItemDay:
    """An article on a day: pieces out, minutes taken, pieces back (`to_shelf`: the good ones), pieces there now."""

    name: str
    sku: str
    pieces: int
    minutes: int
    back: int
    to_shelf: int
    stock: int


@dataclass(frozen=True, slots=True)
class DeskDay:
    """A desk between two days (both included)."""

    first_day: date
    last_day: date
    receipts: int
    members: int
    minutes_taken: int
    minutes_back: int
    articles: Sequence[ItemDay]
    moves: Sequence[MoveInfo]

    @property
    def minutes_net(self) -> int:
        return self.minutes_taken - self.minutes_back


def desk_day(desk: DeskInfo, first_day: date, last_day: date) -> DeskDay:
    """What happened at a desk; minutes and pieces.  Five statements."""
    since, until = clock.at(first_day, 0), clock.at(last_day + timedelta(days=1), 0)
    handed = _handed(desk, since, until)
    receipts, members, taken = db.session.execute(
        select(
            func.count(),
            func.count(func.distinct(Redemption.person_id)),
            func.coalesce(func.sum(Redemption.total_minutes), 0),
        ).where(*handed)
    ).one()
    back = db.session.scalar(
        select(func.coalesce(func.sum(RedemptionReturn.minutes), 0))
        .join(Redemption, Redemption.id == RedemptionReturn.redemption_id)
        .where(Redemption.desk_id == desk.id, RedemptionReturn.at >= since, RedemptionReturn.at < until)
    )
    items = _items(desk, since, until)
    moves = last_moves(desk, since, until)
    return DeskDay(first_day, last_day, receipts, members, int(taken), int(back or 0), items, moves)


def _handed(desk: DeskInfo, since: datetime, until: datetime) -> tuple[Any, ...]:
    out = (RedemptionState.DONE, RedemptionState.PARTLY_RETURNED, RedemptionState.RETURNED)
    return (
        Redemption.desk_id == desk.id,
        Redemption.created_at >= since,
        Redemption.created_at < until,
        Redemption.state.in_(out),
    )


def _items(desk: DeskInfo, since: datetime, until: datetime) -> list[ItemDay]:
    out = db.session.execute(
        select(
            RedemptionLine.item_id,
            func.sum(RedemptionLine.quantity),
            func.sum(RedemptionLine.quantity * RedemptionLine.price_minutes),
        )
        .join(Redemption, Redemption.id == RedemptionLine.redemption_id)
        .where(*_handed(desk, since, until))
        .group_by(RedemptionLine.item_id)
    ).all()
    back, there = _back(desk, since, until), pieces_there(desk)
    english = in_english()
    taken = {item: (int(pieces), int(minutes)) for item, pieces, minutes in out}
    moved = {item: taken.get(item, (0, 0)) for item in {*taken, *back, *there}}
    rows = [
        ItemDay(item.name_en if english else item.name_zh, item.sku, *moved[item.id], *back[item.id], there[item.id])
        for item in db.session.scalars(select(GoodsItem).where(GoodsItem.id.in_(list(moved))))
    ]
    return sorted(rows, key=lambda row: (-row.minutes, row.sku))


def pieces_there(desk: DeskInfo) -> Counter[int]:
    """Pieces on the shelf now, by article."""
    found: Counter[int] = Counter()
    for one in on_shelf(desk):
        found[one.item_id] += one.pieces
    return found


def _back(desk: DeskInfo, since: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """(Pieces that came back, those of them that went on the shelf), by article."""
    fine = func.sum(case((ReturnLine.batch_id.is_not(None), ReturnLine.quantity), else_=0))
    rows = db.session.execute(
        select(RedemptionLine.item_id, func.sum(ReturnLine.quantity), fine)
        .join(ReturnLine, ReturnLine.line_id == RedemptionLine.id)
        .join(RedemptionReturn, RedemptionReturn.id == ReturnLine.return_id)
        .join(Redemption, Redemption.id == RedemptionLine.redemption_id)
        .where(Redemption.desk_id == desk.id, RedemptionReturn.at >= since, RedemptionReturn.at < until)
        .group_by(RedemptionLine.item_id)
    )
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    found |= {item_id: (int(pieces), int(shelved)) for item_id, pieces, shelved in rows}
    return found
