"""Bearer tokens for the API."""

from __future__ import annotations

import secrets
from datetime import timedelta

from timebank.access import hashing
from timebank.access.models import Account, ApiToken
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused

MAX_DAYS = 366


@transaction
def issue_token(account_id: int, label: str, days: int) -> str:
    """Makes a token that works for `days` (1 to 366) and returns it; only its digest is kept, so it is shown once.

    Raises `Refused("token_days")`, `NotFound("access_account_unknown")`.
    """
    if not 1 <= days <= MAX_DAYS:
        raise Refused("token_days", field="days")
    account = db.session.get(Account, account_id)
    if account is None or account.closed_at is not None:
        raise NotFound("access_account_unknown")
    token = f"tb_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        account_id=account.id,
        digest=hashing.digest(token),
        label=label.strip()[:80],
        expires_at=clock.now() + timedelta(days=days),
    )
    db.session.add(row)
    db.session.flush()
    owner = Actor(account.id, account.person_id, account.display_name)
    audit.record(owner, "issue.token", "account", account.id, account.territory_code, label=row.label, days=days)
    return token


@transaction
def withdraw_token(actor: Actor, token_id: int) -> None:
    """Ends one of the actor's own tokens at once.  Raises `NotFound("token_unknown")`."""
    row = db.session.get(ApiToken, token_id)
    if row is None or row.account_id != actor.account_id:
        raise NotFound("token_unknown")
    row.withdrawn_at = row.withdrawn_at or clock.now()
    audit.record(actor, "withdraw.token", "account", row.account_id, label=row.label)
