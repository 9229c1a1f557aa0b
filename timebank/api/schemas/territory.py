"""Places and who answers for them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from timebank.api.schemas.base import Answer, Body
from timebank.territory.models import Duty, Level
from timebank.territory.service import NAME_LENGTH


class PlaceLine(Answer):
    """A territory by its published code; coordinates in WGS 84 degrees, where known."""

    code: str
    name: str
    level: Level
    parent_code: str | None
    lat: float | None
    lon: float | None


class Place(PlaceLine):
    """A territory in a list; `path` names it from the district down."""

    path: str


class Places(Answer):
    """Territories."""

    items: list[Place]


class PlaceQuery(Body):
    """`parent`: the places directly inside ("" the provinces); `text`: part of a name or code.  One of them."""

    parent: str = Field(default="", max_length=15)
    text: str = Field(default="", max_length=40)


class PlaceInside(PlaceLine):
    """A territory directly inside another; `inside` counts the places directly inside it."""

    inside: int


class DutyLine(Answer):
    """Somebody who answers or answered for a place; `phone` is the one on duty."""

    id: int
    person_id: int
    name: str
    duty: Duty
    phone: str
    territory_code: str
    starts_on: date
    ends_on: date | None


class PlaceFile(PlaceLine):
    """A territory: what it lies in, what lies in it (of a community: its grids), and who answers for it."""

    above: list[PlaceLine]
    below: list[PlaceInside]
    duties: list[DutyLine]


class Name(Body):
    """The name of a grid."""

    name: str = Field(min_length=1, max_length=NAME_LENGTH)


class Point(Body):
    """Where a place is, in WGS 84 degrees; both null: not known."""

    lat: float | None
    lon: float | None


class NewDuty(Body):
    """Somebody takes a duty.  `person`: member number, phone or full name of somebody one may find."""

    duty: Duty
    person: str = Field(min_length=1, max_length=64)
    phone: str = Field(default="", max_length=32)
    starts_on: date
    ends_on: date | None = None
