"""The proof of one transfer, for those who may see it."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.ledger import keys
from timebank.ledger.models import Transfer
from timebank.ledger.queries.journal import JournalLine, find
from timebank.ledger.queries.owners import may_see, reading_scopes
from timebank.ledger.queries.sealed import LEAVES, TRANSFERS, seal_facts, texts
from timebank.ledger.rules import seals
from timebank.ledger.rules.proofs import Proof


def provable(actor: Actor, tenant: int, transfer_id: uuid.UUID) -> JournalLine:
    """A transfer of one's own account (or a ward's), or one in the actor's territories.  Raises NotFound."""
    lines = find(tenant, Transfer.id == transfer_id)
    if lines:
        line = lines[0]
        own = any(actor.is_self(side.person_id) for side in (line.debit, line.credit))
        if own or may_see(reading_scopes(actor), line.debit, line.credit):
            return line
    raise NotFound("no_such_transfer")


def proof_of(connection: Connection, tenant: int, transfer_id: uuid.UUID) -> Proof | None:
    """The proof of a transfer (no rights are asked: `provable` does); None while it is under no seal.

    It is made of what the rows say now: of a transfer that was altered since, the proof does not hold.
    """
    columns = LEAVES.c
    place = connection.execute(
        select(LEAVES).where(columns.tenant_id == tenant, columns.transfer_id == transfer_id)
    ).first()
    if place is None:
        return None
    digests = connection.scalars(
        select(columns.leaf).where(columns.tenant_id == tenant, columns.n == place.n).order_by(columns.idx)
    )
    steps = seals.path([bytes(digest) for digest in digests], place.idx)
    text = texts(connection, tenant, [transfer_id])[transfer_id]
    seal = seal_facts(connection, tenant, place.n)
    if seal is None:
        return None
    key = keys.known_keys().get(seal.key_id)
    return Proof(text, bytes(place.leaf), place.idx, tuple(steps), seal, key.der if key else b"")


def own_proof(tenant: int, transfer_id: uuid.UUID) -> Proof | None:
    """The same on the connection of the page."""
    return proof_of(db.session.connection(), tenant, transfer_id)


def tenant_of(connection: Connection, transfer_id: uuid.UUID) -> int | None:
    """The city in whose books the transfer stands; ids are made to be unique everywhere."""
    return connection.scalar(select(TRANSFERS.c.tenant_id).where(TRANSFERS.c.id == transfer_id))
