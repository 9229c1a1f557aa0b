"""The books of a city, what is on hold, and what files of the ledger may be asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from timebank.api.schemas.base import Answer, Body
from timebank.api.schemas.ledger import JournalQuery


class Tenants(Answer):
    """Cities by their four digits."""

    items: list[int]


class BookLine(Answer):
    """All accounts of a kind and unit; `owed` counts balances above zero, `lent` those below."""

    unit: str
    kind: str
    accounts: int
    posted: int
    held: int
    owed: int
    lent: int
    entries: int


class BooksNow(Answer):
    """The trial balance of a city; each sum must be 0.  `liability`: minutes that members own."""

    tenant: int
    lines: list[BookLine]
    sums: dict[str, int]
    balanced: bool
    liability: int
    promised: int
    granted: int
    fund_owes: int
    transfers: int


class HoldLine(Answer):
    """A promise that has not ended."""

    transfer_id: UUID
    amount: int
    purpose: str
    memo: str
    created_at: datetime
    expires_at: datetime | None


class Holds(Answer):
    """What is on hold on an account, the oldest first."""

    items: list[HoldLine]


class FileQuery(Body):
    """`form` of the file; days are civil days of writing, both included."""

    form: Literal["csv", "pdf"] = "csv"
    from_day: date | None = None
    to_day: date | None = None


class JournalFileQuery(JournalQuery):
    """The filter of the journal; a file has no pages, so a filter that finds too much is refused."""

    form: Literal["csv", "pdf"] = "csv"
