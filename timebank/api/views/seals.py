"""For everybody: the published seals (the proof of a transfer stands in `ledger`)."""

from __future__ import annotations

from typing import Any

from timebank.api.cursors import number
from timebank.api.routing import read
from timebank.api.schemas.seals import SealFacts, SealsPage, SealsQuery, SealTenants
from timebank.core.errors import NotFound
from timebank.core.web import PUBLIC
from timebank.ledger import keys, publishing
from timebank.ledger.queries.sealed import one_seal, seals_page, tenants_with_seals


@read("/ledger/seals", SealTenants, permission=PUBLIC)
def list_seal_tenants() -> dict[str, Any]:
    """The cities that publish seals, and the keys that sign them."""
    return {"tenants": tenants_with_seals(), "keys": [key.published() for key in keys.known_keys().values()]}


@read("/ledger/<int:tenant>/seals", SealsPage, permission=PUBLIC, query=SealsQuery)
def list_seals(tenant: int, query: SealsQuery) -> dict[str, Any]:
    """The seals of a city, newest first."""
    if tenant not in tenants_with_seals():
        raise NotFound("no_such_seal")
    page = seals_page(tenant, query.day, number(query.after))
    return {"items": [seal.published() for seal in page.items], "next": page.next}


@read("/ledger/<int:tenant>/seals/<int:n>", SealFacts, permission=PUBLIC)
def get_seal(tenant: int, n: int) -> dict[str, Any]:
    """One seal, and whether the published file says the same."""
    found = one_seal(tenant, n)
    key = keys.known_keys().get(found.key_id)
    published = publishing.published_one(tenant, n) == found
    return {**found.published(), "public_key": key.text if key else "", "published": published}
