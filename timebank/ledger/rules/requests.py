"""What is asked of the ledger, and its digest, by which a repeated request is known."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

_ENCODER = json.JSONEncoder(default=str)


@dataclass(frozen=True, slots=True)
class Post:
    """One transfer of `post_many`: `amount` minutes or pieces (> 0) from `debit` to `credit`."""

    debit: int
    credit: int
    amount: int
    purpose: str
    memo: str = ""
    group: uuid.UUID | None = None
    event_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transfer that stands in the books.  `replayed`: it stood there before this request."""

    id: uuid.UUID
    tenant: int
    kind: str
    debit: int
    credit: int
    amount: int
    created_at: datetime
    group: uuid.UUID | None = None
    replayed: bool = False


def digest(*content: object) -> bytes:
    """SHA-256 of what makes a request the same request.  The words of the memo and the moment do not count."""
    return hashlib.sha256(_ENCODER.encode(content).encode()).digest()
