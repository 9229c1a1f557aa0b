"""Goods from one desk to another: sent, received, counted."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from timebank.core.web import actor, commanded, permit, submit
from timebank.redemption import service
from timebank.redemption.forms_stock import ArrivalForm, SendingForm
from timebank.redemption.queries import goods, transfers
from timebank.redemption.queries.desks import desk_for, desks_of_city
from timebank.redemption.views.blueprint import bp


@bp.get("/desk/<int:desk_id>/transfers", endpoint="transfers")
@permit("goods.read")
def desk_transfers(desk_id: int) -> str:
    """What is on the way to and from a desk, and what arrived."""
    desk = desk_for(actor(), desk_id, "goods.read")
    may = actor().may("goods.manage", desk.territory_code)
    return render_template("redemption/transfers.html", desk=desk, rows=transfers.of_desk(desk), may=may)


@bp.route("/desk/<int:desk_id>/transfers/new", methods=["GET", "POST"])
@permit("goods.manage")
def send(desk_id: int) -> BaseResponse:
    """Pieces leave for another desk of the city."""
    desk = desk_for(actor(), desk_id, "goods.manage")
    form = SendingForm()
    form.item_id.choices = [
        SelectChoice(one.article.id, f"{one.article.sku} · {one.article.name} ({one.free})")
        for one in goods.shelf(desk)
        if one.free
    ]
    others = [one for one in desks_of_city(desk.tenant) if one.id != desk.id]
    form.to_desk_id.choices = [SelectChoice(one.id, f"{one.code} · {one.name}") for one in others]
    return submit(
        form,
        commanded(form, service.send_goods, desk.id),
        done=url_for("redemption.transfers", desk_id=desk.id),
        said=_("The goods are on the way. The other desk counts them when they arrive."),
        template="redemption/send.html",
        desk=desk,
    )


@bp.route("/transfers/<int:shelf_transfer_id>/receive", methods=["GET", "POST"])
@permit("goods.manage")
def receive(shelf_transfer_id: int) -> BaseResponse:
    """What was sent has arrived and is counted."""
    found = transfers.transfer(actor(), shelf_transfer_id, "goods.manage")
    form = ArrivalForm()
    return submit(
        form,
        commanded(form, service.receive_sent, found.id),
        done=url_for("redemption.transfers", desk_id=found.to_desk_id),
        said=_("The goods are on the shelf."),
        template="redemption/receive.html",
        found=found,
    )
