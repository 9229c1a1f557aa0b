"""The books as a whole: do they sum to zero, and how many hours are owed to members?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.ledger.models import DaybookLine, LedgerAccount
from timebank.ledger.queries.accounts import ACCOUNTS, UNCARRIED
from timebank.ledger.rules.kinds import MINUTES, OF_PERSONS, AccountKind

ACCOUNT = LedgerAccount
LINES: Any = DaybookLine.__table__


@dataclass(frozen=True, slots=True)
class BookLine:
    """All accounts of a kind and unit together; `owed` counts only balances above zero, `lent` those below."""

    unit: str
    kind: AccountKind
    accounts: int
    posted: int
    held: int
    owed: int
    lent: int
    entries: int


@dataclass(frozen=True, slots=True)
class Books:
    """The trial balance of a tenant."""

    tenant: int
    lines: tuple[BookLine, ...]

    @property
    def sums(self) -> dict[str, int]:
        """Sum of all balances by unit; each must be 0 (domain.md C8.1)."""
        return {unit: sum(line.posted for line in self.lines if line.unit == unit) for unit in self.units}

    @property
    def units(self) -> list[str]:
        """Minutes first, then the articles."""
        return sorted({line.unit for line in self.lines}, key=lambda unit: (unit != MINUTES, unit))

    @property
    def balanced(self) -> bool:
        """Does every unit sum to zero?"""
        return not any(self.sums.values())

    def _of(self, kinds: frozenset[AccountKind]) -> list[BookLine]:
        return [line for line in self.lines if line.unit == MINUTES and line.kind in kinds]

    @property
    def liability(self) -> int:
        """Minutes outstanding: the sum of positive member balances (domain.md F3)."""
        return sum(line.owed for line in self._of(frozenset({AccountKind.MEMBER})))

    @property
    def promised(self) -> int:
        """Minutes on hold on accounts of people."""
        return sum(line.held for line in self._of(OF_PERSONS))

    @property
    def granted(self) -> int:
        """Granted minutes not used yet."""
        return sum(line.owed for line in self._of(frozenset({AccountKind.GRANT})))

    @property
    def fund_owes(self) -> int:
        """What the grant funds have given out and not got back."""
        return sum(line.lent for line in self._of(frozenset({AccountKind.FUND})))

    @property
    def transfers(self) -> int:
        """Transfers that moved something: each makes two entries."""
        return sum(line.entries for line in self.lines) // 2


def _lines_waiting() -> Any:
    same = (LINES.c.tenant_id == ACCOUNTS.c.tenant_id, LINES.c.account_id == ACCOUNTS.c.id)
    return select(func.count()).select_from(LINES).where(*same).correlate(ACCOUNTS).scalar_subquery()


def off_balance() -> dict[str, int]:
    """The sum of all accounts for each unit that is off balance; empty when the books are sound (domain.md C8.1)."""
    posted = select(ACCOUNTS.c.tenant_id, ACCOUNTS.c.unit, ACCOUNTS.c.posted.label("amount"))
    same = (ACCOUNTS.c.tenant_id == LINES.c.tenant_id) & (ACCOUNTS.c.id == LINES.c.account_id)
    waiting = select(ACCOUNTS.c.tenant_id, ACCOUNTS.c.unit, LINES.c.amount).join(LINES, same)
    each = posted.union_all(waiting).subquery().c
    total = func.sum(each.amount)
    rows = db.session.execute(select(each.unit, total).group_by(each.tenant_id, each.unit).having(total != 0))
    return {unit: int(amount) for unit, amount in rows}


def books(tenant: int) -> Books:
    """The trial balance, one statement over the accounts (not over the entries: `verify` does that)."""
    waiting = _lines_waiting()
    columns = ACCOUNTS.c
    each = (
        select(
            *(columns.unit, columns.kind, columns.held),
            (columns.posted + case((columns.batched, UNCARRIED), else_=0)).label("posted"),
            (columns.seq + case((columns.batched, waiting), else_=0)).label("entries"),
        )
        .where(columns.tenant_id == tenant)
        .subquery()
    ).c
    rows = db.session.execute(
        select(
            *(each.unit, each.kind, func.count(), func.sum(each.posted), func.sum(each.held)),
            func.sum(case((each.posted > 0, each.posted), else_=0)),
            func.sum(case((each.posted < 0, -each.posted), else_=0)),
            func.sum(each.entries),
        ).group_by(each.unit, each.kind)
    )
    order = list(AccountKind)
    lines = [BookLine(unit, AccountKind(kind), *(int(number) for number in numbers)) for unit, kind, *numbers in rows]
    lines.sort(key=lambda line: (line.unit != MINUTES, line.unit, order.index(line.kind)))
    return Books(tenant, tuple(lines))


def tenants(actor: Actor) -> Sequence[int]:
    """The tenants (cities) whose books the actor may look at with `ledger.audit`."""
    scopes = actor.scopes("ledger.audit")
    named = {int(scope[:4]) for scope in scopes if len(scope) >= 4}
    wider = [scope for scope in scopes if len(scope) < 4]
    if wider:
        known = db.session.scalars(select(ACCOUNT.tenant_id).distinct())
        named |= {tenant for tenant in known if any(str(tenant).startswith(scope) for scope in wider)}
    return sorted(named)
