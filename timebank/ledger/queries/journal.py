"""The journal for the auditor: every posting, who made it and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.ledger.models import LedgerAccount, Transfer
from timebank.ledger.queries.accounts import accounts_of
from timebank.ledger.queries.movements import MOVEMENTS
from timebank.ledger.queries.owners import Side, sides
from timebank.ledger.rules.kinds import OF_PERSONS
from timebank.people.models import Person

DEBIT: Any = aliased(LedgerAccount.__table__)
CREDIT: Any = aliased(LedgerAccount.__table__)
GIVER: Any = aliased(Person)
TAKER: Any = aliased(Person)
NEXT: Any = aliased(Transfer.__table__)


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What the auditor asks for; days are civil days of writing, both included."""

    tenant: int
    from_day: date | None = None
    to_day: date | None = None
    purpose: str = ""
    kind: str = ""
    actor: str = ""  # part of the name, or the number of the account
    account_id: int | None = None
    person_ids: tuple[int, ...] | None = None  # any of them
    group: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A transfer with both sides named; `ended_by` is the transfer that took, freed or reversed it."""

    tenant: int
    id: uuid.UUID
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
    ref_id: uuid.UUID | None
    group_id: uuid.UUID | None
    ended_by: uuid.UUID | None
    debit: Side
    credit: Side


def journal(actor: Actor, wanted: JournalFilter, after: str | None = None, limit: int = PER_PAGE) -> Page[JournalLine]:
    """A page of the journal, newest first, of what the actor's `ledger.audit` covers; the cursor is a transfer id."""
    conditions = _conditions(wanted)
    if after:
        conditions.append(Transfer.id < uuid.UUID(after))
    visible = _visible(actor.scopes("ledger.audit"), wanted.tenant)
    if visible is not None:
        conditions.append(visible)
    rows = db.session.execute(_question().where(*conditions).order_by(Transfer.id.desc()).limit(limit + 1)).all()
    lines = lines_of(rows)
    return cut(lines, [line.id for line in lines], limit)


def _question() -> Any:
    giver = and_(DEBIT.c.kind.in_(sorted(OF_PERSONS)), GIVER.id == DEBIT.c.owner_id)
    taker = and_(CREDIT.c.kind.in_(sorted(OF_PERSONS)), TAKER.id == CREDIT.c.owner_id)
    return (
        select(
            Transfer,
            DEBIT.c.kind.label("debit_kind"),
            DEBIT.c.owner_id.label("debit_owner"),
            DEBIT.c.unit.label("unit"),
            CREDIT.c.kind.label("credit_kind"),
            CREDIT.c.owner_id.label("credit_owner"),
            NEXT.c.id.label("ended_by"),
        )
        .join(DEBIT, and_(DEBIT.c.tenant_id == Transfer.tenant_id, DEBIT.c.id == Transfer.debit_id))
        .join(CREDIT, and_(CREDIT.c.tenant_id == Transfer.tenant_id, CREDIT.c.id == Transfer.credit_id))
        .outerjoin(GIVER, giver)
        .outerjoin(TAKER, taker)
        .outerjoin(NEXT, and_(NEXT.c.tenant_id == Transfer.tenant_id, NEXT.c.ref_id == Transfer.id))
    )


def _visible(scopes: Sequence[str], tenant: int) -> ColumnElement[bool] | None:
    """None when a scope holds the whole tenant; else one of the two people must live in a scope."""
    if any(str(tenant).startswith(scope) for scope in scopes):
        return None
    return or_(in_scope(GIVER.territory_code, scopes), in_scope(TAKER.territory_code, scopes))


def _conditions(wanted: JournalFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Transfer.tenant_id == wanted.tenant]
    if wanted.from_day:
        found.append(Transfer.created_at >= clock.at(wanted.from_day, 0))
    if wanted.to_day:
        found.append(Transfer.created_at < clock.at(wanted.to_day, 24 * 60))
    if wanted.purpose:
        found.append(Transfer.purpose == wanted.purpose)
    if wanted.kind:
        found.append(Transfer.kind == wanted.kind)
    if wanted.group:
        found.append(Transfer.group_id == wanted.group)
    if wanted.actor:
        found.append(_by(wanted.actor))
    if wanted.account_id is not None:
        found.append(_touches(wanted.tenant, [wanted.account_id]))
    if wanted.person_ids is not None:
        owned = accounts_of(wanted.person_ids, OF_PERSONS, unit=None)
        found.append(_touches(wanted.tenant, [account.id for account in owned if account.tenant == wanted.tenant]))
    return found


def _by(actor: str) -> ColumnElement[bool]:
    named = Transfer.actor_name.icontains(actor, autoescape=True)
    return or_(named, Transfer.actor_id == int(actor)) if actor.isdecimal() and len(actor) < 10 else named


def _touches(tenant: int, accounts: Iterable[int]) -> ColumnElement[bool]:
    """Moved hours on, or promised hours of, one of the accounts (both answered by an index)."""
    ids = list(accounts)
    moved = select(MOVEMENTS.c.transfer_id).where(MOVEMENTS.c.tenant_id == tenant, MOVEMENTS.c.account_id.in_(ids))
    promised = select(NEXT.c.id).where(NEXT.c.tenant_id == tenant, NEXT.c.kind == "hold", NEXT.c.debit_id.in_(ids))
    return Transfer.id.in_(moved.union_all(promised))


def lines_of(rows: Sequence[Row[Any]]) -> list[JournalLine]:
    """Rows of the journal's question with the names of both sides (at most four more statements)."""
    keys = {(r.Transfer.tenant_id, r.Transfer.debit_id, r.debit_kind, r.debit_owner, r.unit) for r in rows}
    keys |= {(r.Transfer.tenant_id, r.Transfer.credit_id, r.credit_kind, r.credit_owner, r.unit) for r in rows}
    named = sides(keys)
    return [_line(row, named) for row in rows]


def _line(row: Row[Any], named: dict[int, Side]) -> JournalLine:
    transfer: Transfer = row.Transfer
    return JournalLine(
        transfer.tenant_id,
        transfer.id,
        transfer.kind,
        transfer.amount,
        row.unit,
        transfer.purpose,
        transfer.memo,
        transfer.event_at,
        transfer.created_at,
        transfer.expires_at,
        transfer.actor_id,
        transfer.actor_name,
        transfer.ref_id,
        transfer.group_id,
        row.ended_by,
        named[transfer.debit_id],
        named[transfer.credit_id],
    )


def find(tenant: int, *conditions: ColumnElement[bool]) -> list[JournalLine]:
    """The transfers of a tenant that fulfil the conditions, oldest first (no rights are asked)."""
    question = _question().where(Transfer.tenant_id == tenant, *conditions).order_by(Transfer.id)
    return lines_of(db.session.execute(question).all())


def transfer(tenant: int, transfer_id: uuid.UUID) -> JournalLine:
    """One transfer (no rights are asked: `details.detail` does).  Raises NotFound."""
    lines = find(tenant, Transfer.id == transfer_id)
    if not lines:
        raise NotFound("no_such_transfer")
    return lines[0]
