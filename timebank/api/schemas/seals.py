"""Published seals and their keys.  Digests and signatures are hexadecimal."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body


class SealLine(Answer):
    """A seal as it is published: how many transfers it holds, its root, and whose signature it carries."""

    format: str
    tenant: int
    n: int
    leaves: int
    prev_root: str
    root: str
    sealed_at: str  # letter by letter what is signed
    key: str
    signature: str


class SealsPage(Answer):
    """Seals, newest first."""

    items: list[SealLine]
    next: str | None = None


class SealsQuery(Body):
    """`day`: only the seals of this civil day; `after` is the `next` of the page before (25 seals)."""

    day: date | None = None
    after: str | None = Field(default=None, max_length=20)


class SealFacts(SealLine):
    """One seal with the public key that signed it; `published`: the published file says the same."""

    public_key: str
    published: bool


class KeyLine(Answer):
    """A public key, since when it signs, and which key vouches for it."""

    key: str
    public_key: str
    since: datetime
    by: str
    signature: str


class SealTenants(Answer):
    """Cities with seals, and every public key that ever signed, oldest first."""

    tenants: list[int]
    keys: list[KeyLine]
