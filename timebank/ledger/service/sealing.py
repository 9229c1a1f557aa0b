"""Seals: each minute the transfers written since are put under a signed root, and the root is published."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from timebank.core import clock
from timebank.core.db import db, transaction
from timebank.ledger import keys, publishing
from timebank.ledger.models import LedgerAccount, Seal, SealLeaf
from timebank.ledger.publishing import Book, SealsDisagree
from timebank.ledger.queries.sealed import horizon, last_seal, leaves, seal_facts, seals_after, unsealed
from timebank.ledger.rules import seals, signing
from timebank.ledger.rules.seals import SealFacts
from timebank.ledger.service.carrying import carry
from timebank.ledger.service.insert import insert_for

AT_MOST = 1000
LOCK = 0x5EA1  # first half of the number of PostgreSQL's advisory lock; the second is the city


@dataclass(frozen=True, slots=True)
class _Batch:
    seal: SealFacts
    last: uuid.UUID


def seal(tenant: int, *, everything: bool = False) -> int:
    """Seals up to 1,000 transfers at a time until none waits, and publishes each seal; returns how many transfers.

    Looks from one hour before the newest sealed transfer on; with `everything` at all of them (clocks that went
    wrong, history written later).  Of two at once one does it, the other returns 0.  Raises SealsDisagree when the
    published file and the database tell different stories, signing.BadKey.
    """
    with publishing.book(tenant) as book:
        if book is None:
            return 0
        _catch_up(book, tenant)
        return _seal(book, tenant, None if everything else _start(tenant))


def seal_all(*, everything: bool = False) -> dict[int, int]:
    """The same for each city; transfers by city."""
    tenants = db.session.scalars(select(LedgerAccount.tenant_id).distinct()).all()
    return {tenant: seal(tenant, everything=everything) for tenant in sorted(tenants)}


def _seal(book: Book, tenant: int, after: uuid.UUID | None) -> int:
    key = keys.signing_key()
    total = 0
    try:
        while (batch := _next_seal(tenant, after, key)) is not None:
            book.append([batch.seal])
            total, after = total + batch.seal.leaves, batch.last
    except IntegrityError:  # a sealer on another machine made the seal of this number
        db.session.rollback()
    return total


@transaction
def _start(tenant: int) -> uuid.UUID | None:
    return horizon(db.session.connection(), tenant)


@transaction
def _catch_up(book: Book, tenant: int) -> None:
    """Publishes what a crash left unpublished.  Raises SealsDisagree."""
    connection = db.session.connection()
    last = book.last()
    if last is not None and seal_facts(connection, tenant, last.n) != last:
        raise SealsDisagree("seals_disagree", seal=last.n, tenant=tenant)
    book.append(seals_after(connection, tenant, last.n if last else 0))


@transaction
def _next_seal(tenant: int, after: uuid.UUID | None, key: Ed25519PrivateKey) -> _Batch | None:
    connection = db.session.connection()
    if not _alone(connection, tenant):
        return None
    waiting = unsealed(connection, tenant, AT_MOST, after)
    if not waiting:
        return None
    carry(connection, tenant, waiting)  # entries of batched accounts are written before the leaves are made of them
    found = leaves(connection, tenant, waiting)
    number, previous = last_seal(connection, tenant)
    root = seals.root(previous, [found[one] for one in waiting])
    made = _signed(SealFacts(tenant, number + 1, len(waiting), previous, root, clock.now()), key)
    connection.execute(insert_for(connection, Seal.__table__).values(_row(made)))
    places = [
        {"tenant_id": tenant, "transfer_id": one, "n": made.n, "idx": place, "leaf": found[one]}
        for place, one in enumerate(waiting)
    ]
    connection.execute(insert_for(connection, SealLeaf.__table__), places)
    return _Batch(made, waiting[-1])


def _alone(connection: Connection, tenant: int) -> bool:
    """The only sealer of this city on any machine (SQLite: the transaction holds the only write lock)."""
    if connection.dialect.name == "sqlite":
        return True
    taken = connection.scalar(
        text("SELECT pg_try_advisory_xact_lock(:lock, :tenant)"), {"lock": LOCK, "tenant": tenant}
    )
    return bool(taken)


def _signed(facts: SealFacts, key: Ed25519PrivateKey) -> SealFacts:
    named = replace(facts, key_id=signing.key_id(signing.public_der(key)))
    return replace(named, signature=key.sign(named.message()))


def _row(facts: SealFacts) -> dict[str, Any]:
    return {
        "tenant_id": facts.tenant,
        "n": facts.n,
        "prev_root": facts.prev_root,
        "root": facts.root,
        "leaves": facts.leaves,
        "sealed_at": facts.sealed_at,
        "signature": facts.kept(),
    }
