"""Somebody must come now: what is asked, who was asked, who comes."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, body_of
from timebank.matching.rules import emergencies as rules

EmergencyCall = body_of(
    rules.EmergencyCall,
    service_code=Field(max_length=32),
    what=Field(min_length=1, max_length=500),
    minutes=Field(ge=1, le=720),
    funding=Field(max_length=16),
)


class AskedHelper(Answer):
    """A helper who was asked, and what was said."""

    person_id: int
    name: str
    asked_at: datetime
    starts_at: datetime
    expires_at: datetime
    state: str


class Emergency(Answer):
    """An emergency; `searching` until the plan is there, `waiting` while any answer is awaited."""

    id: int
    visit_id: int
    plan_id: int | None
    recipient_id: int
    service: str
    called_at: datetime
    latest_start: datetime
    searching: bool
    waiting: bool
    coming: AskedHelper | None
    asked: list[AskedHelper]
