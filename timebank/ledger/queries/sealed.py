"""Transfers in the form that is sealed, what is under no seal yet, and the seals there are."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.ledger.models import Entry, Seal, SealLeaf, Transfer
from timebank.ledger.rules import seals
from timebank.ledger.rules.seals import KEY_ID, SealFacts

TRANSFERS: Any = Transfer.__table__
ENTRIES: Any = Entry.__table__
SEALS: Any = Seal.__table__
LEAVES: Any = SealLeaf.__table__

LATE = timedelta(hours=1)  # a transfer commits at most so long after its id was made; the daily pass finds the rest


def texts(connection: Connection, tenant: int, transfer_ids: Any) -> dict[uuid.UUID, str]:
    """The canonical text of each transfer; `transfer_ids` is a list or a SELECT of ids."""
    entries: dict[uuid.UUID, list[tuple[int, int, int, int]]] = defaultdict(list)
    columns = ENTRIES.c
    # Sorted here: an ORDER BY would lead SQLite to read all entries in the order of their accounts.
    for row in connection.execute(
        select(ENTRIES).where(columns.tenant_id == tenant, columns.transfer_id.in_(transfer_ids))
    ):
        entries[row.transfer_id].append((row.account_id, row.seq, row.amount, row.balance))
    rows = connection.execute(
        select(TRANSFERS).where(TRANSFERS.c.tenant_id == tenant, TRANSFERS.c.id.in_(transfer_ids))
    )
    return {row.id: seals.text((*_content(row), sorted(entries[row.id]))) for row in rows}


def leaves(connection: Connection, tenant: int, transfer_ids: Any) -> dict[uuid.UUID, bytes]:
    """The leaf of each transfer; `transfer_ids` is a list or a SELECT of ids."""
    return {one: seals.leaf_of(text) for one, text in texts(connection, tenant, transfer_ids).items()}


def _content(row: Any) -> tuple[object, ...]:
    moments = (row.event_at, row.expires_at, row.created_at)
    seconded = getattr(row, "second_id", None) is not None  # only then, so that older leaves stay what they were
    return (
        *(row.tenant_id, row.id.hex, row.kind, row.debit_id, row.credit_id, row.amount),
        *(row.ref_id and row.ref_id.hex, row.group_id and row.group_id.hex, row.idem_key),
        *(moment and seals.moment(moment) for moment in moments),
        *(row.actor_id, row.actor_name, row.purpose, row.memo),
        *((row.second_id, row.second_name) if seconded else ()),
    )


def unsealed(connection: Connection, tenant: int, limit: int | None, after: uuid.UUID | None = None) -> list[uuid.UUID]:
    """Transfers with an id above `after` that are under no seal, oldest first.

    An anti-join: "all ids up to N" would miss what commits late.
    """
    under = select(LEAVES.c.transfer_id).where(
        LEAVES.c.tenant_id == TRANSFERS.c.tenant_id, LEAVES.c.transfer_id == TRANSFERS.c.id
    )
    question = select(TRANSFERS.c.id).where(TRANSFERS.c.tenant_id == tenant, ~under.exists())
    if after is not None:
        question = question.where(TRANSFERS.c.id > after)
    return list(connection.scalars(question.order_by(TRANSFERS.c.id).limit(limit)))


def horizon(connection: Connection, tenant: int) -> uuid.UUID | None:
    """One hour before the newest sealed transfer (or before now, if that one is dated ahead); None without seals.

    Ids start with the moment of writing, so this is a range of the primary key: 10 million older rows are not read.
    """
    newest = connection.scalar(
        select(LEAVES.c.transfer_id).where(LEAVES.c.tenant_id == tenant).order_by(LEAVES.c.transfer_id.desc()).limit(1)
    )
    if newest is None:
        return None
    millis = min(newest.int >> 80, int(clock.now().timestamp() * 1000)) - int(LATE.total_seconds() * 1000)
    return uuid.UUID(int=max(millis, 0) << 80)


def facts(row: Any) -> SealFacts:
    """A seal from its row."""
    kept = bytes(row.signature)
    return SealFacts(
        row.tenant_id,
        row.n,
        row.leaves,
        bytes(row.prev_root),
        bytes(row.root),
        row.sealed_at,
        kept[:KEY_ID],
        kept[KEY_ID:],
    )


def last_seal(connection: Connection, tenant: int) -> tuple[int, bytes]:
    """Number and root of the newest seal; (0, 32 zero bytes) before the first."""
    row = connection.execute(
        select(SEALS.c.n, SEALS.c.root).where(SEALS.c.tenant_id == tenant).order_by(SEALS.c.n.desc()).limit(1)
    ).first()
    return (int(row.n), bytes(row.root)) if row else (0, seals.EMPTY)


def seal_facts(connection: Connection, tenant: int, n: int) -> SealFacts | None:
    """One seal."""
    row = connection.execute(select(SEALS).where(SEALS.c.tenant_id == tenant, SEALS.c.n == n)).first()
    return facts(row) if row else None


def seals_after(connection: Connection, tenant: int, n: int = 0) -> Iterator[SealFacts]:
    """The seals of a city with a number above `n`, oldest first."""
    question = select(SEALS).where(SEALS.c.tenant_id == tenant, SEALS.c.n > n).order_by(SEALS.c.n)
    for row in connection.execute(question):
        yield facts(row)


def sealed_tenants(connection: Connection) -> list[int]:
    """The cities that have seals (one look into the primary key for each)."""
    found: list[int] = []
    question = select(SEALS.c.tenant_id).order_by(SEALS.c.tenant_id).limit(1)
    tenant = connection.scalar(question)
    while tenant is not None:
        found.append(int(tenant))
        tenant = connection.scalar(question.where(SEALS.c.tenant_id > tenant))
    return found


# -- for pages ---------------------------------------------------------------------------------------------------------


def seals_page(tenant: int, day: date | None = None, before: int | None = None) -> Page[SealFacts]:
    """Seals of a city, newest first, all or those of a civil day; the cursor is a number of a seal."""
    question = select(SEALS).where(SEALS.c.tenant_id == tenant)
    if day is not None:
        first, last = (_first_since(tenant, clock.at(day, minute)) for minute in (0, 24 * 60))
        question = question.where(SEALS.c.n >= first, SEALS.c.n < last)
    if before is not None:
        question = question.where(SEALS.c.n < before)
    rows = db.session.execute(question.order_by(SEALS.c.n.desc()).limit(PER_PAGE + 1)).all()
    found = [facts(row) for row in rows]
    return cut(found, [seal.n for seal in found])


def _first_since(tenant: int, moment: datetime) -> int:
    """The number of the first seal made at `moment` or later: numbers have no gaps, so twenty looks find it."""
    low, high = 1, last_seal(db.session.connection(), tenant)[0] + 1
    while low < high:
        middle = (low + high) // 2
        made = db.session.scalar(select(SEALS.c.sealed_at).where(SEALS.c.tenant_id == tenant, SEALS.c.n == middle))
        if made is not None and made >= moment:
            high = middle
        else:
            low = middle + 1
    return low


def tenants_with_seals() -> list[int]:
    """The same on the connection of the page."""
    return sealed_tenants(db.session.connection())


def one_seal(tenant: int, n: int) -> SealFacts:
    """A seal.  Raises NotFound."""
    found = seal_facts(db.session.connection(), tenant, n)
    if found is None:
        raise NotFound("no_such_seal")
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a transfer stands: the number and root of its seal."""

    n: int
    index: int
    root: str
    sealed_at: datetime

    @property
    def short(self) -> str:
        """The first eight digits of the root: enough to compare by eye."""
        return self.root[:8]


def places(tenant: int, transfer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Place]:
    """The seals of transfers; what is under none yet is left out.  One statement."""
    wanted: Sequence[uuid.UUID] = sorted(set(transfer_ids))
    if not wanted:
        return {}
    rows = db.session.execute(
        select(LEAVES.c.transfer_id, LEAVES.c.n, LEAVES.c.idx, SEALS.c.root, SEALS.c.sealed_at)
        .join(SEALS, (SEALS.c.tenant_id == LEAVES.c.tenant_id) & (SEALS.c.n == LEAVES.c.n))
        .where(LEAVES.c.tenant_id == tenant, LEAVES.c.transfer_id.in_(wanted))
    )
    return {row.transfer_id: Place(row.n, row.idx, bytes(row.root).hex(), row.sealed_at) for row in rows}
