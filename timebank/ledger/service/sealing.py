"""Seals: from time to time the transfers written since are put under one root that can be published."""

from __future__ import annotations

from typing import Any

from timebank.core import clock
from timebank.core.db import db, transaction
from timebank.ledger.models import Seal, SealLeaf
from timebank.ledger.queries.sealed import last_seal, leaves, unsealed
from timebank.ledger.rules import seals
from timebank.ledger.service.insert import insert_for

AT_MOST = 1000


@transaction
def seal(tenant: int) -> int:
    """Puts up to 1,000 transfers of the tenant that are under no seal under a new one; returns how many.

    Two at once cannot both succeed: the number of a seal is unique.
    """
    connection = db.session.connection()
    waiting = unsealed(connection, tenant, AT_MOST)
    if not waiting:
        return 0
    number, previous = last_seal(connection, tenant)
    found = leaves(connection, tenant, waiting)
    digests = [found[one] for one in waiting]
    row: dict[str, Any] = {
        "tenant_id": tenant,
        "n": number + 1,
        "prev_root": previous,
        "root": seals.root(previous, digests),
        "leaves": len(digests),
        "sealed_at": clock.now(),
        "signature": b"",
    }
    connection.execute(insert_for(connection, Seal.__table__).values(row))
    places = [
        {"tenant_id": tenant, "transfer_id": one, "n": number + 1, "idx": place, "leaf": found[one]}
        for place, one in enumerate(waiting)
    ]
    connection.execute(insert_for(connection, SealLeaf.__table__), places)
    return len(waiting)
