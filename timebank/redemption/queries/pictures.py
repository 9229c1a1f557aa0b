"""The picture of an article for whoever may see the article."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.people import queries as people
from timebank.redemption.models import GoodsItem, GoodsPicture
from timebank.redemption.queries.goods import seen_by
from timebank.territory.rules import tenant_of


def picture(actor: Actor, item_id: int, digest: str, small: bool) -> bytes:
    """JPEG.  For staff who read goods there, and for the members of the city; everybody else: NotFound.

    `digest` is part of the address, which therefore means one picture for good; another one: NotFound.
    """
    column = GoodsPicture.small if small else GoodsPicture.large
    wanted = select(column, GoodsItem.territory_code).join(GoodsItem, GoodsItem.id == GoodsPicture.item_id)
    found = db.session.execute(wanted.where(GoodsItem.id == item_id, GoodsItem.picture == digest)).first()
    if found is None or not (_of_own_city(actor, found[1]) or _in_area(actor, item_id)):
        raise NotFound("goods_unknown")
    return bytes(found[0])


def _of_own_city(actor: Actor, territory_code: str) -> bool:
    person = people.brief(people.resolve(actor.person_id)) if actor.person_id else None
    return person is not None and tenant_of(person.territory_code) == tenant_of(territory_code)


def _in_area(actor: Actor, item_id: int) -> bool:
    return db.session.scalar(select(GoodsItem.id).where(GoodsItem.id == item_id, seen_by(actor))) is not None
