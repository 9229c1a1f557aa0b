"""Every address of the product says who may use it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule, UUIDConverter

from timebank.access.rules.roles import ALL_PERMISSIONS
from timebank.core.web import PUBLIC, SIGNED_IN


def _routes(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and not rule.endpoint.endswith(".static"):
            yield rule


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    undeclared = [
        f"{rule.endpoint} {rule.rule}"
        for rule in _routes(app)
        if getattr(app.view_functions[rule.endpoint], "_permit", None) is None
    ]
    assert not undeclared, "\n".join(undeclared)


def test_every_declared_permission_is_held_by_some_role(app: Flask) -> None:
    known = ALL_PERMISSIONS | {PUBLIC, SIGNED_IN}
    unknown = {
        f"{rule.endpoint}: {permission}"
        for rule in _routes(app)
        if (permission := getattr(app.view_functions[rule.endpoint], "_permit", None)) and permission not in known
    }
    assert not unknown, sorted(unknown)


def test_only_these_pages_are_open_to_everybody(app: Flask) -> None:
    """A list to be read by a human when it grows."""
    public = {rule.endpoint for rule in _routes(app) if app.view_functions[rule.endpoint]._permit == PUBLIC}  # type: ignore[attr-defined]
    assert public <= OPEN_TO_EVERYBODY, sorted(public - OPEN_TO_EVERYBODY)


OPEN_TO_EVERYBODY = {
    "api.check_receipt",  # the same for programs
    "redemption.check_receipt",  # behind the QR code of a receipt: no more than is printed
    "access.change_language",
    "access.register",
    "access.register_in",
    "access.sign_in",
    "access.sign_out",
    "api.find_communities",
    "api.get_seal",  # published seals: digests, no data of anybody
    "api.list_seal_tenants",
    "api.list_seals",
    "api.openapi",
    "api.register_oneself",
    "api.sign_in",
    "ledger.seal",  # published seals: digests, no data of anybody
    "ledger.seal_json",
    "ledger.seal_keys",
    "ledger.seals",
    "ledger.seals_file",
    "ledger.seals_json",
    "exchange.calendar_feed",  # the address itself is the secret (a calendar cannot sign in)
}


def test_visitors_get_nothing_but_the_open_pages(app: Flask) -> None:
    from tests.conftest import new_client

    client = new_client(app)
    leaky = []
    for rule in _routes(app):
        if rule.endpoint in OPEN_TO_EVERYBODY or app.view_functions[rule.endpoint]._permit == PUBLIC:  # type: ignore[attr-defined]
            continue
        address = app.url_map.bind("timebank.test").build(rule.endpoint, _made_up(rule))
        method = "GET" if "GET" in (rule.methods or ()) else min((rule.methods or set()) - {"OPTIONS", "HEAD"})
        response = client.open(address, method=method)
        if response.status_code not in {302, 303, 401, 403}:
            leaky.append(f"{method} {address}: {response.status_code}")
    assert not leaky, "\n".join(leaky)


def _made_up(rule: Rule) -> dict[str, object]:
    """A value for each part of the address that its converter accepts."""
    made: dict[str, object] = {}
    for name, converter in rule._converters.items():
        choices = getattr(converter, "items", None)
        made[name] = min(choices) if choices else uuid.UUID(int=1) if isinstance(converter, UUIDConverter) else 1
    return made


def test_nothing_is_changed_by_following_a_link(app: Flask) -> None:
    """A prefetching browser must not act: endpoints named after a verb that changes something take no GET alone."""
    changing = ("delete", "remove", "approve", "withdraw", "cancel", "end_", "press")
    found = [
        rule.endpoint
        for rule in _routes(app)
        if rule.endpoint.split(".")[-1].startswith(changing)
        and "POST" not in (rule.methods or ())
        and (rule.methods or set()) & {"GET"}
    ]
    assert not found, found


def test_every_entry_of_the_menu_leads_somewhere(app: Flask) -> None:
    missing = [item.endpoint for item in app.extensions["timebank_menu"] if item.endpoint not in app.view_functions]
    assert not missing, missing
