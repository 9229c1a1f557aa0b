"""Joins the API to the application: no anti-forgery token (it takes no cookie), JSON errors."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from timebank.api import problems
from timebank.api.routing import bp


def init_app(app: Flask) -> None:
    """Makes errors under /api/ JSON, also those that no function of the API has caused."""
    app.extensions["csrf"].exempt(bp)
    app.extensions["timebank_unauthenticated"] = _stranger(app.extensions["timebank_unauthenticated"])
    app.extensions["timebank_api_error"] = problems.http_error


def _stranger(page: Callable[[], Response]) -> Callable[[], Response]:
    def answer_stranger() -> Response:
        return problems.http_error(Unauthorized()) if problems.concerns() else page()

    return answer_stranger
