"""Messages: one's own, and the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, Id, PageQuery

State = Literal["waiting", "sent", "failed", "dropped"]


class NoticeLine(Answer):
    """Something the time bank told a person; `path` is the page it leads to, `about` whom it is a copy for."""

    id: int
    subject: str
    body: str
    path: str
    created_at: datetime
    is_read: bool
    about: str


class NoticesPage(Answer):
    """Notices, newest first."""

    items: list[NoticeLine]
    next: str | None = None


class AllRead(Answer):
    """How many notices were new."""

    read: int


class OutboxQuery(PageQuery):
    """`state`: of the message; `person_id`: only messages to this person."""

    state: State | None = None
    person_id: Id | None = None


class OutgoingLine(Answer):
    """A message as staff see it: its subject, not its text; `about`: whom it is a copy for."""

    id: int
    person_id: int
    person_name: str
    subject: str
    state: State
    channel: str
    attempts: int
    error: str
    created_at: datetime
    send_after: datetime
    sent_at: datetime | None
    about: str


class OutboxPage(Answer):
    """Messages out, newest first."""

    items: list[OutgoingLine]
    next: str | None = None


class OutboxCounts(Answer):
    """How many messages wait and how many have failed."""

    waiting: int = Field(default=0)
    failed: int = Field(default=0)
