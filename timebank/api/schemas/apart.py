"""People who are not sent to each other again."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, body_of
from timebank.api.schemas.lists import OwnVisit
from timebank.exchange.rules.apart import AskedBy, KeepApart

KeepApartBody = body_of(KeepApart, name="KeepApart", reason=Field(min_length=1, max_length=300))


class ApartLine(Answer):
    """Somebody from whom the person is kept apart; `other_helps`: the other one is the helper of the two."""

    id: int
    other_id: int
    other: str
    other_helps: bool
    asked_by: AskedBy
    reason: str
    since: datetime


class KeptApart(Answer):
    """From whom a person is kept apart."""

    items: list[ApartLine]


class NotAgain(Body):
    """Why, if it is said; the other side is never told."""

    reason: str = Field(default="", max_length=300)


class NotAgainFor(NotAgain):
    """Who of the two asks."""

    part: Literal["helper", "recipient"]


class OwnVisitFile(OwnVisit):
    """One of one's visits; `not_again`: one has asked not to meet the other side again."""

    not_again: bool
