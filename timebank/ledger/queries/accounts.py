"""Accounts and what is on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, literal, select

from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.ledger.models import DaybookLine, LedgerAccount
from timebank.ledger.rules.kinds import MINUTES, AccountKind

ACCOUNTS: Any = LedgerAccount.__table__
LINES: Any = DaybookLine.__table__


@dataclass(frozen=True, slots=True)
class Balance:
    """What is on an account, in its unit: available = posted - held (domain.md F5); `seq` of the newest entry.

    `posted` has everything that was posted, also what still waits in the daybook.
    """

    posted: int
    held: int
    available: int
    seq: int


NOTHING = Balance(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An account with its limits (None = without) and its balance."""

    tenant: int
    id: int
    unit: str
    kind: AccountKind
    owner_id: int
    floor: int | None
    ceiling: int | None
    state: str
    created_at: datetime
    balance: Balance
    batched: bool = False


# What the daybook still holds for an account; only batched accounts are asked.
UNCARRIED = func.coalesce(
    select(func.sum(LINES.c.amount))
    .where(LINES.c.tenant_id == ACCOUNTS.c.tenant_id, LINES.c.account_id == ACCOUNTS.c.id)
    .correlate(ACCOUNTS)
    .scalar_subquery(),
    0,
)
WAITING = case((ACCOUNTS.c.batched, UNCARRIED), else_=literal(0)).label("waiting")


def _accounts() -> Select[Any]:
    return select(ACCOUNTS, WAITING)


def _balance(row: Row[Any]) -> Balance:
    posted = row.posted + int(row.waiting)
    return Balance(posted, row.held, posted - row.held, row.seq)


def info_of(row: Row[Any]) -> AccountInfo:
    """The account of a row of `ledger_account`."""
    return AccountInfo(
        row.tenant_id,
        row.id,
        row.unit,
        AccountKind(row.kind),
        row.owner_id,
        row.floor,
        row.ceiling,
        row.state,
        row.created_at,
        _balance(row),
        row.batched,
    )


def account_of(tenant: int, kind: str, owner_id: int, unit: str = MINUTES) -> int | None:
    """The number of the owner's account of this kind and unit, or None."""
    columns = ACCOUNTS.c
    found = db.session.execute(
        select(columns.id).where(
            columns.tenant_id == tenant, columns.kind == str(kind), columns.owner_id == owner_id, columns.unit == unit
        )
    ).scalar()
    return None if found is None else int(found)


def account(tenant: int, account_id: int) -> AccountInfo:
    """One account.  Raises NotFound."""
    row = db.session.execute(_accounts().where(*_is(tenant, [account_id]))).first()
    if row is None:
        raise NotFound("no_such_account")
    return info_of(row)


def accounts_of(owner_ids: Iterable[int], kinds: Iterable[str], unit: str | None = MINUTES) -> list[AccountInfo]:
    """The accounts of these owners, of these kinds, in all tenants, oldest first."""
    columns = ACCOUNTS.c
    question = _accounts().where(columns.owner_id.in_(list(owner_ids)), columns.kind.in_([str(k) for k in kinds]))
    if unit is not None:
        question = question.where(columns.unit == unit)
    return [info_of(row) for row in db.session.execute(question.order_by(columns.tenant_id, columns.id))]


def _is(tenant: int, ids: list[int]) -> tuple[Any, ...]:
    return ACCOUNTS.c.tenant_id == tenant, ACCOUNTS.c.id.in_(ids)


def balance(tenant: int, account_id: int) -> Balance:
    """What is on an account now.  Raises NotFound."""
    return account(tenant, account_id).balance


def balances(tenant: int, account_ids: Iterable[int]) -> dict[int, Balance]:
    """What is on several accounts, by one statement; unknown accounts are left out."""
    rows = db.session.execute(_accounts().where(*_is(tenant, list(account_ids))))
    return {row.id: _balance(row) for row in rows}


def member_balance(tenant: int, person_ids: Iterable[int]) -> dict[int, Balance]:
    """A member's own minutes for each person (zero where there is no account); grants are not counted.

    For a merged person pass `people.queries.ids_of(...)` and add up.
    """
    wanted = list(person_ids)
    columns = ACCOUNTS.c
    rows = db.session.execute(
        _accounts().where(
            columns.tenant_id == tenant,
            columns.kind == AccountKind.MEMBER.value,
            columns.unit == MINUTES,
            columns.owner_id.in_(wanted),
        )
    )
    return dict.fromkeys(wanted, NOTHING) | {row.owner_id: _balance(row) for row in rows}
