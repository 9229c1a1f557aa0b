"""What netting says when somebody is about to reverse a transfer of its own by hand."""

from __future__ import annotations

import uuid

from timebank.core.hooks import on
from timebank.exchange.queries import netting_transfers as queries


@on("undone_elsewhere")
def undone_elsewhere(tenant: int, transfer_ids: frozenset[uuid.UUID]) -> list[tuple[uuid.UUID, str]]:
    """A payment is undone by both sides where it stands, so that record and books agree; a netted month is not."""
    months = queries.of_netting(tenant, transfer_ids)
    return [(one, "netting_not_undone" if month else "netting_undone_there") for one, month in months.items()]
