"""Care packages: the catalogue, buying one at the desk, how far it is."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from timebank.core.units import minutes_text
from timebank.core.web import actor, permit, press, pressed_key, signed_in, submit
from timebank.exchange.queries import schemes
from timebank.exchange.words_visits import VISIT_BADGES, VISIT_STATES
from timebank.redemption import service, words
from timebank.redemption.forms_packages import BuyForm, PackageForm
from timebank.redemption.queries import packages as queries
from timebank.redemption.queries import standing
from timebank.redemption.queries.desks import desk_for
from timebank.redemption.texts import explain
from timebank.redemption.views.blueprint import bp
from timebank.redemption.views.places import places


@bp.get("/packages")
@permit("goods.read")
def packages() -> str:
    """What desks of one's area sell, active ones first."""
    return render_template(
        "redemption/packages.html", packages=queries.packages(actor()), may=bool(places(actor(), "goods.manage"))
    )


@bp.route("/packages/new", methods=["GET", "POST"])
@permit("goods.manage")
def new_package() -> BaseResponse:
    """A package for the catalogue."""
    form = PackageForm()
    form.service_code.choices = [SelectChoice(one.code, one.name) for one in schemes.service_types()]
    form.territory_code.choices = places(actor(), "goods.manage")
    return submit(
        form,
        lambda: service.add_package(actor(), form.command(), key=form.key.data),
        done=lambda _number: url_for("redemption.packages"),
        said=_("The package can be bought now."),
        template="redemption/new_package.html",
    )


@bp.post("/packages/<int:package_id>/stop")
@permit("goods.manage")
def stop_package(package_id: int) -> BaseResponse:
    """Nobody buys it any more."""
    return press(
        lambda: service.stop_package(actor(), package_id, key=pressed_key()),
        done=url_for("redemption.packages"),
        said=_("It is not sold any more. What was bought goes on."),
    )


@bp.route("/desk/<int:desk_id>/member/<int:person_id>/package", methods=["GET", "POST"])
@permit("desk.serve")
def buy_package(desk_id: int, person_id: int) -> BaseResponse:
    """Several visits for one price, which goes on hold at once."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    card = standing.member_card(actor(), desk, person_id)
    form = BuyForm()
    offered = queries.offered(desk)
    form.package_id.choices = [SelectChoice(one.id, _label(one)) for one in offered]
    return submit(
        form,
        lambda: service.buy_package(actor(), form.command(desk.id, card.person.id), key=form.key.data),
        done=lambda purchase_id: url_for("redemption.purchase", purchase_id=purchase_id),
        template="redemption/buy_package.html",
        desk=desk,
        card=card,
        offered=offered,
        explain=explain,
        words=words,
    )


def _label(one: queries.PackageInfo) -> str:
    each = minutes_text(one.minutes)
    return str(_("%(name)s: %(visits)s × %(minutes)s", name=one.name, visits=one.visits, minutes=each))


@bp.get("/package-purchases/<int:purchase_id>")
@signed_in
def purchase(purchase_id: int) -> str:
    """How far a package is: for the member, a guardian or agent, and the desk; prints."""
    found = queries.purchase(actor(), purchase_id)
    serves = actor().may("desk.serve", found.territory_code) and not request.args.get("own")
    return render_template(
        "redemption/purchase.html", found=found, serves=serves, words=words, states=VISIT_STATES, badges=VISIT_BADGES
    )


@bp.get("/my/packages")
@signed_in
def my_packages() -> str:
    """What the member bought."""
    return render_template("redemption/my_packages.html", found=queries.own_purchases(actor()))
