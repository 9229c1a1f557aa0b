"""The poster of open requests."""

from __future__ import annotations

from datetime import date
from typing import Literal

from timebank.api.schemas.base import Answer, Body


class PosterPaper(Body):
    """How the poster is printed."""

    paper: Literal["a4", "a3"] = "a4"
    language: Literal["zh", "en", "both"] = "both"


class PosterLine(Answer):
    """A kind of help wanted in a community; minutes after midnight, `visits` wanted alike."""

    service_zh: str
    service_en: str
    community: str
    day: date
    earliest: int
    latest: int
    minutes: int
    visits: int


class Poster(Answer):
    """What hangs on the wall: nothing that belongs to a person."""

    place_code: str
    place: str
    phone: str
    made_on: date
    lines: list[PosterLine]
