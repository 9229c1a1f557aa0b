"""Somebody who wants to help registers alone, on a phone."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank.access.views.base import bp
from timebank.core.web import actor, public
from timebank.territory import queries as territory
from timebank.territory.models import Level


@bp.get("/register")
@public
def register() -> Response:
    """First question: where do you live?"""
    if actor().account_id is not None:
        return redirect(url_for("exchange.become_volunteer"))
    text = request.args.get("q", "").strip()
    found = [place for place in territory.search(text, ("",), 20) if place.level == Level.COMMUNITY] if text else []
    paths = territory.path_names([place.code for place in found])
    return make_response(render_template("access/register_where.html", text=text, places=found, paths=paths))
