"""Errors of the API: always JSON, always with a code."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from timebank.api.schemas.base import Problem
from timebank.core import web
from timebank.core.db import db
from timebank.core.errors import TimebankError
from timebank.core.texts import refusal_text

PREFIX = "/api/"
CODES = {
    400: "bad_request",
    401: "sign_in_needed",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
    429: "too_many_tries",
}
SIMPLE = (str, int, float, bool)


class BadRequest(TimebankError):
    """The request itself is wrong: no key, no JSON."""


def answer(problem: Problem, status: int) -> Response:
    """The problem as a response."""
    return Response(problem.model_dump_json(), status, mimetype="application/json")


def refused(error: TimebankError) -> Response:
    """A rule of a service, with its text and its facts."""
    db.session.rollback()
    code = "not_allowed" if error.status == 403 else error.code
    facts = {name: _plain(value) for name, value in error.facts.items()}
    response = answer(Problem(code=code, message=refusal_text(error), field=error.field, facts=facts), error.status)
    if error.status == 503:
        response.headers["Retry-After"] = "1"
    return response


def _plain(value: object) -> Any:
    if value is None or isinstance(value, SIMPLE):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def invalid(error: ValidationError) -> Response:
    """A body or query that does not fit its schema: the first field that is wrong, and all of them in `facts`."""
    wrong = {".".join(str(part) for part in each["loc"]): each["msg"] for each in error.errors(include_url=False)}
    field, message = next(iter(wrong.items()))
    return answer(Problem(code="invalid", message=message, field=field or None, facts={"fields": wrong}), 422)


def out_of_range(_error: Exception) -> Response:
    """A number or text that no column can hold."""
    db.session.rollback()
    message = _("A number is too large or a text too long. Please check what was sent.")
    return answer(Problem(code="out_of_range", message=message), 422)


def http_error(error: HTTPException) -> Response:
    """What the web server found wrong before any function of the API was asked."""
    db.session.rollback()
    status = error.code or 500
    code = CODES.get(status, "failed")
    words = web.http_words(status) if status != 401 else _("Sign in first: send a bearer token.")
    response = answer(Problem(code=code, message=str(words)), status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
    return response


def concerns() -> bool:
    """Is this request one for the API?"""
    return request.path.startswith(PREFIX)


HANDLERS: tuple[tuple[type[Exception], Any], ...] = (
    (TimebankError, refused),
    (ValidationError, invalid),
    (DataError, out_of_range),
    (OverflowError, out_of_range),
    (HTTPException, http_error),
)
