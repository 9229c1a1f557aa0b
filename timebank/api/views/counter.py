"""The counter of a desk: finding the member, the basket, the day."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Done
from timebank.api.schemas.counter import (
    DayQuery,
    DeskDay,
    DeskOperations,
    FindQuery,
    InBasket,
    IntoBasket,
    MemberAtDesk,
    MembersFound,
    MyGoods,
    explained,
)
from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.web import SIGNED_IN, actor
from timebank.redemption import service
from timebank.redemption.queries import baskets, day, goods, operations, standing
from timebank.redemption.queries.desks import desk_for
from timebank.redemption.queries.finding import Found, find
from timebank.redemption.rules.allowance import needs_second_clerk
from timebank.redemption.texts import explain

DESK = "/desks/<int:desk_id>"
MEMBER = f"{DESK}/members/<int:person_id>"


@read(f"{DESK}/members", MembersFound, permission="desk.serve", query=FindQuery)
def find_member(desk_id: int, query: FindQuery) -> dict[str, Any]:
    """Whom a scanned card, a number or a name means."""
    found: Found = find(actor(), desk_for(actor(), desk_id, "desk.serve"), query.text)
    return {"person_id": found.person_id, "items": found.hits}


@read(MEMBER, MemberAtDesk, permission="desk.serve")
def get_member_at_desk(desk_id: int, person_id: int) -> dict[str, Any]:
    """The member's hours, what may be taken today and why, and the basket."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    card = standing.member_card(actor(), desk, person_id)
    on_shelf = [one for one in goods.shelf(desk) if one.article.active]
    now = baskets.basket(actor(), desk, card.person.id, on_shelf)
    second = needs_second_clerk(card.rules, now.total_minutes)
    return {
        **{name: getattr(card.person, name) for name in ("member_no", "name")},
        **{name: getattr(card.standing, name) for name in ("available_minutes", "held_minutes", "earned_minutes")},
        "person_id": card.person.id,
        "may_take": explained(card.allowances, explain),
        "basket": {"lines": now.lines, "total_minutes": now.total_minutes, "second_clerk": second},
    }


@write(f"{MEMBER}/basket", body=IntoBasket, answer=InBasket, permission="desk.serve")
def put_in_basket(desk_id: int, person_id: int, body: IntoBasket, key: str) -> dict[str, Any]:
    """Puts pieces of an article into the basket that the clerk keeps for the member, or takes them out."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    person = standing.member_of_city(desk, person_id)
    return {"pieces": service.put_in_basket(actor(), desk.id, person.id, body.code, body.pieces, key=key)}


@write(f"{MEMBER}/basket", answer=Done, permission="desk.serve", method="DELETE")
def empty_basket(desk_id: int, person_id: int, key: str) -> dict[str, Any]:
    """Takes everything out of the basket."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    service.empty_basket(actor(), desk.id, standing.member_of_city(desk, person_id).id, key=key)
    return {"done": True}


@read(f"{DESK}/operations", DeskOperations, permission="desk.serve")
def list_desk_operations(desk_id: int) -> dict[str, Any]:
    """What the desk did last, and one's own baskets that are not handed out: for whoever lost the line."""
    return {"items": operations.last(actor(), desk_for(actor(), desk_id, "desk.serve"))}


@read(f"{DESK}/day", DeskDay, permission="redemptions.read", query=DayQuery)
def get_desk_day(desk_id: int, query: DayQuery) -> day.DeskDay:
    """What a desk handed out in a day or between two days."""
    desk = desk_for(actor(), desk_id, "redemptions.read")
    first = query.since or clock.today()
    return day.desk_day(desk, first, max(first, query.until or first))


@read("/my/goods", MyGoods, permission=SIGNED_IN)
def list_my_goods() -> dict[str, Any]:
    """What one can get for one's hours, and where."""
    card = standing.own_card(actor())
    if card is None:
        raise NotFound("no_such_person")
    return {
        "available_minutes": card.standing.available_minutes,
        "may_take": explained(card.allowances, explain),
        "items": goods.offers_near(card.person),
    }
