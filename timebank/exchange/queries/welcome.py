"""Who was given hours to begin with, and what of them was taken back when two records became one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, select

from timebank.core.db import db
from timebank.ledger.models import Entry, Transfer
from timebank.ledger.queries import accounts_of
from timebank.ledger.rules.kinds import AccountKind

TAKEN, GIVEN_BACK = "welcome-once:", "welcome-again:"


@dataclass(frozen=True, slots=True)
class Given:
    """Minutes that went from the account of hours issued to a member's (`account`)."""

    tenant: int
    issued: int
    account: int
    minutes: int


def key(person_id: int) -> str:
    """The key in the books: the same for ever, so that nobody is welcomed twice under one number."""
    return f"welcome:{person_id}"


def given(person_ids: Iterable[int]) -> list[Given]:
    """What these records were given to begin with, in any city.  Two statements, both by index."""
    ids = list(person_ids)
    tenants = {one.tenant for one in accounts_of(ids, [AccountKind.MEMBER])}
    wanted = Transfer.tenant_id.in_(tenants), Transfer.idem_key.in_([key(one) for one in ids])
    return [
        Given(row.tenant_id, row.debit_id, row.credit_id, row.amount)
        for row in db.session.scalars(select(Transfer).where(*wanted))
    ]


def taken(person_ids: Iterable[int], merged_id: int | None = None) -> list[Given]:
    """What was taken back from these records because of merges (of one, if named) and was not given again since.

    By account; two statements, by the lines of their accounts.
    """
    of = "" if merged_id is None else f"{merged_id}:"
    sums: dict[tuple[int, int, int], int] = defaultdict(int)
    for row in _lines(person_ids):
        if row.idem_key.startswith(TAKEN + of):
            sums[row.tenant_id, row.credit_id, row.debit_id] += row.amount
        elif row.idem_key.startswith(GIVEN_BACK + of):
            sums[row.tenant_id, row.debit_id, row.credit_id] -= row.amount
    return [Given(*sides, minutes) for sides, minutes in sorted(sums.items()) if minutes > 0]


def _lines(person_ids: Iterable[int]) -> Iterable[Transfer]:
    """Everything about hours to begin with on the accounts of these records."""
    accounts = accounts_of(person_ids, [AccountKind.MEMBER])
    line = and_(Entry.tenant_id == Transfer.tenant_id, Entry.transfer_id == Transfer.id)
    wanted = select(Transfer).join(Entry, line).where(Transfer.purpose == "welcome")
    tenants, numbers = {one.tenant for one in accounts}, [one.id for one in accounts]
    return db.session.scalars(wanted.where(Entry.tenant_id.in_(tenants), Entry.account_id.in_(numbers)))
