"""The basket on the desk: kept by the server, so that it survives a refusal, a wrong PIN and an expired sign-in."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.people import queries as people
from timebank.redemption.models import Basket
from timebank.redemption.queries import limits
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.queries.goods import ShelfItem, shelf
from timebank.redemption.rules import basket as rules


@command
def put_in_basket(
    actor: Actor, desk_id: int, person_id: int, text: str, pieces: int = 1, *, key: str | None = None
) -> int:
    """Puts ``pieces`` of an article (negative: takes them out) into the basket; returns the pieces of it there.

    ``text`` is an article's number (a scanner types it) or part of its name.  Raises `Refused`: redeem_item_unknown,
    redeem_item_several, redeem_out_of_stock, redeem_no_price,
    redeem_limit_*.
    """
    where = _desk(actor, desk_id)
    item = _find(where, text)
    row = _row(actor, where, person_id) or _new(actor, where, person_id)
    now = {int(item_id): count for item_id, count in row.pieces.items()}
    after = rules.changed(now, item.article.id, pieces)
    if pieces > 0:
        _check(item, after.get(item.article.id, 0))
        for reason in limits.over(people.ids_of(person_id), [(item, after[item.article.id])]):
            raise Refused(f"redeem_{reason.code}", field="code", **reason.facts)
    row.pieces = {str(item_id): count for item_id, count in after.items()}
    row.changed_at = clock.now()
    return after.get(item.article.id, 0)


def _check(item: ShelfItem, asked: int) -> None:
    if item.article.price_minutes is None:
        raise Refused("redeem_no_price", field="code", item=item.article.name)
    if asked > item.free:
        raise Refused("redeem_out_of_stock", field="code", item=item.article.name, left=item.free, asked=asked)


def _find(where: DeskInfo, text: str) -> ShelfItem:
    wanted = text.strip()
    found = [one for one in shelf(where, text=wanted) if one.article.active] if wanted else []
    exact = [one for one in found if one.article.sku.lower() == wanted.lower()]
    if len(exact or found) > 1:
        raise Refused("redeem_item_several", field="code", text=wanted)
    if not found:
        raise Refused("redeem_item_unknown", field="code", text=wanted)
    return (exact or found)[0]


@command
def empty_basket(actor: Actor, desk_id: int, person_id: int, *, key: str | None = None) -> None:
    """Takes everything out of the basket."""
    row = _row(actor, _desk(actor, desk_id), person_id)
    if row is not None:
        db.session.delete(row)


def drop(actor: Actor, desk_id: int, person_id: int) -> None:
    """The basket became a receipt; called inside the transaction that made it."""
    row = _row(actor, desk(desk_id), person_id)
    if row is not None:
        db.session.delete(row)


def _desk(actor: Actor, desk_id: int) -> DeskInfo:
    where = desk(desk_id)
    actor.require("desk.serve", where.territory_code)
    if not where.active:
        raise Refused("redeem_desk_closed")
    return where


def _row(actor: Actor, where: DeskInfo, person_id: int) -> Basket | None:
    return db.session.scalar(
        select(Basket).where(
            Basket.clerk_id == (actor.account_id or 0), Basket.person_id == person_id, Basket.desk_id == where.id
        )
    )


def _new(actor: Actor, where: DeskInfo, person_id: int) -> Basket:
    row = Basket(clerk_id=actor.account_id or 0, person_id=person_id, desk_id=where.id, pieces={})
    db.session.add(row)
    return row
