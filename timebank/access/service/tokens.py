"""Bearer tokens for the API."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from timebank.access import hashing
from timebank.access.models import Account, ApiToken
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import Conflict, NotFound, Refused
from timebank.core.types import blind_index

MAX_DAYS = 366


@transaction
def issue_token(account_id: int, label: str, days: int) -> str:
    """Makes a token that works for `days` (1 to 366) and returns it; only its digest is kept, so it is shown once.

    Raises `Refused("token_days")`, `NotFound("access_account_unknown")`.
    """
    token = f"tb_{secrets.token_urlsafe(32)}"
    _new_token(account_id, label, days, hashing.digest(token))
    return token


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made; `token` is shown once."""

    id: int
    token: str = field(repr=False)
    expires_at: datetime


def make_token(actor: Actor, label: str, days: int, *, key: str | None = None) -> NewToken:
    """A token for the actor's own account; the same key gives the same one (derived from it and a secret of the house).

    Raises as `issue_token`, and `Conflict("key_reused")`.
    """
    drawn = blind_index("token", f"{actor.account_id}:{key}") if key else secrets.token_hex(32)
    token = f"tb_{drawn}"
    made = _keep_token(actor, label, days, hashing.digest(token), key=key)
    return NewToken(made["id"], token, datetime.fromisoformat(made["expires_at"]))


@command
def _keep_token(actor: Actor, label: str, days: int, digest: str, *, key: str | None = None) -> dict[str, Any]:
    if db.session.scalar(select(ApiToken.id).where(ApiToken.digest == digest)):
        raise Conflict("key_reused")  # the key's answer was forgotten after its 90 days
    row = _new_token(actor.account_id or 0, label, days, digest)
    return {"id": row.id, "expires_at": row.expires_at.isoformat()}


def _new_token(account_id: int, label: str, days: int, digest: str) -> ApiToken:
    if not 1 <= days <= MAX_DAYS:
        raise Refused("token_days", field="days")
    account = db.session.get(Account, account_id)
    if account is None or account.closed_at is not None:
        raise NotFound("access_account_unknown")
    row = ApiToken(
        account_id=account.id,
        digest=digest,
        label=label.strip()[:80],
        expires_at=clock.now() + timedelta(days=days),
    )
    db.session.add(row)
    db.session.flush()
    owner = Actor(account.id, account.person_id, account.display_name)
    audit.record(owner, "issue.token", "account", account.id, account.territory_code, label=row.label, days=days)
    return row


@command
def withdraw_token(actor: Actor, token_id: int, *, key: str | None = None) -> int:
    """Ends one of the actor's own tokens at once; returns its number.  Raises `NotFound("token_unknown")`."""
    row = db.session.get(ApiToken, token_id)
    if row is None or row.account_id != actor.account_id:
        raise NotFound("token_unknown")
    row.withdrawn_at = row.withdrawn_at or clock.now()
    audit.record(actor, "withdraw.token", "account", row.account_id, label=row.label)
    return row.id
