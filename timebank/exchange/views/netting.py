"""What the time banks of a city owe each other: the month, one pair with its payments, and the steps of paying."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core import clock
from timebank.core.web import actor, permit, press, pressed_key, reasoned, submit
from timebank.exchange import words_netting
from timebank.exchange.forms.netting import PayForm
from timebank.exchange.forms.requests import ReasonForm
from timebank.exchange.queries import netting as queries
from timebank.exchange.queries import netting_payments as payments
from timebank.exchange.rules.grants import month_before, month_of
from timebank.exchange.service import netting_payments as service
from timebank.exchange.views import bp


@bp.route("/netting")
@permit("netting.read")
def netting() -> str:
    """One month's differences, what is still open of other months, and where each time bank stands."""
    asked = request.args.get("month", "")
    known = re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", asked)
    month = asked if known else month_before(month_of(clock.today()))
    pairs, still_open = payments.months(payments.pairs(actor()), month)
    return render_template(
        "exchange/netting/index.html",
        month=month,
        months=queries.months(actor()),
        pairs=pairs,
        still_open=still_open,
        standings=queries.standings(actor()),
        words=words_netting,
    )


def _page(pair_id: int) -> str:
    return url_for("exchange.netted_pair", pair_id=pair_id)


@bp.route("/netting/pairs/<int:pair_id>")
@permit("netting.read")
def netted_pair(pair_id: int) -> str:
    """One month between two time banks, to be printed as a statement."""
    one = payments.pair(actor(), pair_id)
    return render_template("exchange/netting/pair.html", one=one, words=words_netting, today=clock.today())


@bp.route("/netting/pairs/<int:pair_id>/pay", methods=["GET", "POST"])
@permit("netting.settle")
def pay_netting(pair_id: int) -> BaseResponse:
    one = payments.pair(actor(), pair_id)
    actor().require("netting.settle", one.debtor.territory_code)
    form = PayForm()
    return submit(
        form,
        lambda: service.pay(actor(), pair_id, form.reference.data or "", key=form.key.data),
        done=_page(pair_id),
        said=_("Written down. A colleague must agree before anything is posted."),
        template="exchange/netting/pay.html",
        one=one,
        words=words_netting,
        back=_page(pair_id),
    )


def _press(payment_id: int, step: Callable[..., int], said: str) -> BaseResponse:
    pair_id = payments.payment_pair(actor(), payment_id)
    return press(lambda: step(actor(), payment_id, key=pressed_key()), done=_page(pair_id), said=said)


def _with_reason(payment_id: int, step: Callable[..., int], heading: str, said: str) -> BaseResponse:
    pair_id = payments.payment_pair(actor(), payment_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, step, payment_id),
        done=_page(pair_id),
        said=said,
        template="exchange/netting/reason.html",
        heading=heading,
        one=payments.pair(actor(), pair_id),
        back=_page(pair_id),
    )


@bp.route("/netting-payments/<int:payment_id>/agree", methods=["POST"])
@permit("netting.settle")
def agree_netting(payment_id: int) -> BaseResponse:
    return _press(payment_id, service.agree, _("Posted. The other side confirms it or objects."))


@bp.route("/netting-payments/<int:payment_id>/decline", methods=["GET", "POST"])
@permit("netting.settle")
def decline_netting(payment_id: int) -> BaseResponse:
    said = _("Not agreed. Nothing was posted.")
    return _with_reason(payment_id, service.decline, _("Do not agree to the payment"), said)


@bp.route("/netting-payments/<int:payment_id>/confirm", methods=["POST"])
@permit("netting.settle")
def confirm_netting(payment_id: int) -> BaseResponse:
    return _press(payment_id, service.confirm, _("Confirmed."))


@bp.route("/netting-payments/<int:payment_id>/object", methods=["GET", "POST"])
@permit("netting.settle")
def object_netting(payment_id: int) -> BaseResponse:
    said = _("Written down. The other side undoes the payment, or it is confirmed after all.")
    return _with_reason(payment_id, service.object_to, _("Object to the payment"), said)


@bp.route("/netting-payments/<int:payment_id>/undo", methods=["POST"])
@permit("netting.settle")
def undo_netting(payment_id: int) -> BaseResponse:
    return _press(payment_id, service.undo, _("Undone by opposite lines. The month is owed again."))
