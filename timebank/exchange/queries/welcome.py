"""Who was given hours to begin with, and what of them was taken back when two records became one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select

from timebank.core.db import db
from timebank.ledger.models import Transfer

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
    """What these records were given to begin with, in any city."""
    wanted = select(Transfer).where(Transfer.idem_key.in_([key(one) for one in person_ids]))
    return [Given(row.tenant_id, row.debit_id, row.credit_id, row.amount) for row in db.session.scalars(wanted)]


def taken(merged_id: int) -> list[Given]:
    """What was taken back because of a merge and was not given again since, by account."""
    there, back = f"{TAKEN}{merged_id}:", f"{GIVEN_BACK}{merged_id}:"
    wanted = select(Transfer).where(
        or_(Transfer.idem_key.startswith(there, autoescape=True), Transfer.idem_key.startswith(back, autoescape=True))
    )
    sums: dict[tuple[int, int, int], int] = defaultdict(int)
    for row in db.session.scalars(wanted):
        if row.idem_key.startswith(there):
            sums[row.tenant_id, row.credit_id, row.debit_id] += row.amount
        else:
            sums[row.tenant_id, row.debit_id, row.credit_id] -= row.amount
    return [Given(*sides, minutes) for sides, minutes in sorted(sums.items()) if minutes > 0]
