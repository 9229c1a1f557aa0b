"""Care packages."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.packages import BuyPackage, NewPackage, Packages, Purchase, Purchases
from timebank.core.web import SIGNED_IN, actor
from timebank.redemption import service
from timebank.redemption.queries import packages as queries


@read("/packages", Packages, permission="goods.read")
def list_packages() -> dict[str, Any]:
    """What desks of one's area sell, active ones first."""
    return {"items": queries.packages(actor())}


@write("/packages", body=NewPackage, permission="goods.manage", status=201)
def add_package(body: Any, key: str) -> dict[str, Any]:
    """A package for the catalogue."""
    return {"id": service.add_package(actor(), body.command(), key=key)}


@write("/packages/<int:package_id>/stop", permission="goods.manage")
def stop_package(package_id: int, key: str) -> dict[str, Any]:
    """Nobody buys it any more; what was bought goes on."""
    return {"id": service.stop_package(actor(), package_id, key=key)}


@write("/package-purchases", body=BuyPackage, permission="desk.serve", status=201)
def buy_package(body: BuyPackage, key: str) -> dict[str, Any]:
    """Several visits for one price, which goes on hold at once."""
    return {"id": service.buy_package(actor(), body.command(), key=key)}


@read("/package-purchases/<int:purchase_id>", Purchase, permission=SIGNED_IN)
def get_purchase(purchase_id: int) -> queries.Purchase:
    """How far a package is: for the member, a guardian or agent, and the desk."""
    return queries.purchase(actor(), purchase_id)


@read("/my/packages", Purchases, permission=SIGNED_IN)
def list_my_packages() -> dict[str, Any]:
    """What one bought, the newest first."""
    return {"items": queries.own_purchases(actor())}
