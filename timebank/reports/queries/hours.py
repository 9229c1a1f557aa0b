"""Hours on the accounts of people, by what they came for and went to (domain.md C6 R14, F3): the sums of the books."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, case, func, select

from timebank.core.db import db
from timebank.exchange.models import Visit, VisitTransfer
from timebank.ledger.models import Entry, LedgerAccount, Transfer
from timebank.ledger.queries.movements import MOVEMENTS
from timebank.people.models import Person
from timebank.reports.queries.asked import Where

PERSONAL = ("member", "grant", "group")
ABOVE = ("pot", "forfeited")  # where minutes above the storage cap go

# (kind of account, purpose, into the account?) → the figure it belongs to; the rest is `other`.
FIGURES = {
    ("member", "visit", True): "earned",
    ("member", "pot", True): "from_pot",
    ("member", "transfer", True): "from_relatives",
    ("member", "welcome", True): "welcomed",
    ("member", "opening", True): "opening",
    ("member", "goods_return", True): "goods_returned",
    ("member", "visit", False): "spent_on_care",
    ("member", "goods", False): "goods_taken",
    ("member", "donation", False): "donated",
    ("member", "transfer", False): "given_to_relatives",
    ("grant", "grant", True): "granted",
    ("grant", "visit", False): "grant_used",
    ("grant", "grant_expiry", False): "grant_expired",
}


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes moved on the accounts of people in the territory within the days; all positive, but for `other`.

    `change` is the sum of all of them with their signs: by so much the balances of these accounts have changed.
    `overflow` lies outside: what was above the cap never came to an account of a person.
    """

    earned: int = 0
    from_pot: int = 0
    from_relatives: int = 0
    welcomed: int = 0
    opening: int = 0
    granted: int = 0
    given_back: int = 0
    spent_on_care: int = 0
    goods_taken: int = 0
    goods_returned: int = 0
    donated: int = 0
    given_to_relatives: int = 0
    grant_used: int = 0
    grant_expired: int = 0
    taken_back: int = 0
    other: int = 0
    overflow: int = 0
    change: int = field(default=0)

    @property
    def spent_on_goods(self) -> int:
        """Less what was brought back."""
        return self.goods_taken - self.goods_returned


def hours(where: Where) -> Hours:
    """From the entries on accounts of people who live in the territory; two statements.

    Reversals (annulments, disputes, corrections) are counted apart, so that the other figures stay what happened.
    """
    found: dict[str, int] = defaultdict(int)
    for account, purpose, step, up, down in _moved(where):
        kind = "grant" if account == "grant" else "member"
        found["change"] += up - down
        for into, minutes in ((True, up), (False, down)):
            if step == "reverse":
                found["given_back" if into else "taken_back"] += minutes
            elif name := FIGURES.get((kind, purpose, into)):
                found[name] += minutes
            else:
                found["other"] += minutes if into else -minutes
    return Hours(**found, overflow=_overflow(where))


def _moved(where: Where) -> list[tuple[str, str, str, int, int]]:
    plus = func.sum(case((Entry.amount > 0, Entry.amount), else_=0))
    minus = func.sum(case((Entry.amount < 0, -Entry.amount), else_=0))
    rows = db.session.execute(
        select(LedgerAccount.kind, Transfer.purpose, Transfer.kind, plus, minus)
        .select_from(Entry)
        .join(Transfer, and_(Transfer.tenant_id == Entry.tenant_id, Transfer.id == Entry.transfer_id))
        .join(LedgerAccount, and_(LedgerAccount.tenant_id == Entry.tenant_id, LedgerAccount.id == Entry.account_id))
        .join(Person, Person.id == LedgerAccount.owner_id)
        .where(
            LedgerAccount.kind.in_(PERSONAL),
            LedgerAccount.unit == "min",
            where.place(Person.territory_code),
            *_within(where),
        )
        .group_by(LedgerAccount.kind, Transfer.purpose, Transfer.kind)
    )
    return [(account, purpose, step, int(up), int(down)) for account, purpose, step, up, down in rows]


def _overflow(where: Where) -> int:
    """Minutes above the cap of visits in the territory, to the pot or as an honour, less what was taken back.

    Also from the daybook: the pot's own lines may not be entries yet.
    """
    moved: Any = MOVEMENTS.c
    total = db.session.scalar(
        select(func.sum(moved.amount))
        .join(Transfer, and_(Transfer.tenant_id == moved.tenant_id, Transfer.id == moved.transfer_id))
        .join(LedgerAccount, and_(LedgerAccount.tenant_id == moved.tenant_id, LedgerAccount.id == moved.account_id))
        .join(VisitTransfer, VisitTransfer.transfer_id == Transfer.id)
        .join(Visit, Visit.id == VisitTransfer.visit_id)
        .where(
            LedgerAccount.kind.in_(ABOVE),
            # into the pot by a credit, out of it by a reversal of one: a visit paid from the pot is neither
            case((VisitTransfer.reversal, moved.amount < 0), else_=moved.amount > 0),
            where.place(Visit.territory_code),
            *_within(where),
        )
    )
    return int(total or 0)


def _within(where: Where) -> tuple[Any, Any]:
    return Transfer.event_at >= where.asked.start, Transfer.event_at < where.asked.end
