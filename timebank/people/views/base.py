"""The blueprint, and what several of its pages need."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from timebank.core.web import actor
from timebank.people import labels, queries
from timebank.people.queries import PersonHit
from timebank.territory import queries as territory
from timebank.territory.models import Level

bp = Blueprint("people", __name__)


@bp.context_processor
def words() -> dict[str, Any]:
    """The tables of words stand open to every template of the registry."""
    return {"labels": labels}


def communities(permission: str) -> list[tuple[str, str]]:
    """(code, name) of every community and grid the actor holds the permission for."""
    places = [place for scope in actor().scopes(permission) for place in territory.residences(scope)]
    streets = {place.code[:9] for place in places}
    names = territory.names(streets) if len(streets) > 1 else {}
    inner = {place.code: place.short for place in places if place.level == Level.COMMUNITY}
    return [
        (
            place.code,
            " ".join(
                part
                for part in (
                    names.get(place.code[:9], ""),
                    inner.get(place.code[:12], "") if place.level == Level.GRID else "",
                    place.short,
                )
                if part
            ),
        )
        for place in places
    ]


def found(text: str, permission: str = "people.read", except_id: int = 0) -> list[PersonHit]:
    """People the text may mean, one of them excepted."""
    hits = queries.search(actor(), text, permission=permission) if text else []
    return [hit for hit in hits if hit.id != except_id]
