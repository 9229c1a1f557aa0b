"""Accounts, statements and the journal.  Amounts are integer minutes (or fen or pieces, see `unit`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field, computed_field

from timebank.api.schemas.base import Answer, Body, Id, PageQuery
from timebank.ledger import texts


class BalanceNow(Answer):
    """available = posted - held."""

    posted: int
    held: int
    available: int
    seq: int


class AccountFacts(Answer):
    """An account with its limits (null: none)."""

    tenant: int
    id: int
    unit: str
    kind: str
    owner_id: int
    floor: int | None
    ceiling: int | None
    state: str
    balance: BalanceNow


class Owner(Answer):
    """Whose account it is."""

    tenant: int
    account_id: int
    kind: str
    name: str
    person_id: int | None
    territory_code: str


class AccountLine(Answer):
    """An account and whose it is."""

    info: AccountFacts
    side: Owner


class Accounts(Answer):
    """The accounts of a person."""

    items: list[AccountLine]


class StatementLine(Answer):
    """An entry: signed amount, and what was on the account after it; `explained`: how a credit came about.

    `carried` is false for a line that gets its place in the books within a minute; `amount_text` is for people.
    """

    seq: int
    transfer_id: UUID
    amount: int
    balance: int
    kind: str
    purpose: str
    memo: str
    event_at: datetime
    created_at: datetime
    actor_name: str
    other_id: int
    other_kind: str
    reversed_by: UUID | None
    carried: bool = True
    unit: str = "min"
    explained: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def amount_text(self) -> str:
        """The amount in words: hours, yuan or pieces."""
        return texts.amount(self.amount, self.unit)


class Statement(Answer):
    """Entries, newest first."""

    items: list[StatementLine]
    next: str | None = None


class JournalEntry(Answer):
    """A transfer: from which account to which, who did it and why; `ended_by`: what took, freed or reversed it."""

    tenant: int
    id: UUID
    kind: str
    amount: int
    unit: str
    purpose: str
    memo: str
    event_at: datetime
    created_at: datetime
    expires_at: datetime | None
    actor_id: int | None
    actor_name: str
    ref_id: UUID | None
    group_id: UUID | None
    ended_by: UUID | None
    debit: Owner
    credit: Owner

    @computed_field  # type: ignore[prop-decorator]
    @property
    def amount_text(self) -> str:
        """The amount in words: hours, yuan or pieces."""
        return texts.amount(self.amount, self.unit)


class Journal(Answer):
    """Transfers, newest first."""

    items: list[JournalEntry]
    next: str | None = None


class JournalQuery(PageQuery):
    """Days are civil days of writing, both included; `by`: part of a name, or the number of an account.

    `person_id`: transfers of a person's accounts, `group`: steps of one event.
    """

    from_day: date | None = None
    to_day: date | None = None
    purpose: str = Field(default="", max_length=32)
    kind: str = Field(default="", max_length=16)
    by: str = Field(default="", max_length=80)
    account_id: int | None = Field(default=None, ge=1, le=2**62)
    person_id: Id | None = None
    group: UUID | None = None


class SealPlace(Answer):
    """The published seal over a transfer, and the transfer's place under it."""

    n: int
    index: int
    root: str
    sealed_at: datetime


class ProofFile(Answer):
    """The proof that a transfer stands under a published root (docs/proofs.md): `text` is what was sealed."""

    format: str
    transfer: dict[str, Any]
    text: str
    leaf: str
    index: int
    path: list[str]
    seal: dict[str, Any]
    public_key: str


class TransferFile(Answer):
    """A transfer, the balances it left, the steps before and after it; `proof` is null until it is sealed."""

    line: JournalEntry
    debit_after: int | None
    credit_after: int | None
    chain: list[JournalEntry]
    companions: list[JournalEntry]
    proof: SealPlace | None


class Reversal(Body):
    """Why; `whole`: every step of the same event."""

    reason: str = Field(min_length=1, max_length=200)
    whole: bool = False
