"""The OpenAPI 3.1 document, made from the declarations of `routing`."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from timebank.api.routing import KEY, KEY_HEADER, OPERATIONS, Operation
from timebank.api.schemas.base import Problem
from timebank.core.web import PUBLIC, SIGNED_IN

REF = "#/components/schemas/{model}"
ARGUMENT = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
KINDS: dict[str, dict[str, Any]] = {
    "int": {"type": "integer", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
}
TEXT: dict[str, Any] = {"type": "string"}
ERRORS = {
    "400": "The request cannot be read: no JSON, or no Idempotency-Key",
    "401": "No bearer token, or one that is no longer good",
    "403": "The token's owner may not do this here",
    "404": "There is no such thing, or it may not be seen",
    "409": "Somebody was first, or the key was used with other content",
    "422": "A rule of the time bank or a field says no; nothing was changed",
    "429": "Too many tries",
    "503": "Too busy; the same request may be sent again",
}


def document(version: str, server: str) -> dict[str, Any]:
    """The whole description, ready for JSON."""
    names, schemas = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        path = ARGUMENT.sub(r"{\2}", f"/api/v1{operation.rule}")
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Timebank", "version": version, "description": DESCRIPTION},
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in dict.fromkeys(each.tag for each in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "responses": {number: _problem(words) for number, words in ERRORS.items()},
        },
    }


DESCRIPTION = """What the pages do, for programs. Sign in with `POST /api/v1/token` and send `Authorization: Bearer …`.
Every write needs an `Idempotency-Key`; a retry with the same key gives the same answer and changes nothing again.
Times are ISO 8601 in UTC, lengths are integer minutes, days are civil days in Asia/Shanghai."""


def _schemas() -> tuple[dict[type[BaseModel], str], dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for operation in OPERATIONS:
        if operation.answer:
            wanted[operation.answer, "serialization"] = None
        if operation.body:
            wanted[operation.body, "validation"] = None
    places, defined = models_json_schema(list(wanted), ref_template=REF)
    found = {model: place["$ref"].rsplit("/", 1)[-1] for (model, _mode), place in places.items()}
    names = {model: found[model] for model, _mode in wanted}
    return names, defined["$defs"]


def _operation(operation: Operation, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    summary, _, rest = operation.words.strip().partition("\n")
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": summary,
        "description": "\n".join(filter(None, [rest.strip(), _who(operation.permission)])),
        "parameters": [*_path(operation), *_query(operation), *_header(operation)],
        "responses": {str(operation.status): _answer(operation, names), **_errors(operation)},
        "security": [] if operation.permission == PUBLIC else [{"bearer": []}],
    }
    if operation.body:
        schema = {"$ref": REF.format(model=names[operation.body])}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return found


def _who(permission: str) -> str:
    if permission == PUBLIC:
        return "Open to everybody."
    return "For everybody with an account." if permission == SIGNED_IN else f"Needs the permission `{permission}`."


def _answer(operation: Operation, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    if operation.answer is None:
        return {"description": "A file", "content": {kind: {"schema": TEXT} for kind in operation.media}}
    schema = {"$ref": REF.format(model=names[operation.answer])}
    words = (operation.answer.__doc__ or "Done").strip().partition("\n")[0]
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _errors(operation: Operation) -> dict[str, Any]:
    numbers = ["404", "422", "503"]
    numbers += [] if operation.permission == PUBLIC else ["401", "403"]
    numbers += ["400", "409"] if operation.keyed else ["400"] if operation.body or operation.query else []
    return {number: {"$ref": f"#/components/responses/{number}"} for number in sorted(numbers)}


def _problem(words: str) -> dict[str, Any]:
    schema = {"$ref": REF.format(model="Problem")}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": KINDS.get(kind, TEXT)}
        for kind, name in ARGUMENT.findall(operation.rule)
    ]


def _query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(ref_template=REF)
    needed = schema.get("required", [])
    definitions = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": _inlined(part, definitions)}
        for name, part in schema.get("properties", {}).items()
    ]


def _inlined(part: Any, definitions: dict[str, Any]) -> Any:
    """Parameters stand alone, so what they refer to is written into them."""
    if isinstance(part, list):
        return [_inlined(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(definitions[part["$ref"].rsplit("/", 1)[-1]], definitions)
    return {name: _inlined(each, definitions) for name, each in part.items()}


def _header(operation: Operation) -> list[dict[str, Any]]:
    if not operation.keyed:
        return []
    words = "A text of your own for this change; send the same one when you retry."
    schema = {"type": "string", "pattern": f"^{KEY.pattern}$"}
    return [{"name": KEY_HEADER, "in": "header", "required": True, "description": words, "schema": schema}]
