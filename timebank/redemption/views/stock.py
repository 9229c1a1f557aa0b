"""Shelves: what stands there, goods in, counting, every movement."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from timebank.core.web import actor, commanded, permit, submit
from timebank.redemption import service, words
from timebank.redemption.forms import DeskForm
from timebank.redemption.forms_stock import CountForm, DeliveryForm, MinimumForm, WriteOffForm
from timebank.redemption.queries import batches, goods
from timebank.redemption.queries.desks import DeskInfo, desk_for, desks
from timebank.redemption.queries.moves import moves
from timebank.redemption.views.blueprint import bp
from timebank.redemption.views.places import places


@bp.get("/stock", endpoint="stocks")
@permit("goods.read")
def shelves() -> str:
    """The desks whose shelves the actor may see."""
    return render_template("redemption/stocks.html", desks=desks(actor(), "goods.read"))


@bp.get("/desk/<int:desk_id>/stock")
@permit("goods.read")
def stock(desk_id: int) -> str:
    """What stands on the shelf, the low ones marked."""
    desk = desk_for(actor(), desk_id, "goods.read")
    low_only = bool(request.args.get("low"))
    items = [one for one in goods.shelf(desk) if one.low or not low_only]
    may = actor().may("goods.manage", desk.territory_code)
    return render_template("redemption/stock.html", desk=desk, items=items, low_only=low_only, may=may)


@bp.get("/desk/<int:desk_id>/stock/<int:item_id>")
@permit("goods.read")
def stock_moves(desk_id: int, item_id: int) -> str:
    """Every movement of an article, from the ledger."""
    desk = desk_for(actor(), desk_id, "goods.read")
    item = goods.shelf_item(desk, item_id)
    before = request.args.get("after", type=int)
    page = moves(desk, item, before)
    return render_template("redemption/moves.html", desk=desk, item=item, page=page, words=words)


@bp.route("/desk/<int:desk_id>/stock/in", methods=["GET", "POST"])
@permit("goods.manage")
def goods_in(desk_id: int) -> BaseResponse:
    """A delivery."""
    desk = desk_for(actor(), desk_id, "goods.manage")
    form = DeliveryForm()
    form.item_id.choices = _articles(desk)
    if not form.is_submitted() and (item_id := request.args.get("item", type=int)):
        form.item_id.data = item_id
    return submit(
        form,
        lambda: service.receive_goods(actor(), form.command(desk.id), key=form.key.data),
        done=url_for("redemption.stock", desk_id=desk.id),
        said=_("The goods are on the shelf."),
        template="redemption/goods_in.html",
        desk=desk,
    )


def _articles(desk: DeskInfo) -> list[SelectChoice]:
    known = goods.catalogue_for(desk)
    return [SelectChoice(one.id, f"{one.sku} · {one.name}") for one in known]


@bp.route("/desk/<int:desk_id>/stock/<int:item_id>/minimum", methods=["GET", "POST"])
@permit("goods.manage")
def minimum(desk_id: int, item_id: int) -> BaseResponse:
    """When the article runs low at this desk."""
    desk = desk_for(actor(), desk_id, "goods.manage")
    item = goods.shelf_item(desk, item_id)
    form = MinimumForm()
    if not form.is_submitted():
        form.pieces.data = item.low_at
    return submit(
        form,
        commanded(form, service.set_minimum, desk.id, item_id),
        done=url_for("redemption.stock", desk_id=desk.id),
        said=_("Saved."),
        template="redemption/minimum.html",
        desk=desk,
        item=item,
    )


@bp.get("/desk/<int:desk_id>/stock/batches", endpoint="batches")
@permit("goods.read")
def shelf_batches(desk_id: int) -> str:
    """What must be used by when, what has expired first (`?all=1`: also what has no day)."""
    desk = desk_for(actor(), desk_id, "goods.read")
    may, everything = actor().may("goods.manage", desk.territory_code), bool(request.args.get("all"))
    rows = [one for one in batches.rows(desk) if everything or one.batch.expires_on]
    return render_template("redemption/batches.html", desk=desk, rows=rows, may=may, words=words, everything=everything)


@bp.route("/desk/<int:desk_id>/stock/batches/<int:batch_id>/write-off", methods=["GET", "POST"])
@permit("goods.manage")
def write_off(desk_id: int, batch_id: int) -> BaseResponse:
    """Pieces that are thrown away, with the reason."""
    desk = desk_for(actor(), desk_id, "goods.manage")
    row = batches.row(desk, batch_id)
    form = WriteOffForm()
    if not form.is_submitted():
        form.suggest(row)
    return submit(
        form,
        commanded(form, service.write_off, desk.id, batch_id),
        done=url_for("redemption.batches", desk_id=desk.id),
        said=_("Written off."),
        template="redemption/write_off.html",
        desk=desk,
        row=row,
        words=words,
    )


@bp.route("/desk/<int:desk_id>/stock/<int:item_id>/count", methods=["GET", "POST"])
@permit("goods.manage")
def count(desk_id: int, item_id: int) -> BaseResponse:
    """A stock take of one article."""
    desk = desk_for(actor(), desk_id, "goods.manage")
    item = goods.shelf_item(desk, item_id)
    form = CountForm()
    return submit(
        form,
        lambda: service.take_stock(actor(), form.command(desk.id, item_id), key=form.key.data),
        done=url_for("redemption.stock", desk_id=desk.id),
        said=_("The count is in the books."),
        template="redemption/count.html",
        desk=desk,
        item=item,
    )


@bp.route("/desks/new", methods=["GET", "POST"])
@permit("goods.manage")
def new_desk() -> BaseResponse:
    """A new service point."""
    form = DeskForm()
    form.territory_code.choices = places(actor(), "goods.manage")
    return submit(
        form,
        lambda: service.open_desk(actor(), form.command(), key=form.key.data),
        done=lambda desk_id: url_for("redemption.stock", desk_id=desk_id),
        said=_("The desk is open."),
        template="redemption/new_desk.html",
    )
