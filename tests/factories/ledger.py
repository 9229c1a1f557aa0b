"""Accounts with something on them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.ledger import service

TENANT = 3201
CLOCK = Actor.system("test")
_keys = count()


def key() -> str:
    """An idempotency key nobody used."""
    return f"test:{next(_keys)}"


def member(owner_id: int, minutes: int = 0, **limits: int | None) -> int:
    """A member's account with so many minutes on it; returns its number."""
    account = service.ensure_account(TENANT, "member", owner_id, **limits)
    if minutes:
        give(account, minutes)
    return account


def fund(scheme_id: int = 1) -> int:
    """The grant fund, which has no floor."""
    return service.ensure_account(TENANT, "fund", scheme_id)


def give(account: int, minutes: int, purpose: str = "opening") -> service.Receipt:
    """Minutes from the fund."""
    return service.post(TENANT, fund(), account, minutes, key=key(), purpose=purpose, actor=CLOCK)


def pay(debit: int, credit: int, minutes: int, **facts: object) -> service.Receipt:
    """Minutes from one account to another."""
    given: dict[str, object] = {"key": key(), "purpose": "transfer", "actor": CLOCK, **facts}
    return service.post(TENANT, debit, credit, minutes, **given)  # type: ignore[arg-type]


def promise(debit: int, credit: int, minutes: int, hours: int = 24, **facts: object) -> UUID:
    """Minutes on hold until so many hours from now; returns the hold."""
    given: dict[str, object] = {"key": key(), "purpose": "visit", "actor": CLOCK, **facts}
    until = clock.now() + timedelta(hours=hours)
    return service.hold(TENANT, debit, credit, minutes, expires_at=until, **given).id  # type: ignore[arg-type]
