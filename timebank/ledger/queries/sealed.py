"""Transfers in the form that is sealed, and the seals there are."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from timebank.ledger.models import Entry, Seal, SealLeaf, Transfer
from timebank.ledger.rules import seals

TRANSFERS: Any = Transfer.__table__
ENTRIES: Any = Entry.__table__
SEALS: Any = Seal.__table__
LEAVES: Any = SealLeaf.__table__


def leaves(connection: Connection, tenant: int, transfer_ids: Any) -> dict[uuid.UUID, bytes]:
    """The leaf of each transfer; `transfer_ids` is a list or a SELECT of ids."""
    entries: dict[uuid.UUID, list[tuple[int, int, int, int]]] = defaultdict(list)
    columns = ENTRIES.c
    for row in connection.execute(
        select(ENTRIES)
        .where(columns.tenant_id == tenant, columns.transfer_id.in_(transfer_ids))
        .order_by(columns.account_id)
    ):
        entries[row.transfer_id].append((row.account_id, row.seq, row.amount, row.balance))
    rows = connection.execute(
        select(TRANSFERS).where(TRANSFERS.c.tenant_id == tenant, TRANSFERS.c.id.in_(transfer_ids))
    )
    return {row.id: seals.leaf((*_content(row), entries[row.id])) for row in rows}


def _content(row: Any) -> tuple[object, ...]:
    moments = (row.event_at, row.expires_at, row.created_at)
    return (
        *(row.tenant_id, row.id.hex, row.kind, row.debit_id, row.credit_id, row.amount),
        *(row.ref_id and row.ref_id.hex, row.group_id and row.group_id.hex, row.idem_key),
        *(moment and moment.isoformat(timespec="microseconds") for moment in moments),
        *(row.actor_id, row.actor_name, row.purpose, row.memo),
    )


def unsealed(connection: Connection, tenant: int, limit: int) -> list[uuid.UUID]:
    """Transfers under no seal yet (an anti-join: "all ids up to N" would miss what commits late)."""
    under = select(LEAVES.c.transfer_id).where(
        LEAVES.c.tenant_id == TRANSFERS.c.tenant_id, LEAVES.c.transfer_id == TRANSFERS.c.id
    )
    question = select(TRANSFERS.c.id).where(TRANSFERS.c.tenant_id == tenant, ~under.exists())
    return list(connection.scalars(question.order_by(TRANSFERS.c.id).limit(limit)))


def last_seal(connection: Connection, tenant: int) -> tuple[int, bytes]:
    """Number and root of the newest seal; (0, 32 zero bytes) before the first."""
    row = connection.execute(
        select(SEALS.c.n, SEALS.c.root).where(SEALS.c.tenant_id == tenant).order_by(SEALS.c.n.desc()).limit(1)
    ).first()
    return (int(row.n), bytes(row.root)) if row else (0, seals.EMPTY)


def broken_seals(connection: Connection) -> Iterator[tuple[int, int, str]]:
    """(tenant, number of the seal, what is wrong) for every seal that the rows no longer bear out."""
    previous: dict[int, bytes] = {}
    expected: dict[int, int] = defaultdict(lambda: 1)
    for seal in connection.execute(select(SEALS).order_by(SEALS.c.tenant_id, SEALS.c.n)).all():
        if seal.n != expected[seal.tenant_id]:
            yield seal.tenant_id, seal.n, "a seal before it is missing"
        if bytes(seal.prev_root) != previous.get(seal.tenant_id, seals.EMPTY):
            yield seal.tenant_id, seal.n, "does not follow the seal before it"
        yield from ((seal.tenant_id, seal.n, words) for words in _broken(connection, seal))
        previous[seal.tenant_id] = bytes(seal.root)
        expected[seal.tenant_id] = seal.n + 1


def _broken(connection: Connection, seal: Any) -> Iterator[str]:
    columns = LEAVES.c
    here = (columns.tenant_id == seal.tenant_id, columns.n == seal.n)
    kept = connection.execute(select(LEAVES).where(*here).order_by(columns.idx)).all()
    now = leaves(connection, seal.tenant_id, select(columns.transfer_id).where(*here))
    for row in kept:
        if now.get(row.transfer_id) != bytes(row.leaf):
            yield f"transfer {row.transfer_id} was altered after it was sealed"
    digests = [bytes(row.leaf) for row in kept]
    if len(digests) != seal.leaves or seals.root(bytes(seal.prev_root), digests or [seals.EMPTY]) != bytes(seal.root):
        yield "its leaves do not make its root"
