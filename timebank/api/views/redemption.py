"""Goods for hours."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import PageQuery, Reason
from timebank.api.schemas.redemption import (
    Articles,
    ArticlesQuery,
    Basket,
    BroughtBack,
    CareWanted,
    Desks,
    ReceiptFile,
    Receipts,
    ReceiptsQuery,
    Shelves,
)
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor
from timebank.people import queries as people
from timebank.redemption import service
from timebank.redemption.commands import CareCommand, Confirmation, RedeemCommand, ReturnCommand
from timebank.redemption.queries import desks, goods, receipts


@read("/goods", Articles, permission="goods.read", query=ArticlesQuery)
def list_goods(query: ArticlesQuery) -> dict[str, Any]:
    """The articles with today's price."""
    return {"items": goods.catalogue(actor(), query.text, active_only=query.active_only)}


@read("/desks", Desks, permission="goods.read")
def list_desks() -> dict[str, Any]:
    """The open desks one works for."""
    return {"items": desks.desks(actor(), "goods.read")}


@read("/desks/<int:desk_id>/shelf", Shelves, permission="goods.read")
def get_shelf(desk_id: int) -> dict[str, Any]:
    """What stands on the shelf of a desk."""
    return {"items": goods.shelf(desks.desk_for(actor(), desk_id, "goods.read"))}


@read("/redemptions", Receipts, permission="redemptions.read", query=ReceiptsQuery)
def list_redemptions(query: ReceiptsQuery) -> Page[receipts.Row]:
    """Receipts of the desks one may look at."""
    state = query.state.value if query.state else ""
    wanted = receipts.Filter(query.text, state, query.desk_id, query.first_day, query.last_day)
    return receipts.redemptions(actor(), wanted, query.after, query.limit)


@read("/people/<int:person_id>/redemptions", Receipts, permission=SIGNED_IN, query=PageQuery)
def list_own_redemptions(person_id: int, query: PageQuery) -> Page[receipts.Row]:
    """One's own receipts, or those of somebody one acts for."""
    if not actor().is_self(person_id):
        raise NotFound("no_such_person")
    return receipts.of_person(people.ids_of(person_id), query.after)


@read("/redemptions/<int:redemption_id>", ReceiptFile, permission=SIGNED_IN)
def get_redemption(redemption_id: int) -> receipts.Receipt:
    """One receipt: the member's own, or of a desk one may look at."""
    return receipts.receipt(actor(), redemption_id)


@write("/redemptions", body=Basket, permission="desk.serve", status=201)
def redeem(body: Basket, key: str) -> dict[str, Any]:
    """Hands goods out: hours, pieces and receipt in one step.  Large sums wait for a second clerk."""
    agreed = Confirmation(body.how, body.pin, body.note)
    wanted = RedeemCommand(body.person_id, body.desk_id, body.lines, agreed, body.total_minutes)
    return {"id": service.redeem(actor(), wanted, key=key)}


@write("/redemptions/care", body=CareWanted, permission="desk.serve", status=201)
def redeem_for_care(body: CareWanted, key: str) -> dict[str, Any]:
    """Care instead of goods: the number of the request that was made."""
    wanted = CareCommand(
        body.person_id,
        body.desk_id,
        body.service_code,
        body.first_day,
        body.earliest_minute,
        body.latest_minute,
        body.minutes,
        Confirmation(body.how, body.pin, body.note),
        weekly=body.weekly,
    )
    return {"id": service.redeem_for_care(actor(), wanted, key=key)}


@write("/redemptions/<int:redemption_id>/approval", permission="desk.serve")
def approve_redemption(redemption_id: int, key: str) -> dict[str, Any]:
    """The second clerk agrees."""
    return {"id": service.approve_redemption(actor(), redemption_id, key=key)}


@write("/redemptions/<int:redemption_id>/cancellation", body=Reason, permission="desk.serve")
def cancel_redemption(redemption_id: int, body: Reason, key: str) -> dict[str, Any]:
    """A receipt that waits is not handed out; hours and pieces are free again."""
    return {"id": service.cancel_redemption(actor(), redemption_id, body.reason, key=key)}


@write("/redemptions/<int:redemption_id>/returns", body=BroughtBack, permission="desk.returns", status=201)
def take_back(redemption_id: int, body: BroughtBack, key: str) -> dict[str, Any]:
    """Goods come back; their hours go back to the member."""
    wanted = ReturnCommand(redemption_id, body.pieces, body.reason, body.to_shelf)
    return {"id": service.take_back(actor(), wanted, key=key)}
