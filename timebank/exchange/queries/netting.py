"""Hours that moved between the time banks of a city, and what they owe each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.netting import NettedMonth, NettedPair, NettingPayment
from timebank.exchange.models.partners import Partner
from timebank.exchange.queries import schemes
from timebank.exchange.queries.grants import fund_scheme
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.netting import LEFT_OUT, Flow
from timebank.exchange.rules.netting_payments import POSTED
from timebank.ledger.models import LedgerAccount, Transfer
from timebank.ledger.rules.kinds import MINUTES, MOVING, OF_PERSONS, AccountKind, TransferKind
from timebank.people.models import Person

PERMISSION = "netting.read"


def flows(tenant: int, since: datetime, until: datetime) -> list[Flow]:
    """What moved between the accounts of two time banks, written down in [since, until); few statements.

    A person's account belongs to the time bank where they live now, granted hours to the city whose fund gave them,
    every other account to the time bank that owns it.
    """
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    undone, first = aliased(Transfer), aliased(Transfer)
    # A reversal is written down as a correction; what it undoes (or undoes again) says what it is about.
    purpose = func.coalesce(first.purpose, undone.purpose, Transfer.purpose)
    rows = db.session.execute(
        select(debit.kind, debit.owner_id, credit.kind, credit.owner_id, purpose, func.sum(Transfer.amount))
        .join(debit, and_(debit.tenant_id == Transfer.tenant_id, debit.id == Transfer.debit_id))
        .join(credit, and_(credit.tenant_id == Transfer.tenant_id, credit.id == Transfer.credit_id))
        .outerjoin(undone, _undone_by(Transfer, undone))
        .outerjoin(first, _undone_by(undone, first))
        .where(
            Transfer.tenant_id == tenant,
            Transfer.kind.in_([kind.value for kind in MOVING]),
            purpose.not_in(LEFT_OUT),
            Transfer.created_at >= since,
            Transfer.created_at < until,
            debit.unit == MINUTES,
        )
        .group_by(debit.kind, debit.owner_id, credit.kind, credit.owner_id, purpose)
    ).all()
    belongs = _Belongs(tenant, {owner for row in rows for kind, owner in (row[:2], row[2:4]) if kind in OF_PERSONS})
    found = [
        Flow(source, target, purpose, int(minutes))
        for kind, owner, other_kind, other, purpose, minutes in rows
        if (source := belongs.of(kind, owner)) and (target := belongs.of(other_kind, other)) and source != target
    ]
    return sorted(found, key=lambda flow: (flow.source, flow.target, flow.purpose))


def _undone_by(reversal: Any, origin: Any) -> ColumnElement[bool]:
    return and_(
        reversal.kind == TransferKind.REVERSE, origin.tenant_id == reversal.tenant_id, origin.id == reversal.ref_id
    )


class _Belongs:
    """To which time bank an account belongs."""

    def __init__(self, tenant: int, people: set[int]) -> None:
        self.known = [one for one in schemes.schemes() if one.tenant == tenant]
        self.places: dict[int, str] = {}
        self.partners: dict[int, int] = dict(iter(db.session.execute(select(Partner.id, Partner.scheme_id))))
        wanted = sorted(people)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            rows = db.session.execute(select(Person.id, Person.territory_code).where(Person.id.in_(part)))
            self.places |= {row.id: row.territory_code for row in rows}

    def of(self, kind: str, owner: int) -> int | None:
        """The number of the time bank, or None where none covers the place."""
        if kind == AccountKind.PARTNER:
            owner = self.partners.get(owner, 0)
        if kind not in OF_PERSONS:
            return owner if any(one.id == owner for one in self.known) else None
        home = schemes.innermost(self.places[owner], self.known) if owner in self.places else None
        if home is None:
            return None
        return fund_scheme(home).id if kind == AccountKind.GRANT else home.id


def first_month(tenant: int) -> datetime | None:
    """When the first transfer of a city was written down."""
    return db.session.scalar(select(func.min(Transfer.created_at)).where(Transfer.tenant_id == tenant))


def last_netted(tenant: int) -> str | None:
    """The newest month that was netted."""
    return db.session.scalar(select(func.max(NettedMonth.month)).where(NettedMonth.tenant == tenant))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a time bank is owed by all others now (below zero: what it owes); minutes."""

    scheme: SchemeInfo
    minutes: int


def standings(actor: Actor) -> list[Standing]:
    """What the time banks of the actor's territories are owed: the sum of all months not paid; three statements.

    Their clearing accounts hold the same, beside what else was cleared there (opening balances).
    """
    paid = select(NettingPayment.pair_id).where(NettingPayment.state.in_(POSTED))
    net = func.sum(NettedPair.forward_minutes - NettedPair.back_minutes)
    sums: dict[int, int] = defaultdict(int)
    for column, sign in ((NettedPair.creditor_id, 1), (NettedPair.debtor_id, -1)):
        for scheme_id, minutes in db.session.execute(
            select(column, net).where(NettedPair.id.not_in(paid)).group_by(column)
        ):
            sums[scheme_id] += sign * int(minutes)
    return [Standing(one, sums[one.id]) for one in schemes.within(actor, PERMISSION)]


def months(actor: Actor) -> Sequence[str]:
    """The netted months of the cities of the actor's time banks, newest first, at most 36."""
    tenants = {one.tenant for one in schemes.within(actor, PERMISSION)}
    rows = (
        select(NettedMonth.month).where(NettedMonth.tenant.in_(tenants)).distinct().order_by(NettedMonth.month.desc())
    )
    return db.session.scalars(rows.limit(36)).all()
