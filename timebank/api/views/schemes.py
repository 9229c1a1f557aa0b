"""Time banks, their rules, and the catalogue of services."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read
from timebank.api.schemas.exchange import Parameters, ParametersQuery, Schemes, Services
from timebank.core import clock
from timebank.core.web import SIGNED_IN
from timebank.exchange.queries import schemes


@read("/schemes", Schemes, permission=SIGNED_IN)
def list_schemes() -> dict[str, Any]:
    """All time banks."""
    return {"items": schemes.schemes()}


@read("/schemes/<int:scheme_id>/parameters", Parameters, permission=SIGNED_IN, query=ParametersQuery)
def list_parameters(scheme_id: int, query: ParametersQuery) -> dict[str, Any]:
    """The rules that hold in a scheme on a day; what the scheme leaves open comes from its city."""
    on = query.on or clock.today()
    found = schemes.parameters(schemes.scheme(scheme_id).id, on)
    return {"scheme_id": scheme_id, "on": on, "values": found.found}


@read("/services", Services, permission=SIGNED_IN)
def list_services() -> dict[str, Any]:
    """The kinds of help that may be asked for."""
    return {"items": schemes.service_types()}
