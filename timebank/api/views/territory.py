"""Places: browsing, searching, grids, coordinates, and who is responsible."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Named
from timebank.api.schemas.territory import Name, NewDuty, PlaceFile, PlaceQuery, Places, Point
from timebank.core.errors import NotFound
from timebank.core.web import SIGNED_IN, actor
from timebank.territory import queries, service

ONE = "/territories/<code>"
MANAGE = "territory.manage"


@read("/territories", Places, permission=SIGNED_IN, query=PlaceQuery)
def list_territories(query: PlaceQuery) -> dict[str, Any]:
    """Places inside `parent`, or places whose name or code contains `text`."""
    found = queries.search(query.text, limit=50) if query.text else queries.children(query.parent)
    paths = queries.path_names([place.code for place in found])
    return {"items": [asdict(place) | {"path": paths[place.code]} for place in found]}


@read(ONE, PlaceFile, permission=SIGNED_IN)
def get_territory(code: str) -> dict[str, Any]:
    """One place by its published code: what lies around and in it, and who answers for it."""
    found = queries.info(code)
    if found is None:
        raise NotFound("territory")
    below = queries.children(code)
    counts = queries.child_counts([place.code for place in below])
    return asdict(found) | {
        "above": queries.around(code),
        "below": [asdict(place) | {"inside": counts.get(place.code, 0)} for place in below],
        "duties": queries.duties_of(code),
    }


@write(f"{ONE}/grids", body=Name, answer=Named, permission=MANAGE, status=201)
def add_grid(code: str, body: Name, key: str) -> dict[str, Any]:
    """Divides a community: a new grid with the lowest free number, answered by its code."""
    return {"id": service.add_grid(actor(), code, body.name, key=key)}


@write(f"{ONE}/name", body=Name, answer=Named, permission=MANAGE, method="PUT")
def rename_grid(code: str, body: Name, key: str) -> dict[str, Any]:
    """Gives a grid another name; published places keep the published one."""
    return {"id": service.rename(actor(), code, body.name, key=key)}


@write(f"{ONE}/point", body=Point, answer=Named, permission=MANAGE, method="PUT")
def set_point(code: str, body: Point, key: str) -> dict[str, Any]:
    """Sets where a place is; addresses without coordinates of their own use it."""
    return {"id": service.set_point(actor(), code, body.lat, body.lon, key=key)}


@write(f"{ONE}/duties", body=NewDuty, permission=MANAGE, status=201)
def give_duty(code: str, body: NewDuty, key: str) -> dict[str, Any]:
    """Somebody takes a duty for a place from a day on."""
    new = service.NewDuty(code, body.duty, service.NOBODY_YET, body.phone, body.starts_on, body.ends_on)
    return {"id": service.give_duty(actor(), body.person, new, key=key)}


@write("/duties/<int:duty_id>/end", permission=MANAGE)
def end_duty(duty_id: int, key: str) -> dict[str, Any]:
    """The duty ends today."""
    return {"id": service.end_responsibility(actor(), duty_id, key=key)}
