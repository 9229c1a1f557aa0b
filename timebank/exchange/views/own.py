"""The portal: a helper's visits and offers, a recipient's help."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.errors import Refused
from timebank.core.web import actor, press, pressed_key, reasoned, signed_in, submit
from timebank.exchange import words_visits as words
from timebank.exchange.forms.requests import ReasonForm
from timebank.exchange.forms.visits import CheckOutForm, CodeForm, DisputeForm, LikedForm, PinForm, SignatureForm
from timebank.exchange.queries import entries
from timebank.exchange.queries import own as queries
from timebank.exchange.queries import requests as request_queries
from timebank.exchange.queries.apart import own_wish
from timebank.exchange.rules.apart import AskedBy
from timebank.exchange.rules.visits import VisitState
from timebank.exchange.service import offers, visits
from timebank.exchange.views import bp, liked
from timebank.exchange.views.cancelling import cancel_form, cancels


def _page(visit_id: int) -> str:
    return url_for("exchange.my_visit", visit_id=visit_id)


# -- the helper --------------------------------------------------------------------------------------------------------


@bp.route("/my/visits")
@signed_in
def my_visits() -> str:
    return render_template(
        "exchange/visits/mine.html",
        days=queries.as_helper(actor()),
        unnamed=entries.own_entries(actor()),
        words=words,
        now=clock.now(),
    )


@bp.route("/my/visits/<int:visit_id>")
@signed_in
def my_visit(visit_id: int) -> str:
    visit = queries.own_visit(actor(), visit_id)
    wish = own_wish(visit_id, AskedBy(visit.part))
    return render_template(
        "exchange/visits/own.html", visit=visit, words=words, now=clock.now(), apart=wish is not None
    )


@bp.route("/my/offers/<int:offer_id>")
@signed_in
def my_offer(offer_id: int) -> str:
    return render_template("exchange/visits/offer.html", offer=queries.own_offer(actor(), offer_id), words=words)


@bp.route("/my/offers/<int:offer_id>/answer", methods=["POST"])
@signed_in
def answer_offer(offer_id: int) -> Response:
    accept = request.form.get("accept") == "1"
    note = request.form.get("note", "")[:200]
    return press(
        lambda: offers.answer_offer(actor(), offer_id, accept, note, key=pressed_key()),
        done=_page if accept else url_for("exchange.my_visits"),
        said=_("Thank you! The visit stands in your calendar.") if accept else _("Thank you for answering."),
    )


@bp.route("/my/visits/<int:visit_id>/begin", methods=["POST"])
@signed_in
def check_in(visit_id: int) -> Response:
    return press(
        lambda: visits.check_in(actor(), visit_id, "button", key=pressed_key()),
        done=_page(visit_id),
        said=_("You are checked in. The clock is running."),
    )


@bp.route("/my/visits/<int:visit_id>/code", methods=["GET", "POST"])
@signed_in
def check_in_by_code(visit_id: int) -> Response:
    form = CodeForm()
    return _step(
        visit_id,
        form,
        lambda: visits.check_in(actor(), visit_id, "code", form.code.data, key=form.key.data),
        _("Check in with the card"),
        _("Begin"),
        _("You are checked in. The clock is running."),
    )


def _step(
    visit_id: int,
    form: Any,
    act: Any,
    heading: str,
    send: str,
    said: str,
    *,
    done: str = "",
    other_way: str = "",
    confirms: bool = False,
) -> Response:
    visit = queries.own_visit(actor(), visit_id)
    return submit(
        form,
        act,
        done=done or _page(visit_id),
        said=said,
        template="exchange/visits/own_step.html",
        heading=heading,
        words_send=send,
        visit=visit,
        short=queries.too_short(visit_id) if confirms else None,
        other_way=other_way,
        back=_page(visit_id),
    )


@bp.route("/my/visits/<int:visit_id>/end", methods=["GET", "POST"])
@signed_in
def check_out(visit_id: int) -> Response:
    form = CheckOutForm()
    return _step(
        visit_id,
        form,
        lambda: visits.check_out(
            actor(), visit_id, form.break_minutes.data or 0, None, form.note.data or "", key=form.key.data
        ),
        _("The visit is over"),
        _("Check out now"),
        _("Checked out. Now let the recipient confirm."),
        done=url_for("exchange.confirm_at_door", visit_id=visit_id),
    )


@bp.route("/my/visits/<int:visit_id>/confirm")
@signed_in
def confirm_at_door(visit_id: int) -> str:
    """The helper's phone, handed over: PIN, signature, or later."""
    visit = queries.own_visit(actor(), visit_id)
    if visit.state is not VisitState.AWAITING_CONFIRMATION:
        return my_visit(visit_id)
    return render_template("exchange/visits/confirm.html", visit=visit, short=queries.too_short(visit_id))


@bp.route("/my/visits/<int:visit_id>/confirm/pin", methods=["GET", "POST"])
@signed_in
def confirm_by_pin(visit_id: int) -> Response:
    form = PinForm()
    return _step(
        visit_id,
        form,
        lambda: visits.confirm(actor(), visit_id, "pin", pin=form.pin.data, key=form.key.data),
        _("Confirm with the PIN"),
        _("It was so"),
        _("Confirmed. What was credited stands below."),
        other_way=url_for("exchange.confirm_by_signature", visit_id=visit_id),
        confirms=True,
    )


@bp.route("/my/visits/<int:visit_id>/confirm/signature", methods=["GET", "POST"])
@signed_in
def confirm_by_signature(visit_id: int) -> Response:
    visit = queries.own_visit(actor(), visit_id)
    form = SignatureForm()
    return submit(
        form,
        lambda: visits.confirm(actor(), visit_id, "signature", signature=form.signature.data or "", key=form.key.data),
        done=_page(visit_id),
        said=_("Confirmed. What was credited stands below."),
        template="exchange/visits/signature.html",
        visit=visit,
        short=queries.too_short(visit_id),
        back=_page(visit_id),
    )


@bp.route("/my/visits/<int:visit_id>/give-back", methods=["GET", "POST"])
@signed_in
def give_visit_back(visit_id: int) -> Response:
    form = ReasonForm()
    return _step(
        visit_id,
        form,
        reasoned(form, offers.free_helper, visit_id),
        _("I cannot come"),
        _("Give the visit back"),
        _("Somebody else will be asked. Thank you for saying so."),
        done=url_for("exchange.my_visits"),
    )


@bp.route("/my/visits/<int:visit_id>/nobody-there", methods=["POST"])
@signed_in
def nobody_there(visit_id: int) -> Response:
    visit = queries.own_visit(actor(), visit_id)
    who = "recipient" if visit.part == "helper" else "volunteer"
    return press(
        lambda: visits.mark_no_show(actor(), visit_id, who, key=pressed_key()),
        done=_page(visit_id),
        said=_("Noted. A coordinator will look into it."),
    )


@bp.route("/my/visits/<int:visit_id>/dispute", methods=["GET", "POST"])
@signed_in
def dispute_own_visit(visit_id: int) -> Response:
    form = DisputeForm()
    return _step(
        visit_id,
        form,
        reasoned(form, visits.dispute, visit_id),
        _("It was otherwise"),
        _("Tell the coordinator"),
        _("A coordinator will call you and decide. Until then nothing more is credited."),
    )


# -- the recipient -----------------------------------------------------------------------------------------------------


@bp.route("/my/help")
@signed_in
def my_help() -> str:
    return render_template(
        "exchange/requests/mine.html",
        days=queries.as_recipient(actor()),
        asked=request_queries.own_requests(actor()),
        words=words,
        now=clock.now(),
    )


@bp.route("/my/visits/<int:visit_id>/yes", methods=["GET", "POST"])
@signed_in
def confirm_own_help(visit_id: int) -> Response:
    form = LikedForm()
    return _step(
        visit_id,
        form,
        lambda: liked.confirm(form, visit_id, "portal"),
        _("Yes, it was so"),
        _("Confirm the visit"),
        _("Thank you. The visit is confirmed."),
        done=url_for("exchange.my_help"),
        confirms=True,
    )


@bp.route("/my/visits/<int:visit_id>/rate", methods=["GET", "POST"])
@signed_in
def rate_own_help(visit_id: int) -> Response:
    form = LikedForm()
    return _step(
        visit_id,
        form,
        lambda: _rate(form, visit_id),
        _("How was it?"),
        _("Send my answer"),
        _("Thank you for your words."),
        done=url_for("exchange.my_help"),
    )


def _rate(form: LikedForm, visit_id: int) -> int:
    stars = form.stars()
    if stars is None:
        raise Refused("rating_range", field="rating")
    visits.rate(actor(), visit_id, stars, form.note.data or "", key=form.key.data)
    return liked.perhaps_not_again(form, visit_id)


@bp.route("/my/visits/<int:visit_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel_own_visit(visit_id: int) -> Response:
    form = cancel_form(queries.own_visit(actor(), visit_id).helpers)
    return _step(
        visit_id,
        form,
        cancels(form, visit_id),
        _("I do not need this visit"),
        _("Cancel this visit"),
        _("Cancelled. Your hours are free again."),
        done=url_for("exchange.my_help"),
    )
