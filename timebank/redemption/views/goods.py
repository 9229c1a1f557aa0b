"""The catalogue of goods with dated prices."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.web import actor, commanded, permit, submit
from timebank.redemption import service, words
from timebank.redemption.forms import ItemForm, NewItemForm, PriceForm
from timebank.redemption.forms_stock import LimitForm
from timebank.redemption.queries import goods as queries
from timebank.redemption.queries import limits
from timebank.redemption.views.blueprint import bp
from timebank.redemption.views.places import scheme_places


@bp.get("/goods")
@permit("goods.read")
def goods() -> str:
    """Every article of the actor's area with its price today."""
    text = request.args.get("q", "")
    return render_template(
        "redemption/goods.html",
        articles=queries.catalogue(actor(), text),
        q=text,
        may=bool(scheme_places(actor(), "goods.manage")),
    )


@bp.get("/goods/<int:item_id>")
@permit("goods.read")
def article(item_id: int) -> str:
    """An article and all its prices."""
    found = queries.article(actor(), item_id)
    may = actor().may("goods.manage", found.territory_code)
    return render_template(
        "redemption/article.html",
        article=found,
        prices=queries.prices(item_id),
        limits=limits.history(item_id),
        words=words,
        may=may,
    )


@bp.route("/goods/new", methods=["GET", "POST"])
@permit("goods.manage")
def new_article() -> BaseResponse:
    """A new article."""
    form = NewItemForm()
    form.territory_code.choices = scheme_places(actor(), "goods.manage")
    return submit(
        form,
        commanded(form, service.add_item),
        done=lambda item_id: url_for("redemption.article", item_id=item_id),
        said=_("The article is in the catalogue."),
        template="redemption/new_article.html",
    )


@bp.route("/goods/<int:item_id>/edit", methods=["GET", "POST"])
@permit("goods.manage")
def edit_article(item_id: int) -> BaseResponse:
    """Names, unit, giver and so on."""
    found = queries.article(actor(), item_id)
    form = ItemForm(obj=found)
    return submit(
        form,
        commanded(form, service.change_item, item_id),
        done=url_for("redemption.article", item_id=item_id),
        said=_("Saved."),
        template="redemption/edit_article.html",
        article=found,
    )


@bp.route("/goods/<int:item_id>/price", methods=["GET", "POST"])
@permit("goods.manage")
def new_price(item_id: int) -> BaseResponse:
    """A price from a day on."""
    found = queries.article(actor(), item_id)
    form = PriceForm()
    return submit(
        form,
        commanded(form, service.set_price, item_id),
        done=url_for("redemption.article", item_id=item_id),
        said=_("The price is set."),
        template="redemption/new_price.html",
        article=found,
    )


@bp.route("/goods/<int:item_id>/limit", methods=["GET", "POST"])
@permit("goods.manage")
def new_limit(item_id: int) -> BaseResponse:
    """How many pieces one person may have, from a day on."""
    found = queries.article(actor(), item_id)
    form = LimitForm()
    return submit(
        form,
        commanded(form, service.set_limit, item_id),
        done=url_for("redemption.article", item_id=item_id),
        said=_("The limit is set."),
        template="redemption/new_limit.html",
        article=found,
    )
