"""Health files and categories of people."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, body_of
from timebank.api.schemas.cases import LookTaken
from timebank.assistance.rules.self_care import CareItem, Level
from timebank.assistance.rules.status import Category
from timebank.assistance.service.health import HealthUpdate, NewStatus

HealthBody = body_of(
    HealthUpdate,
    name="HealthUpdate",
    without=("person_id",),
    conditions=Field(max_length=4000),
    medication=Field(max_length=4000),
    failed_items=Field(max_length=20),
    care_every_days=Field(ge=1, le=365),
)
NewCategory = body_of(NewStatus, name="NewCategory", without=("person_id",), decision=Field(max_length=120))


class HealthFacts(Answer):
    """A health file; `failed`: what the person cannot do alone, `reads`: who looked into it."""

    person_id: int
    known: bool
    conditions: list[str]
    medication: list[str]
    failed: list[CareItem]
    level: Level
    care_every_days: int | None
    checked_on: date | None
    updated_at: datetime | None
    updated_by: str
    reads: list[LookTaken]


class HealthKept(Answer):
    """The level of self-care that follows from the file."""

    level: Level


class CategoryLine(Answer):
    """A category held or once held; `now` while it is."""

    id: int
    category: Category
    starts_on: date
    ends_on: date | None
    decision: str
    now: bool


class Categories(Answer):
    """Categories of a person, the newest first."""

    items: list[CategoryLine]


class LastDay(Body):
    """The last day of a category."""

    ends_on: date
