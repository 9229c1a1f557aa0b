"""Card, PIN and account of a neighbour, for the coordinator and the service desk."""

from __future__ import annotations

from collections.abc import Callable

from flask import make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.access import qr, queries, service
from timebank.access.forms.own import PinForm
from timebank.access.views.base import bp
from timebank.core.errors import NotFound, Refused
from timebank.core.web import actor, permit, press, pressed_key, signed_in, submit
from timebank.people import queries as people


def _neighbour(person_id: int) -> people.PersonBrief:
    return service.neighbour(actor(), person_id)


@bp.get("/people/<int:person_id>/access")
@permit("cards.print")
def person(person_id: int) -> Response:
    """What somebody confirms and signs in with."""
    found = _neighbour(person_id)
    html = render_template(
        "access/person.html",
        person=found,
        card=queries.card_of(found.id),
        has_pin=queries.has_pin(found.id),
        account=queries.account_of_person(found.id),
        may_make_account=actor().may("people.write", found.territory_code),
    )
    return make_response(html)


@bp.post("/people/<int:person_id>/card")
@permit("cards.print")
def issue_card(person_id: int) -> Response:
    """Makes a new card; an old one no longer works."""
    found = _neighbour(person_id)
    return press(
        lambda: service.issue_card(actor(), found.id, key=pressed_key()),
        done=url_for("access.card", person_id=found.id),
        said=_("The card is ready to print."),
    )


@bp.post("/people/<int:person_id>/card/withdraw")
@permit("cards.print")
def withdraw_card(person_id: int) -> Response:
    """The card is lost."""
    found = _neighbour(person_id)
    return press(
        lambda: service.withdraw_card(actor(), found.id, key=pressed_key()),
        done=url_for("access.person", person_id=found.id),
        said=_("The card no longer works."),
    )


@bp.get("/people/<int:person_id>/card")
@permit("cards.print")
def card(person_id: int) -> Response:
    """The card, to print: name, member number and QR code; no ID number, no address."""
    found = _neighbour(person_id)
    held = queries.card_of(found.id)
    if held is None:
        raise NotFound("access_no_card")
    picture = url_for("access.card_picture", person_id=found.id, v=held.id)
    return make_response(render_template("access/card.html", person=found, card=held, picture=picture, own=False))


@bp.get("/people/<int:person_id>/card.svg")
@permit("cards.print")
def card_picture(person_id: int) -> Response:
    """The QR code of the card."""
    return _picture(queries.card_of(_neighbour(person_id).id))


@bp.get("/my/card")
@signed_in
def my_card() -> Response:
    """One's own card on the phone, to show at the desk."""
    found = people.brief(actor().person_id or 0)
    held = queries.card_of(found.id) if found else None
    if found is None or held is None:
        raise NotFound("access_no_card")
    picture = url_for("access.my_card_picture", v=held.id)
    return make_response(render_template("access/card.html", person=found, card=held, picture=picture, own=True))


@bp.get("/my/card.svg")
@signed_in
def my_card_picture() -> Response:
    """The QR code of one's own card."""
    return _picture(queries.card_of(actor().person_id or 0))


def _picture(held: queries.CardInfo | None) -> Response:
    if held is None:
        raise NotFound("access_no_card")
    response = make_response(qr.svg(held.code))
    response.mimetype = "image/svg+xml"
    return response


@bp.route("/people/<int:person_id>/pin", methods=["GET", "POST"])
@permit("cards.print")
def set_pin(person_id: int) -> Response:
    """The person types a PIN at the desk."""
    found = _neighbour(person_id)
    form = PinForm()
    return submit(
        form,
        lambda: service.set_pin(actor(), found.id, form.pin.data, key=form.key.data),
        done=url_for("access.person", person_id=found.id),
        said=_("The PIN is set."),
        template="access/pin.html",
        person=found,
    )


@bp.post("/people/<int:person_id>/account")
@permit("cards.print")
def person_account(person_id: int) -> Response:
    """Makes an account for a neighbour, or gives a new one-time password for the one they have."""
    found = _neighbour(person_id)
    try:
        given = service.open_account_of(actor(), found.id, key=pressed_key())
    except Refused as error:
        return press(_raiser(error), done=url_for("access.person", person_id=found.id))
    account = queries.account(given.account_id)
    return make_response(render_template("access/one_time_password.html", account=account, password=given.password))


def _raiser(error: Refused) -> Callable[[], None]:
    def refuse() -> None:
        raise error

    return refuse
