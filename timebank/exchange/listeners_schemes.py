"""What schemes can say when another domain asks."""

from __future__ import annotations

from timebank.core.authority import Actor
from timebank.core.errors import Refused
from timebank.core.hooks import on
from timebank.exchange.queries import partners, schemes
from timebank.exchange.service import schemes as service

OF_SCHEMES = frozenset({"fund", "pot", "issued", "sink", "forfeited", "clearing", "stock_source"})


@on("ledger_owner_names")
def ledger_owner_names(owners: frozenset[tuple[str, int]]) -> list[tuple[tuple[str, int], str]]:
    """The time bank to which a fund, a pot or a source of hours belongs, or the partner organisation."""
    wanted = [(kind, owner) for kind, owner in owners if kind in OF_SCHEMES]
    names = schemes.names({owner for _, owner in wanted})
    found = [((kind, owner), names[owner]) for kind, owner in wanted if owner in names]
    care = partners.names({owner for kind, owner in owners if kind == "partner"})
    return found + [(("partner", owner), name) for owner, name in care.items()]


@on("parameter_scopes")
def parameter_scopes(territory_code: str) -> tuple[str, ...]:
    """Whose rules hold in a place, the narrowest first; the city's where no time bank covers it."""
    try:
        return schemes.scopes(schemes.scheme_for(territory_code).id)
    except Refused:
        return (f"city:{territory_code[:4]}",)


@on("divisions_imported")
def divisions_imported() -> None:
    """A new installation has its places: now it gets the rules and services without which no spreadsheet has skills."""
    service.install_all(Actor.system("divisions"))
