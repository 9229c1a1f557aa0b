"""What the map beside a plan is drawn with: names of places, and tiles where an installation has some."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import select

from timebank.core.db import db, in_scope
from timebank.territory import queries as territory
from timebank.territory.models import Level, Territory

MOST_NAMES = 120


def places(code: str) -> list[dict[str, object]]:
    """Names and points of the communities of a place, for a map without tiles; one statement."""
    found = territory.communities_below(code) if len(code) >= 6 else territory.children(code)
    known = [(one.short, one.lat, one.lon) for one in found if one.lat is not None and one.lon is not None]
    return [{"name": name, "lat": lat, "lon": lon} for name, lat, lon in known[:MOST_NAMES]]


def areas(scopes: Iterable[str]) -> dict[str, str]:
    """The territories themselves and every district and street in them, by code; three statements."""
    known = [scope for scope in scopes if scope]
    levels = (Level.DISTRICT, Level.STREET)
    found = select(Territory.code).where(in_scope(Territory.code, known), Territory.level.in_(levels))
    return dict(sorted(territory.path_names({*known, *db.session.scalars(found)}).items()))


def tiles() -> dict[str, str]:
    """Address and credit of map tiles; empty where none are configured: then the map is our own drawing."""
    address = current_app.config.get("TIMEBANK_MAP_TILES", "")
    return {"url": address, "credit": current_app.config.get("TIMEBANK_MAP_CREDIT", "")} if address else {}
