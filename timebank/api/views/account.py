"""Signing in, and who one is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, jsonify, request

from timebank.access import service as access
from timebank.api import openapi as described
from timebank.api.routing import bp, read, write
from timebank.api.schemas.account import Me, SignIn
from timebank.api.schemas.base import TokenAnswer
from timebank.core import clock
from timebank.core.errors import Refused
from timebank.core.web import PUBLIC, SIGNED_IN, actor, public


@write("/token", body=SignIn, answer=TokenAnswer, permission=PUBLIC, status=201, keyed=False)
def sign_in(body: SignIn) -> dict[str, Any]:
    """A bearer token for a name and password.

    Wrong tries are counted and slowed down. Each call makes a new token, so it takes no Idempotency-Key.
    """
    account = access.sign_in(body.name, body.password, request.remote_addr or "")
    if account.must_change_password:
        raise Refused("password_is_new")
    token = access.issue_token(account.id, body.label, body.days)
    return {"token": token, "expires_at": clock.now() + timedelta(days=body.days)}


@read("/me", Me, permission=SIGNED_IN)
def me() -> dict[str, Any]:
    """Who the token acts as, and what they may do where."""
    who = actor()
    grants = [
        {"role": grant.role, "territory": grant.territory, "permissions": sorted(grant.permissions)}
        for grant in who.grants
    ]
    return {
        "account_id": who.account_id,
        "person_id": who.person_id,
        "name": who.name,
        "grants": grants,
        "wards": sorted(who.wards),
    }


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """This description."""
    version = getattr(current_app, "version", "1.0")
    return jsonify(described.document(version, current_app.config["TIMEBANK_BASE_URL"]))
