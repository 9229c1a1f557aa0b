"""Homes in squares around a point: what the indexes of `VolunteerPlace` and `SkillPlace` find at once."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Float, Integer, and_, bindparam, cast, literal_column

from timebank.exchange.models import SkillPlace, VolunteerPlace
from timebank.exchange.models.places import BAND, BANDS_A_DEGREE, TIER, TIERS_M, UNPLACED
from timebank.matching.rules.model import METRES_PER_DEGREE, Travel

Home: TypeAlias = type[VolunteerPlace] | type[SkillPlace]
Condition: TypeAlias = ColumnElement[bool]
Values: TypeAlias = dict[str, Any]

WALKING = Travel()
AROUND_M = 2600 / WALKING.detour  # straight: 2 km, which also holds all but those who walk very far
SLACK_M = 2.0  # the database reckons as we do, but not to the last bit
BEYOND = len(TIERS_M)  # the tier of those who walk further than any square
NEAR = "near"
SQUARES = {f"tier{tier}": reach / WALKING.detour for tier, reach in enumerate(TIERS_M)} | {NEAR: AROUND_M}

_TIER: ColumnElement[int] = literal_column(TIER)
_BAND: ColumnElement[int] = literal_column(BAND)


def around_point(lat: float, lon: float) -> Values:
    """The point on its plane (that of `Place.on_earth`); the squares around it are reckoned from it by the database,
    for each value that comes with a statement costs time."""
    return {"lat": lat, "lon": lon, "east": METRES_PER_DEGREE * max(0.01, math.cos(math.radians(lat)))}


def _number(value: float) -> ColumnElement[float]:
    """A number that stands in the statement itself; no exact decimal, with which PostgreSQL reckons slowly."""
    return literal_column(f"CAST({value!r} AS DOUBLE PRECISION)", Float)


_LAT, _LON, _EAST = (bindparam(name, type_=Float) for name in ("lat", "lon", "east"))


def _edges(name: str) -> tuple[Any, Any]:
    """Degrees from the point to the edges of a square: to the north, to the east."""
    metres = SQUARES[name] + SLACK_M
    return _number(metres / METRES_PER_DEGREE), _number(metres) / _EAST


def _bands(name: str) -> list[Any]:
    """The bands that a square may touch, wherever it lies: reckoned as the index reckons that of a home."""
    number = math.ceil(2 * (SQUARES[name] + SLACK_M) / METRES_PER_DEGREE * BANDS_A_DEGREE) + 2
    first = cast((_LAT - _edges(name)[0]) * _number(BANDS_A_DEGREE), Integer)
    return [first + literal_column(str(place)) for place in range(number)]


def of_tier(number: int) -> Condition:
    """Homes of a tier of the index (of the one table that the statement reads)."""
    return literal_column(str(number)) == _TIER


def unplaced() -> Condition:
    """Homes nobody knows."""
    return of_tier(UNPLACED)


def placed() -> Condition:
    """Homes that are known."""
    return literal_column(str(UNPLACED)) != _TIER


def from_tier(number: int) -> Condition:
    """Homes of this tier and of those who walk further."""
    return literal_column(str(number)) <= _TIER


def square(home: Home, number: int, name: str) -> Condition:
    """Homes of a tier in a square around the point (ranges of the index)."""
    return and_(of_tier(number), _BAND.in_(_bands(name)), box(home, name))


def box(home: Home, name: str) -> Condition:
    """Homes in a square around the point."""
    north, east = _edges(name)
    return and_(home.lat.between(_LAT - north, _LAT + north), home.lon.between(_LON - east, _LON + east))


def within_reach(home: Home) -> Condition:
    """Homes no further from the point than the helper walks."""
    north = (home.lat - _LAT) * _number(METRES_PER_DEGREE)
    east = (home.lon - _LON) * _EAST
    straight = (home.reach_m + _number(SLACK_M)) / _number(WALKING.detour)
    return north * north + east * east <= straight * straight


def who_walk_here(home: Home) -> list[Condition]:
    """Homes from which the point is not too far, tier by tier; those of whom nobody knows are not among them."""
    squares = [and_(square(home, number, f"tier{number}"), within_reach(home)) for number in range(BEYOND)]
    return [*squares, and_(of_tier(BEYOND), within_reach(home))]
