"""How a function of the API is declared: address, permission, body, answer.  The OpenAPI document reads the same."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, request
from pydantic import BaseModel

from timebank.api.problems import HANDLERS, BadRequest
from timebank.api.schemas.base import Answer, Made

bp = Blueprint("api", __name__, url_prefix="/api/v1")
for _kind, _handler in HANDLERS:
    bp.register_error_handler(_kind, _handler)

OPERATIONS: list[Operation] = []
KEY_HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{8,100}")

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """An address with a method, and everything a program must know to call it."""

    method: str
    rule: str
    name: str
    tag: str
    permission: str
    words: str
    answer: type[BaseModel] | None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    keyed: bool = False
    media: tuple[str, ...] = ()  # of a file instead of JSON


def read(
    rule: str, answer: type[Answer], *, permission: str, query: type[BaseModel] | None = None
) -> Callable[[View], View]:
    """Declares a question.  The view gets the parts of the address and, where declared, `query`."""
    return _declare("GET", rule, answer, permission=permission, query=query)


def read_file(rule: str, *media: str, permission: str, query: type[BaseModel] | None = None) -> Callable[[View], View]:
    """Declares a file to keep; the view answers with `core.web.download`, in one of the media types."""
    return _declare("GET", rule, None, permission=permission, query=query, media=media)


def write(
    rule: str,
    *,
    permission: str,
    body: type[BaseModel] | None = None,
    answer: type[Answer] = Made,
    method: str = "POST",
    status: int = 200,
    keyed: bool = True,
) -> Callable[[View], View]:
    """Declares a change.  The view gets the parts of the address, `body` where declared, and `key`."""
    return _declare(method, rule, answer, permission=permission, body=body, status=status, keyed=keyed)


def _declare(method: str, rule: str, answer: type[Answer] | None, **facts: Any) -> Callable[[View], View]:
    def declare(view: View) -> View:
        tag = view.__module__.rsplit(".", 1)[-1]
        words = view.__doc__ or ""
        operation = Operation(method, rule, view.__name__, tag, words=words, answer=answer, **facts)
        OPERATIONS.append(operation)
        run = functools.wraps(view)(functools.partial(_run, operation, view))
        run._permit = operation.permission  # type: ignore[attr-defined]
        bp.add_url_rule(rule, operation.name, run, methods=[method])
        return view

    return declare


def _run(operation: Operation, view: View, **given: Any) -> Response:
    if operation.keyed:
        given["key"] = _key()
    if operation.query:
        given["query"] = operation.query.model_validate(_no_nul(request.args.to_dict()))
    if operation.body:
        given["body"] = operation.body.model_validate(_json())
    found = view(**given)
    if operation.answer is None:
        return cast(Response, found)
    answered = operation.answer.model_validate(found, from_attributes=True)
    return Response(answered.model_dump_json(), operation.status, mimetype="application/json")


def _key() -> str:
    """The caller's key; a retry sends the same one.  Raises `BadRequest("key_missing")`."""
    key = request.headers.get(KEY_HEADER, "")
    if not KEY.fullmatch(key):
        raise BadRequest("key_missing")
    return key


def _json() -> Any:
    """The body.  Raises `BadRequest("not_json")`."""
    if not request.get_data(cache=True):
        return {}
    try:
        found = _no_nul(request.get_json(silent=True, force=True))
    except RecursionError:  # brackets within brackets within brackets …
        found = None
    if not isinstance(found, dict):
        raise BadRequest("not_json")
    return found


def _no_nul(value: Any) -> Any:
    """No database keeps a NUL character in a text.  Raises `BadRequest("bad_text")`."""
    if isinstance(value, str) and "\x00" in value:
        raise BadRequest("bad_text")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _no_nul(inner)
    return value
