"""Articles, prices and shelves.  Pieces come from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models import Scheme
from timebank.people.queries import PersonBrief
from timebank.redemption.models import Desk, DeskStock, GoodsItem, GoodsPrice
from timebank.redemption.queries.batches import BatchInfo, by_item, free_on_shelves, on_shelf
from timebank.redemption.queries.desks import DeskInfo, in_english
from timebank.redemption.rules.nearness import nearness
from timebank.territory import queries as territory
from timebank.territory.rules import tenant_of


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its price today in minutes (None before its first day)."""

    id: int
    sku: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    scheme_id: int
    territory_code: str
    source: str
    low_stock: int
    active: bool
    price_minutes: int | None
    picture: str
    picture_alt_zh: str
    picture_alt_en: str

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    @property
    def unit(self) -> str:
        return self.unit_en if in_english() else self.unit_zh

    @property
    def picture_alt(self) -> str:
        return self.picture_alt_en if in_english() else self.picture_alt_zh


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """An article on the shelf of a desk: its batches that hold pieces, the first to expire first.

    `low_at`: so many pieces or fewer are too few here.
    """

    article: Article
    desk_id: int
    handed_account_id: int
    batches: tuple[BatchInfo, ...]
    low_at: int
    counted_on: date | None

    @property
    def pieces(self) -> int:
        """On the shelf, whatever their state."""
        return sum(one.pieces for one in self.batches)

    @property
    def held(self) -> int:
        """Promised: they wait for a second clerk."""
        return sum(one.held for one in self.batches)

    @property
    def expired(self) -> int:
        """Not handed out any more, to be written off."""
        return sum(one.free for one in self.batches if one.expired)

    @property
    def free(self) -> int:
        """May be handed out today."""
        return sum(one.free for one in self.batches if not one.expired)

    @property
    def expires_on(self) -> date | None:
        """The last day of what is handed out next."""
        return next((one.expires_on for one in self.batches if not one.expired), None)

    @property
    def low(self) -> bool:
        return self.free <= self.low_at


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price in minutes from a day on."""

    minutes: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class Offer:
    """An article with the desk that has it; `nearness` sorts desks for the reader, the nearest is the smallest."""

    article: Article
    desk_id: int
    desk_name: str
    address: str
    hours: str
    free: int
    nearness: tuple[int, float]


def _price_today() -> Any:
    newer = aliased(GoodsPrice)
    latest = (
        select(func.max(newer.valid_from))
        .where(newer.item_id == GoodsItem.id, newer.valid_from <= clock.today())
        .correlate(GoodsItem)
        .scalar_subquery()
    )
    return and_(GoodsPrice.item_id == GoodsItem.id, GoodsPrice.valid_from == latest)


def _articles() -> Any:
    return select(GoodsItem, GoodsPrice.minutes).select_from(GoodsItem).outerjoin(GoodsPrice, _price_today())


def _article(item: GoodsItem, price: int | None) -> Article:
    return Article(
        item.id,
        item.sku,
        item.name_zh,
        item.name_en,
        item.unit_zh,
        item.unit_en,
        item.scheme_id,
        item.territory_code,
        item.source,
        item.low_stock,
        item.active,
        price,
        item.picture,
        item.picture_alt_zh,
        item.picture_alt_en,
    )


def catalogue(actor: Actor, text: str = "", *, active_only: bool = False) -> list[Article]:
    """The articles the actor may see (goods.read), by their order; ``text`` is part of a number or name."""
    wanted = _articles().where(seen_by(actor))
    if text.strip():
        wanted = wanted.where(_matches(text))
    if active_only:
        wanted = wanted.where(GoodsItem.active)
    rows = db.session.execute(wanted.order_by(GoodsItem.sort, GoodsItem.sku).limit(500))
    return [_article(*row) for row in rows]


def catalogue_for(desk: DeskInfo) -> list[Article]:
    """The articles that may be handed out at a desk: those of its time bank and of the ones around it."""
    wanted = _articles().where(GoodsItem.active, GoodsItem.territory_code.in_(_around(desk.territory_code)))
    return [_article(*row) for row in db.session.execute(wanted.order_by(GoodsItem.sort, GoodsItem.sku))]


def _around(code: str) -> list[str]:
    """A territory and everything it lies in."""
    return [code[:length] for length in range(len(code) + 1)]


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Articles of one's own area; those of the city above are handed out in its streets too."""
    scopes = actor.scopes("goods.read")
    above = {around for code in scopes for around in _around(code)}
    return or_(in_scope(GoodsItem.territory_code, scopes), GoodsItem.territory_code.in_(sorted(above)))


def article(actor: Actor, item_id: int) -> Article:
    """An article that is handed out in the actor's area; raises NotFound."""
    row = db.session.execute(_articles().where(GoodsItem.id == item_id, seen_by(actor))).first()
    if row is None:
        raise NotFound("goods_unknown")
    return _article(*row)


def prices(item_id: int) -> list[PriceLine]:
    """Every price of an article, the newest first."""
    rows = db.session.execute(
        select(GoodsPrice.minutes, GoodsPrice.valid_from)
        .where(GoodsPrice.item_id == item_id)
        .order_by(GoodsPrice.valid_from.desc())
    )
    return [PriceLine(*row) for row in rows]


def _matches(text: str) -> Any:
    like = f"%{text.strip().lower()}%"
    columns = (GoodsItem.sku, GoodsItem.name_zh, GoodsItem.name_en)
    return or_(*(func.lower(column).like(like) for column in columns))


def shelf(desk: DeskInfo, item_ids: Iterable[int] | None = None, *, text: str = "") -> list[ShelfItem]:
    """What stands on the shelf of a desk, by the order of the catalogue.  Two statements."""
    wanted = (
        _articles()
        .join(DeskStock, and_(DeskStock.item_id == GoodsItem.id, DeskStock.desk_id == desk.id))
        .add_columns(DeskStock)
    )
    if item_ids is not None:
        wanted = wanted.where(GoodsItem.id.in_(list(item_ids)))
    if text.strip():
        wanted = wanted.where(_matches(text))
    rows = db.session.execute(wanted.order_by(GoodsItem.sort, GoodsItem.sku)).all()
    found = by_item(on_shelf(desk, [row[0].id for row in rows]))
    return [_shelf_item(_article(row[0], row[1]), row[2], found.get(row[0].id, [])) for row in rows]


def _shelf_item(one: Article, stock: DeskStock, found: list[BatchInfo]) -> ShelfItem:
    low_at = one.low_stock if stock.low_stock is None else stock.low_stock
    return ShelfItem(one, stock.desk_id, stock.handed_account_id, tuple(found), low_at, stock.counted_on)


def shelf_item(desk: DeskInfo, item_id: int) -> ShelfItem:
    """One article on the shelf; raises NotFound."""
    found = shelf(desk, [item_id])
    if not found:
        raise NotFound("goods_unknown")
    return found[0]


def offers_near(person: PersonBrief) -> list[Offer]:
    """What a member can get in their city, with prices, where (the nearest desk first), and how many are left.

    By the order of the catalogue.  Three statements.
    """
    tenant = tenant_of(person.territory_code)
    rows = db.session.execute(
        _articles()
        .join(DeskStock, DeskStock.item_id == GoodsItem.id)
        .join(Desk, Desk.id == DeskStock.desk_id)
        .join(Scheme, Scheme.id == Desk.scheme_id)
        .add_columns(DeskStock, Desk)
        .where(Scheme.tenant == tenant, Desk.active, GoodsItem.active)
        .order_by(GoodsItem.sort, GoodsItem.sku, Desk.code)
    ).all()
    found = free_on_shelves(Scheme.tenant == tenant)
    near = _nearness(person, {row[3].territory_code for row in rows})
    rows = sorted(rows, key=lambda row: (row[0].sort, row[0].sku, near[row[3].territory_code]))
    return [
        _offer(_article(row[0], row[1]), row[3], found.get((row[3].id, row[0].id), 0), near[row[3].territory_code])
        for row in rows
    ]


def _nearness(person: PersonBrief, places: set[str]) -> dict[str, tuple[int, float]]:
    homes = territory.home_of(places)
    points = {code: (homes[code].lat, homes[code].lon) if code in homes else (None, None) for code in places}
    here = (person.lat, person.lon)
    return {code: nearness(person.territory_code, code, here, points[code]) for code in places}


def _offer(one: Article, desk: Desk, free: int, near: tuple[int, float]) -> Offer:
    english = in_english()
    name, hours = (desk.name_en, desk.hours_en) if english else (desk.name_zh, desk.hours_zh)
    return Offer(one, desk.id, name, desk.address, hours, free, near)


def low_stock(actor: Actor) -> int:
    """How many articles run low at the actor's desks (goods.manage).  Two statements."""
    here = in_scope(Desk.territory_code, actor.scopes("goods.manage"))
    rows = db.session.execute(
        select(DeskStock.desk_id, DeskStock.item_id, func.coalesce(DeskStock.low_stock, GoodsItem.low_stock))
        .join(GoodsItem, GoodsItem.id == DeskStock.item_id)
        .join(Desk, Desk.id == DeskStock.desk_id)
        .where(Desk.active, GoodsItem.active, here)
    ).all()
    free = free_on_shelves(Desk.active, here) if rows else {}
    return sum(1 for desk_id, item_id, low_at in rows if free.get((desk_id, item_id), 0) <= low_at)
