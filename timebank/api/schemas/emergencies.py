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
    """An emergency; `searching` until the plan is there (`failed`: the search broke off), `to_be_asked`: somebody was
    found, `waiting` while any answer is awaited, `goes_on`: the clock asks the next helper within a minute.

    `looked_for`: the visit has no helper; `over`: it was called off or its time ran out.
    """

    id: int
    visit_id: int
    plan_id: int | None
    recipient_id: int
    service: str
    called_at: datetime
    latest_start: datetime
    searching: bool
    failed: bool
    to_be_asked: bool
    waiting: bool
    goes_on: bool
    looked_for: bool
    over: bool
    coming: AskedHelper | None
    asked: list[AskedHelper]
