"""Somebody who wants to help registers alone, on a phone."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank.access import queries, service
from timebank.access.forms.register import RegisterForm
from timebank.access.views.base import bp
from timebank.access.views.sign_in import start_session
from timebank.core.errors import NotFound
from timebank.core.web import actor, public, submit
from timebank.territory import queries as territory
from timebank.territory.models import Level


@bp.get("/register")
@public
def register() -> Response:
    """First question: where do you live?"""
    if actor().account_id is not None:
        return redirect(url_for("exchange.become_volunteer"))
    text = request.args.get("q", "").strip()
    found = territory.communities_named(text) if text else []
    paths = territory.path_names([place.code for place in found])
    return make_response(render_template("access/register_where.html", text=text, places=found, paths=paths))


@bp.route("/register/<code>", methods=["GET", "POST"])
@public
def register_in(code: str) -> Response:
    """Second question: who are you?  Makes the person and the account, and signs in."""
    place = territory.info(code)
    if place is None or place.level != Level.COMMUNITY:
        raise NotFound("access_place_unknown")
    form = RegisterForm()

    def done(account_id: int) -> str:
        account = queries.account(account_id)
        assert account is not None
        start_session(account)
        return url_for("exchange.become_volunteer")

    return submit(
        form,
        lambda: service.register_oneself(form.command(code), request.remote_addr or "", key=form.key.data),
        done=done,
        template="access/register.html",
        place=territory.path_name(code),
    )
