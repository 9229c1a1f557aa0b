"""The end of a desk's day: what should be there, what was counted, and the days that are closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.redemption.models import DayClosing, DayCount, Desk, Redemption, RedemptionState, StockMove
from timebank.redemption.queries import reckoning
from timebank.redemption.queries.day import desk_day
from timebank.redemption.queries.desks import DeskInfo, in_english
from timebank.redemption.queries.goods import shelf


@dataclass(frozen=True, slots=True)
class Article:
    """An article at the end of the day.  Pieces: at the start + came in - handed out + came back + other = `books`."""

    item_id: int
    sku: str
    name_zh: str
    name_en: str
    came_in: int
    handed: int
    back: int
    other: int
    books: int

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    @property
    def start(self) -> int:
        return self.books - self.came_in + self.handed - self.back - self.other


@dataclass(frozen=True, slots=True)
class Expected:
    """What the books say of a desk's day: receipts, minutes, articles."""

    receipts: int
    first_no: str
    last_no: str
    members: int
    minutes_taken: int
    minutes_back: int
    sink_minutes: int
    receipts_minutes: int
    articles: tuple[Article, ...]

    @property
    def agrees(self) -> bool:
        """The hours paid for goods are those of the receipts, in the whole time bank."""
        return self.sink_minutes == self.receipts_minutes


IN_KINDS = ("delivery", "received")


def expected(desk: DeskInfo, today: date) -> Expected:
    """What should be there now.  About a dozen statements."""
    found = desk_day(desk, today, today)
    since = clock.at(today, 0)
    numbers = db.session.execute(
        select(func.min(Redemption.receipt_no), func.max(Redemption.receipt_no)).where(
            Redemption.desk_id == desk.id, Redemption.created_at >= since, Redemption.state.in_(reckoning.HANDED)
        )
    ).one()
    sink, receipts = reckoning.hours(desk.scheme_id)
    return Expected(
        found.receipts,
        numbers[0] or "",
        numbers[1] or "",
        found.members,
        found.minutes_taken,
        found.minutes_back,
        sink,
        receipts,
        tuple(_articles(desk, since, {row.sku: (row.pieces, row.to_shelf) for row in found.articles})),
    )


def _articles(desk: DeskInfo, since: datetime, out: dict[str, tuple[int, int]]) -> list[Article]:
    moved: Counter[tuple[int, bool]] = Counter()
    rows = db.session.execute(
        select(StockMove.item_id, StockMove.kind, func.sum(StockMove.pieces))
        .where(StockMove.desk_id == desk.id, StockMove.at >= since)
        .group_by(StockMove.item_id, StockMove.kind)
    )
    for item, kind, pieces in rows:
        moved[item, kind.value in IN_KINDS] += int(pieces)
    return [
        Article(
            one.article.id,
            one.article.sku,
            one.article.name_zh,
            one.article.name_en,
            moved[one.article.id, True],
            *out.get(one.article.sku, (0, 0)),
            moved[one.article.id, False],
            one.pieces,
        )
        for one in shelf(desk)
        if one.pieces or one.article.active
    ]


def waiting(desk: DeskInfo) -> int:
    """How many baskets of the desk wait for a second clerk: with them a day is not closed."""
    here = (Redemption.desk_id == desk.id, Redemption.state == RedemptionState.WAITING)
    return int(db.session.scalar(select(func.count()).select_from(Redemption).where(*here)) or 0)


def count_of(desk_id: int, day: date) -> DayCount | None:
    """What was counted on a day and waits for the second signature."""
    return db.session.scalar(select(DayCount).where(DayCount.desk_id == desk_id, DayCount.day == day))


def closing_of(desk_id: int, day: date) -> int | None:
    """The closing of a day, or None while it is open."""
    found: int | None = db.session.scalar(
        select(DayClosing.id).where(DayClosing.desk_id == desk_id, DayClosing.day == day)
    )
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A closed day with everything that is printed."""

    id: int
    desk_id: int
    desk_names: tuple[str, str]
    territory_code: str
    day: date
    facts: dict[str, Any]
    first_name: str
    counted_at: datetime
    second_name: str
    at: datetime

    @property
    def desk_name(self) -> str:
        return self.desk_names[1 if in_english() else 0]

    @property
    def differences(self) -> int:
        """How many articles (and the receipts) differed."""
        lines = sum(1 for one in self.facts["articles"] if one["counted"] != one["books"])
        return lines + int(self.facts["receipts_counted"] != self.facts["receipts"])


def _sheets() -> Any:
    return select(DayClosing, Desk).join(Desk, Desk.id == DayClosing.desk_id)


def _sheet(row: DayClosing, desk: Desk) -> Sheet:
    return Sheet(
        row.id,
        desk.id,
        (desk.name_zh, desk.name_en),
        desk.territory_code,
        row.day,
        row.facts,
        row.first_name,
        row.counted_at,
        row.second_name,
        row.at,
    )


def sheet(actor: Actor, closing_id: int) -> Sheet:
    """A closed day of a desk whose receipts the actor may read; else NotFound."""
    seen = in_scope(Desk.territory_code, actor.scopes("redemptions.read"))
    row = db.session.execute(_sheets().where(DayClosing.id == closing_id, seen)).first()
    if row is None:
        raise NotFound("not_found")
    return _sheet(*row)


def sheets(desk: DeskInfo, limit: int = 60) -> Sequence[Sheet]:
    """The closed days of a desk, the newest first.  One statement."""
    wanted = _sheets().where(DayClosing.desk_id == desk.id).order_by(DayClosing.day.desc()).limit(limit)
    return [_sheet(*row) for row in db.session.execute(wanted)]


def to_sign(actor: Actor) -> int:
    """How many day ends of the actor's desks wait for a second signature, not the actor's own.  One statement."""
    found = (
        select(func.count())
        .select_from(DayCount)
        .join(Desk, Desk.id == DayCount.desk_id)
        .where(
            DayCount.day == clock.today(),
            DayCount.clerk_id != (actor.account_id or 0),
            in_scope(Desk.territory_code, actor.scopes("desk.serve")),
        )
    )
    return int(db.session.scalar(found) or 0)
