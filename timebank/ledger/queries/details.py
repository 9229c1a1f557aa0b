"""One transfer with everything around it: balances after it, what it refers to, what ended it, its companions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.ledger.models import Entry, Transfer
from timebank.ledger.queries.journal import JournalLine, find
from timebank.ledger.queries.owners import may_see, reading_scopes
from timebank.ledger.rules.kinds import MOVING

LONGEST_CHAIN = 12


@dataclass(frozen=True, slots=True)
class TransferDetail:
    """A transfer, the balances it left, the chain of steps it belongs to and the other steps of its event."""

    line: JournalLine
    debit_after: int | None
    credit_after: int | None
    chain: tuple[JournalLine, ...]  # from the first promise or post to the last reversal, this one included
    companions: tuple[JournalLine, ...]  # of the same group, this one not included

    @property
    def can_be_reversed(self) -> bool:
        """Moves hours and was not reversed before."""
        return self.line.kind in MOVING and self.line.ended_by is None

    @property
    def reversible(self) -> tuple[JournalLine, ...]:
        """The steps of the event that can still be reversed, newest first."""
        steps = {line.id: line for line in (self.line, *self.companions) if is_reversible(line)}
        return tuple(sorted(steps.values(), key=lambda line: line.id, reverse=True))


def is_reversible(line: JournalLine) -> bool:
    """A post or capture that nobody reversed (a reversal is itself only undone one by one)."""
    return line.kind in ("post", "capture") and line.ended_by is None


def detail(actor: Actor, tenant: int, transfer_id: uuid.UUID) -> TransferDetail:
    """The transfer as an auditor or coordinator sees it.  Raises NotFound outside the actor's territories."""
    lines = find(tenant, Transfer.id == transfer_id)
    if not lines or not may_see(reading_scopes(actor), lines[0].debit, lines[0].credit):
        raise NotFound("no_such_transfer")
    line = lines[0]
    after = _balances_after(tenant, transfer_id)
    chain = tuple(find(tenant, Transfer.id.in_(_chain(line))))
    companions = find(tenant, Transfer.group_id == line.group_id) if line.group_id else []
    return TransferDetail(
        line,
        after.get(line.debit.account_id),
        after.get(line.credit.account_id),
        chain,
        tuple(one for one in companions if one.id != line.id),
    )


def used_keys(tenant: int, keys: Iterable[str]) -> set[str]:
    """Those of the keys that a transfer was made with."""
    return set(
        db.session.scalars(
            select(Transfer.idem_key).where(Transfer.tenant_id == tenant, Transfer.idem_key.in_(list(keys)))
        )
    )


def ended(tenant: int, transfer_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the holds (or posts) that were captured, released or reversed."""
    found = select(Transfer.ref_id).where(Transfer.tenant_id == tenant, Transfer.ref_id.in_(list(transfer_ids)))
    return {one for one in db.session.scalars(found) if one is not None}


def _balances_after(tenant: int, transfer_id: uuid.UUID) -> dict[int, int]:
    rows = db.session.execute(
        select(Entry.account_id, Entry.balance).where(Entry.tenant_id == tenant, Entry.transfer_id == transfer_id)
    )
    return {row.account_id: row.balance for row in rows}


def _chain(line: JournalLine) -> set[uuid.UUID]:
    """What the transfer refers to and what refers to it, step by step (a chain has two or three links)."""
    known = {line.id}
    edge = {line.id, line.ref_id, line.ended_by} - {None}
    for _ in range(LONGEST_CHAIN):
        if edge <= known:
            break
        known |= {one for one in edge if one}
        rows = db.session.execute(
            select(Transfer.id, Transfer.ref_id).where(
                Transfer.tenant_id == line.tenant, or_(Transfer.id.in_(known), Transfer.ref_id.in_(known))
            )
        )
        edge = {one for row in rows for one in row if one}
    return known
