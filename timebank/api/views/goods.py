"""Articles, their prices, desks, and what stands on their shelves."""

from __future__ import annotations

from typing import Any

from timebank.api.cursors import number
from timebank.api.routing import read, write
from timebank.api.schemas.base import Command, Done, PageQuery
from timebank.api.schemas.redemption import Articles, ArticlesQuery, DeskLine, Desks, ShelfQuery, Shelves
from timebank.api.schemas.stock import (
    ArrivalBody,
    ArticleChange,
    ArticleFile,
    Batches,
    DeliveryBody,
    MinimumBody,
    NewArticle,
    NewDeskBody,
    NewLimitBody,
    NewPriceBody,
    PieceMoves,
    SendingBody,
    ShelfTransfers,
    StockCountBody,
    WriteOffBody,
)
from timebank.core.web import actor
from timebank.redemption import service
from timebank.redemption.commands import (
    Arrival,
    Delivery,
    ItemChange,
    Minimum,
    NewDesk,
    NewItem,
    NewLimit,
    NewPrice,
    Sending,
    StockCount,
    WriteOff,
)
from timebank.redemption.queries import batches, desks, goods, limits, transfers
from timebank.redemption.queries.moves import moves

ARTICLE = "/goods/<int:item_id>"
DESK = "/desks/<int:desk_id>"
PLACE = f"{DESK}/shelf/<int:item_id>"


@read("/goods", Articles, permission="goods.read", query=ArticlesQuery)
def list_goods(query: ArticlesQuery) -> dict[str, Any]:
    """The articles with today's price."""
    return {"items": goods.catalogue(actor(), query.text, active_only=query.active_only)}


@read(ARTICLE, ArticleFile, permission="goods.read")
def get_article(item_id: int) -> dict[str, Any]:
    """An article with all its prices and limits."""
    return {
        "article": goods.article(actor(), item_id),
        "prices": goods.prices(item_id),
        "limits": limits.history(item_id),
    }


@write("/goods", body=NewArticle, permission="goods.manage", status=201)
def add_article(body: Command[NewItem], key: str) -> dict[str, Any]:
    """A new article with its first price."""
    return {"id": service.add_item(actor(), body.command(), key=key)}


@write(ARTICLE, body=ArticleChange, permission="goods.manage", method="PUT")
def change_article(item_id: int, body: Command[ItemChange], key: str) -> dict[str, Any]:
    """Names, unit, giver, when it runs low, and whether it is handed out."""
    goods.article(actor(), item_id)
    service.change_item(actor(), body.command(item_id=item_id), key=key)
    return {"id": item_id}


@write(f"{ARTICLE}/prices", body=NewPriceBody, permission="goods.manage", status=201)
def set_price(item_id: int, body: Command[NewPrice], key: str) -> dict[str, Any]:
    """A price from today or a later day; the answer is the article."""
    goods.article(actor(), item_id)
    service.set_price(actor(), body.command(item_id=item_id), key=key)
    return {"id": item_id}


@write(f"{ARTICLE}/limits", body=NewLimitBody, permission="goods.manage", status=201)
def set_limit(item_id: int, body: Command[NewLimit], key: str) -> dict[str, Any]:
    """How many pieces one person may have in a period, from today or a later day; the answer is the article."""
    goods.article(actor(), item_id)
    service.set_limit(actor(), body.command(item_id=item_id), key=key)
    return {"id": item_id}


@read("/desks", Desks, permission="goods.read")
def list_desks() -> dict[str, Any]:
    """The open desks one works for."""
    return {"items": desks.desks(actor(), "goods.read")}


@read(DESK, DeskLine, permission="goods.read")
def get_desk(desk_id: int) -> desks.DeskInfo:
    """One desk."""
    return desks.desk_for(actor(), desk_id, "goods.read")


@write("/desks", body=NewDeskBody, permission="goods.manage", status=201)
def open_desk(body: Command[NewDesk], key: str) -> dict[str, Any]:
    """A new service point."""
    return {"id": service.open_desk(actor(), body.command(), key=key)}


@write(f"{DESK}/closing", answer=Done, permission="goods.manage")
def close_desk(desk_id: int, key: str) -> dict[str, Any]:
    """No more goods are handed out here; receipts and stock stay readable."""
    desks.desk_for(actor(), desk_id, "goods.manage")
    service.close_desk(actor(), desk_id, key=key)
    return {"done": True}


@read(f"{DESK}/shelf", Shelves, permission="goods.read", query=ShelfQuery)
def get_shelf(desk_id: int, query: ShelfQuery) -> dict[str, Any]:
    """What stands on the shelf of a desk."""
    found = goods.shelf(desks.desk_for(actor(), desk_id, "goods.read"))
    return {"items": [one for one in found if one.low or not query.low]}


@read(f"{PLACE}/moves", PieceMoves, permission="goods.read", query=PageQuery)
def list_stock_moves(desk_id: int, item_id: int, query: PageQuery) -> Any:
    """Every movement of an article on a shelf, in pieces, newest first."""
    desk = desks.desk_for(actor(), desk_id, "goods.read")
    return moves(desk, goods.shelf_item(desk, item_id), number(query.after), query.limit)


@read(f"{DESK}/batches", Batches, permission="goods.read")
def list_batches(desk_id: int) -> dict[str, Any]:
    """The deliveries that stand on the shelf, the first to expire first."""
    return {"items": batches.rows(desks.desk_for(actor(), desk_id, "goods.read"))}


@write(f"{DESK}/batches/<int:batch_id>/writing-off", body=WriteOffBody, permission="goods.manage", status=201)
def write_off(desk_id: int, batch_id: int, body: Command[WriteOff], key: str) -> dict[str, Any]:
    """Pieces of a delivery are thrown away; the answer is the number of the movement."""
    desk = desks.desk_for(actor(), desk_id, "goods.manage")
    return {"id": service.write_off(actor(), body.command(desk_id=desk.id, batch_id=batch_id), key=key)}


@write(f"{PLACE}/minimum", body=MinimumBody, answer=Done, permission="goods.manage", method="PUT")
def set_minimum(desk_id: int, item_id: int, body: Command[Minimum], key: str) -> dict[str, Any]:
    """From so many pieces down the article runs low at this desk; null: as the article says."""
    desk = desks.desk_for(actor(), desk_id, "goods.manage")
    service.set_minimum(actor(), body.command(desk_id=desk.id, item_id=item_id), key=key)
    return {"done": True}


@write(f"{DESK}/deliveries", body=DeliveryBody, permission="goods.manage", status=201)
def receive_goods(desk_id: int, body: Command[Delivery], key: str) -> dict[str, Any]:
    """Goods came in; the answer is the number of the movement."""
    desk = desks.desk_for(actor(), desk_id, "goods.manage")
    return {"id": service.receive_goods(actor(), body.command(desk_id=desk.id), key=key)}


@write(f"{PLACE}/count", body=StockCountBody, permission="goods.manage", status=201)
def take_stock(desk_id: int, item_id: int, body: Command[StockCount], key: str) -> dict[str, Any]:
    """The article was counted; a difference needs its reason.  The answer is the number of the movement."""
    desk = desks.desk_for(actor(), desk_id, "goods.manage")
    return {"id": service.take_stock(actor(), body.command(desk_id=desk.id, item_id=item_id), key=key)}


@read(f"{DESK}/transfers", ShelfTransfers, permission="goods.read")
def list_shelf_transfers(desk_id: int) -> dict[str, Any]:
    """What is on the way to and from a desk, then the newest of what arrived."""
    return {"items": transfers.of_desk(desks.desk_for(actor(), desk_id, "goods.read"))}


@write(f"{DESK}/transfers", body=SendingBody, permission="goods.manage", status=201)
def send_goods(desk_id: int, body: Command[Sending], key: str) -> dict[str, Any]:
    """Pieces leave a shelf for another desk; the answer is the number of the transfer."""
    desk = desks.desk_for(actor(), desk_id, "goods.manage")
    return {"id": service.send_goods(actor(), body.command(desk_id=desk.id), key=key)}


@write("/transfers-of-goods/<int:shelf_transfer_id>/arrival", body=ArrivalBody, permission="goods.manage", status=201)
def receive_sent(shelf_transfer_id: int, body: Command[Arrival], key: str) -> dict[str, Any]:
    """What was sent has arrived and was counted; a difference needs its reason."""
    return {"id": service.receive_sent(actor(), body.command(shelf_transfer_id=shelf_transfer_id), key=key)}
