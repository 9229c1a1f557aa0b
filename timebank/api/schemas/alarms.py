"""Alarms about visits that nobody has begun."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, PageQuery, body_of
from timebank.exchange.rules.alarms import AlarmLevel, AlarmStepKind, CloseAlarm
from timebank.exchange.rules.visits import VisitState

CloseAlarmBody = body_of(CloseAlarm, without=("alarm_id",), words=Field(min_length=1, max_length=250))


class AlarmsQuery(PageQuery):
    """Open alarms (the longest missed first) or closed ones (the newest first)."""

    state: Literal["open", "closed"] = "open"


class AlarmLine(Answer):
    """An alarm.  `begun_at`: somebody has checked in after all; `closed_how`: why it ended."""

    id: int
    visit_id: int
    missed_at: datetime
    raised_at: datetime
    service: str
    place: str
    recipient: str
    helper: str
    level: AlarmLevel
    responder_id: int | None
    responder: str
    escalate_at: datetime | None
    visit_state: VisitState
    begun_at: datetime | None
    closed_at: datetime | None
    closed_how: str
    closed_words: str


class AlarmsPage(Answer):
    """Alarms of one's territories, and those for which one was asked by name."""

    items: list[AlarmLine]
    next: str | None = None
    total: int | None = None


class AlarmStepLine(Answer):
    """Who was asked for which place, or who ended the alarm."""

    at: datetime
    kind: AlarmStepKind
    level: AlarmLevel
    place: str
    responder: str
    who: str


class VisitAlarm(Answer):
    """An alarm about a visit, and what happened to it."""

    id: int
    missed_at: datetime
    level: AlarmLevel
    responder: str
    escalate_at: datetime | None
    begun_at: datetime | None
    closed_at: datetime | None
    closed_how: str
    closed_words: str
    steps: list[AlarmStepLine]


class VisitAlarms(Answer):
    """The alarms about one visit, the newest first."""

    items: list[VisitAlarm]


class AlarmFile(Answer):
    """Everything whoever goes to look must know; telephone numbers are masked."""

    line: AlarmLine
    address: str
    door_note: str
    safety_note: str
    lives_alone: bool
    recipient_phone: str
    helper_phone: str
    steps: list[AlarmStepLine]
    may_answer: bool


class AlarmPhones(Answer):
    """The telephone numbers of both sides, empty where there is none."""

    recipient: str
    helper: str
