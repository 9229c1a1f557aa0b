"""The counter: find a member, fill the basket, confirm.  Made for a keyboard and a scanner."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from timebank.core import clock
from timebank.core.errors import Refused
from timebank.core.texts import refusal_text
from timebank.core.web import actor, permit, press, pressed_key, submit
from timebank.exchange.queries import schemes
from timebank.redemption import service, words
from timebank.redemption.forms import CareForm, RedeemForm
from timebank.redemption.queries import intentions, limits, operations, receipts, standing
from timebank.redemption.queries.baskets import basket
from timebank.redemption.queries.desks import desk_for, desks
from timebank.redemption.queries.finding import find
from timebank.redemption.queries.goods import ShelfItem, shelf
from timebank.redemption.rules.allowance import closed_until, needs_second_clerk
from timebank.redemption.rules.basket import typed
from timebank.redemption.texts import explain
from timebank.redemption.views.blueprint import bp


@bp.get("/desk", endpoint="desks")
@permit("desk.serve")
def choose_desk() -> str | BaseResponse:
    """The only desk at once, with the member asked for (`q`); else a choice."""
    found = desks(actor(), "desk.serve")
    if len(found) == 1:
        return redirect(url_for("redemption.counter", desk_id=found[0].id, q=request.args.get("q") or None))
    return render_template("redemption/desks.html", desks=found)


@bp.get("/desk/<int:desk_id>")
@permit("desk.serve")
def counter(desk_id: int) -> str | BaseResponse:
    """Find a member by card, name, phone or number; one match opens at once."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    text = request.args.get("q", "").strip()
    found = find(actor(), desk, text)
    if found.person_id is not None:
        return redirect(url_for("redemption.member", desk_id=desk.id, person_id=found.person_id))
    return render_template(
        "redemption/counter.html",
        desk=desk,
        q=text,
        hits=found.hits,
        waiting=receipts.waiting(actor()),
        unfinished=intentions.open_at(desk),
        operations=operations.last(actor(), desk),
        words=words,
        next_day=closed_until(standing.rules_at(desk, clock.today()), clock.today()),
    )


@bp.get("/desk/<int:desk_id>/member/<int:person_id>")
@permit("desk.serve")
def member(desk_id: int, person_id: int) -> BaseResponse:
    """The member's hours, the basket, the confirmation."""
    return _member_page(desk_id, person_id)


@bp.post("/desk/<int:desk_id>/member/<int:person_id>/redeem")
@permit("desk.serve")
def redeem(desk_id: int, person_id: int) -> BaseResponse:
    """Confirms the basket; a refusal shows the page again with the basket as it was."""
    return _member_page(desk_id, person_id)


def _member_page(desk_id: int, person_id: int) -> BaseResponse:
    desk = desk_for(actor(), desk_id, "desk.serve")
    card = standing.member_card(actor(), desk, person_id)
    on_shelf = [one for one in shelf(desk) if one.article.active]
    now = basket(actor(), desk, card.person.id, on_shelf)
    code = request.args.get("code", "")
    form = RedeemForm()
    if not form.is_submitted():
        form.show(now)

    def act() -> int:
        try:
            return service.redeem(actor(), form.command(desk.id, card.person.id), key=form.key.data)
        except Refused:
            form.show(now)
            raise

    return submit(
        form,
        act,
        done=lambda receipt_id: url_for("redemption.receipt", redemption_id=receipt_id),
        template="redemption/member.html",
        desk=desk,
        card=card,
        basket=now,
        shelf=on_shelf,
        matches=_matches(on_shelf, code),
        code=code,
        last=receipts.last_of_person(card.ids),
        too_many=[*limits.over(card.ids, [(line.item, line.pieces) for line in now.lines])],
        before=operations.just_now(desk, card.ids, dict(now.pieces), card.rules),
        second=needs_second_clerk(card.rules, now.total_minutes),
        explain=explain,
        words=words,
    )


def _matches(on_shelf: list[ShelfItem], code: str) -> list[ShelfItem]:
    text = typed(code)[1].lower()
    if not text:
        return []
    return [
        one
        for one in on_shelf
        if text in one.article.sku.lower() or text in one.article.name_zh or text in one.article.name_en.lower()
    ]


@bp.post("/desk/<int:desk_id>/member/<int:person_id>/basket")
@permit("desk.serve")
def fill_basket(desk_id: int, person_id: int) -> BaseResponse:
    """Puts an article in or takes pieces out; what was typed comes back when it was not understood."""
    pieces, code = typed(request.form.get("code", ""))
    asked = request.form.get("pieces", "", type=str)
    pieces = int(asked) if asked.lstrip("-").isdecimal() else pieces
    try:
        service.put_in_basket(actor(), desk_id, person_id, code, pieces, key=pressed_key())
    except Refused as error:
        flash(refusal_text(error), "wrong")
        return redirect(url_for("redemption.member", desk_id=desk_id, person_id=person_id, code=code), 303)
    return redirect(url_for("redemption.member", desk_id=desk_id, person_id=person_id), 303)


@bp.post("/desk/<int:desk_id>/member/<int:person_id>/basket/empty")
@permit("desk.serve")
def empty_basket(desk_id: int, person_id: int) -> BaseResponse:
    """Starts anew."""
    return press(
        lambda: service.empty_basket(actor(), desk_id, person_id, key=pressed_key()),
        done=url_for("redemption.member", desk_id=desk_id, person_id=person_id),
        said=_("The basket is empty."),
    )


@bp.route("/desk/<int:desk_id>/member/<int:person_id>/care", methods=["GET", "POST"])
@permit("desk.serve")
def care(desk_id: int, person_id: int) -> BaseResponse:
    """Care instead of goods: a request that the member's own hours pay for."""
    desk = desk_for(actor(), desk_id, "desk.serve")
    card = standing.member_card(actor(), desk, person_id)
    form = CareForm()
    form.service_code.choices = [SelectChoice(one.code, one.name) for one in schemes.service_types()]
    return submit(
        form,
        lambda: service.redeem_for_care(actor(), form.command(desk.id, card.person.id), key=form.key.data),
        done=lambda _request: url_for("redemption.member", desk_id=desk.id, person_id=card.person.id),
        said=lambda request_id: _(
            "Request %(number)s is entered. The coordinator looks for a helper.", number=request_id
        ),
        template="redemption/care.html",
        desk=desk,
        card=card,
        explain=explain,
        words=words,
    )
