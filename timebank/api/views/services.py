"""The catalogue of services."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Command, Named
from timebank.api.schemas.exchange import ServiceLine, Services, ServicesQuery
from timebank.api.schemas.schemes import NewServiceBody, ServiceBody
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import schemes
from timebank.exchange.rules.catalogue import Service
from timebank.exchange.service import schemes as service


@read("/services", Services, permission=SIGNED_IN, query=ServicesQuery)
def list_services(query: ServicesQuery) -> dict[str, Any]:
    """The kinds of help that may be asked for."""
    return {"items": schemes.service_types(active_only=not query.all)}


@read("/services/<code>", ServiceLine, permission=SIGNED_IN)
def get_service(code: str) -> schemes.ServiceInfo:
    """One kind of help."""
    return schemes.service_type(code)


@write("/services", body=NewServiceBody, answer=Named, permission="services.manage", status=201)
def add_service(body: Command[Service], key: str) -> dict[str, Any]:
    """Adds a kind of help; its code stays for good."""
    return {"id": service.add_service(actor(), body.command(), key=key)}


@write("/services/<code>", body=ServiceBody, answer=Named, permission="services.manage", method="PUT")
def change_service(code: str, body: Command[Service], key: str) -> dict[str, Any]:
    """Changes a kind of help; visits already agreed keep their length."""
    return {"id": service.change_service(actor(), body.command(code=code), key=key)}
