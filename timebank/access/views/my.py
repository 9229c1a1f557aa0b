"""One's own account."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.access import queries, service
from timebank.access.forms.own import PasswordForm, PinForm, TokenForm
from timebank.access.session import forget_actor
from timebank.access.views.base import bp
from timebank.core.errors import NotFound
from timebank.core.web import actor, press, pressed_key, signed_in, submit


def _own_account() -> queries.AccountInfo:
    found = queries.account(actor().account_id or 0)
    if found is None:
        raise NotFound("access_account_unknown")
    return found


def _own_person() -> int:
    person_id = actor().person_id
    if person_id is None:
        raise NotFound("person_unknown")
    return person_id


@bp.get("/my/account")
@signed_in
def my_account() -> Response:
    """Name, language, roles, password, PIN, tokens."""
    account = _own_account()
    has_pin = account.person_id is not None and queries.has_pin(account.person_id)
    html = render_template(
        "access/my_account.html",
        account=account,
        has_pin=has_pin,
        has_card=account.person_id is not None and queries.card_of(account.person_id) is not None,
        tokens=queries.tokens_of(account.id),
    )
    return make_response(html)


@bp.route("/my/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Response:
    """A new password; every other session of the account ends."""
    form = PasswordForm()
    who = actor()

    def change() -> None:
        service.set_password(
            who, who.account_id or 0, form.password.data, old=form.old_password.data, key=form.key.data
        )
        session.update(queries.session_values(who.account_id or 0))
        session.pop("must_change_password", None)
        forget_actor()

    return submit(
        form,
        change,
        done=url_for("access.my_account"),
        said=_("Your password is changed. Other devices are signed out."),
        template="access/password.html",
        first=bool(session.get("must_change_password")),
    )


@bp.route("/my/pin", methods=["GET", "POST"])
@signed_in
def change_pin() -> Response:
    """One's own PIN."""
    form = PinForm()
    person_id = _own_person()
    return submit(
        form,
        lambda: service.set_pin(actor(), person_id, form.pin.data, key=form.key.data),
        done=url_for("access.my_account"),
        said=_("Your PIN is set."),
        template="access/pin.html",
        person=None,
    )


@bp.post("/my/sessions/end")
@signed_in
def end_my_sessions() -> Response:
    """Signs out on every device, for a lost phone."""
    who = actor()
    service.end_sessions(who, who.account_id or 0)
    session.clear()
    forget_actor()
    flash(_("You are signed out on every device."), "done")
    return redirect(url_for("access.sign_in"), 303)


@bp.route("/my/tokens/new", methods=["GET", "POST"])
@signed_in
def new_token() -> Response:
    """Makes a token and shows it once."""
    form = TokenForm()
    if form.validate_on_submit():
        made = service.make_token(actor(), form.label.data, form.days.data, key=form.key.data)
        return make_response(render_template("access/token.html", token=made.token, label=form.label.data))
    status = 422 if form.is_submitted() else 200
    return make_response(render_template("access/token_new.html", form=form), status)


@bp.post("/my/tokens/<int:token_id>/withdraw")
@signed_in
def withdraw_token(token_id: int) -> Response:
    """Ends a token at once."""
    return press(
        lambda: service.withdraw_token(actor(), token_id, key=pressed_key()),
        done=url_for("access.my_account"),
        said=_("The token no longer works."),
    )
