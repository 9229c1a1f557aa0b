"""Signing in, and who one is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, jsonify, request

from timebank.access import queries
from timebank.access import service as access
from timebank.api import openapi as described
from timebank.api.routing import bp, read, write
from timebank.api.schemas.access import (
    LanguageBody,
    MadeToken,
    NewTokenBody,
    OwnAccount,
    PasswordBody,
    PinBody,
    Tokens,
)
from timebank.api.schemas.account import Me, SignIn
from timebank.api.schemas.base import Done, TokenAnswer
from timebank.core import clock
from timebank.core.errors import NotFound, Refused
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


def _own_account() -> queries.AccountInfo:
    found = queries.account(actor().account_id or 0)
    if found is None:
        raise NotFound("access_account_unknown")
    return found


@read("/my/account", OwnAccount, permission=SIGNED_IN)
def get_own_account() -> dict[str, Any]:
    """One's own account."""
    account = _own_account()
    person_id = account.person_id
    return {
        "account": account,
        "has_pin": person_id is not None and queries.has_pin(person_id),
        "has_card": person_id is not None and queries.card_of(person_id) is not None,
    }


@read("/my/tokens", Tokens, permission=SIGNED_IN)
def list_tokens() -> dict[str, Any]:
    """One's own tokens that work."""
    return {"items": queries.tokens_of(_own_account().id)}


@write("/my/tokens", body=NewTokenBody, answer=MadeToken, permission=SIGNED_IN, status=201)
def create_token(body: NewTokenBody, key: str) -> access.NewToken:
    """Makes another token for oneself."""
    return access.make_token(actor(), body.label, body.days, key=key)


@write("/my/tokens/<int:token_id>", permission=SIGNED_IN, method="DELETE")
def withdraw_token(token_id: int, key: str) -> dict[str, Any]:
    """Ends one of one's own tokens at once."""
    return {"id": access.withdraw_token(actor(), token_id, key=key)}


@write("/my/password", body=PasswordBody, answer=Done, permission=SIGNED_IN, method="PUT")
def change_own_password(body: PasswordBody, key: str) -> dict[str, Any]:
    """A new password; every session of the account ends, tokens stay."""
    access.set_password(actor(), _own_account().id, body.password, old=body.old_password, key=key)
    return {"done": True}


@write("/my/pin", body=PinBody, answer=Done, permission=SIGNED_IN, method="PUT")
def set_own_pin(body: PinBody, key: str) -> dict[str, Any]:
    """One's own PIN."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound("person_unknown")
    access.set_pin(actor(), person_id, body.pin, key=key)
    return {"done": True}


@write("/my/sessions/end", answer=Done, permission=SIGNED_IN)
def end_own_sessions(key: str) -> dict[str, Any]:
    """Signs one out of the pages on every device, for a lost phone; tokens stay."""
    access.end_sessions(actor(), _own_account().id, key=key)
    return {"done": True}


@write("/my/language", body=LanguageBody, answer=Done, permission=SIGNED_IN, method="PUT")
def choose_language(body: LanguageBody, key: str) -> dict[str, Any]:
    """The language in which one reads the pages."""
    access.choose_language(actor(), body.language, key=key)
    return {"done": True}


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """This description."""
    version = getattr(current_app, "version", "1.0")
    return jsonify(described.document(version, current_app.config["TIMEBANK_BASE_URL"]))
