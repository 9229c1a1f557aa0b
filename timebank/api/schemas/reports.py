"""Figures of reports, and what the first page shows.  Amounts are minutes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, Body
from timebank.exchange.rules.visits import VisitState


class TaskLine(Answer):
    """Something to do today; `path` is the page it leads to."""

    text: str
    count: int
    urgent: bool
    path: str


class VisitToday(Answer):
    """A visit of today; `late`: it should have begun."""

    id: int
    state: VisitState
    starts_at: datetime
    ends_at: datetime | None
    service: str
    recipient: str
    address: str
    volunteer: str
    late: bool


class Today(Answer):
    """What waits for one; `visits` only for those who arrange them, `off_balance` (by unit) only for auditors."""

    tasks: list[TaskLine]
    visits: list[VisitToday] | None
    visits_in_all: int | None
    off_balance: dict[str, int] | None


class OwnNextVisit(Answer):
    """One's next visits; `other` is who is met."""

    id: int
    part: str
    state: VisitState
    starts_at: datetime
    ends_at: datetime | None
    service: str
    other: str
    address: str
    for_name: str
    next_step: str


class Overview(Answer):
    """One's own side: minutes available, held and granted, and what comes next."""

    available: int
    held: int
    grant: int
    helps: bool
    visits: list[OwnNextVisit]


class ReportQuery(Body):
    """Civil days, both included; the last 90 when left out.  `territory`: inside those one may read."""

    since: date | None = None
    until: date | None = None
    territory: str = Field(default="", pattern=r"^\d{0,15}$")


class FigureLine(Answer):
    """A figure with what it means."""

    section: str
    name: str
    value: int
    unit: Literal["people", "count", "minutes"]
    means: str


class ServiceSum(Answer):
    """Visits of a kind of help."""

    name: str
    visits: int
    minutes: int


class StreetSum(Answer):
    """What happened in a street."""

    code: str
    name: str
    volunteers: int
    active: int
    recipients: int
    visits: int
    minutes: int
    goods_minutes: int


class GoodsSum(Answer):
    """What was handed out of an article, and what is left."""

    name: str
    unit: str
    pieces: int
    minutes: int
    stock: int


class TimeBankReport(Answer):
    """The report of the time bank."""

    since: date
    until: date
    territory: str
    figures: list[FigureLine]
    services: list[ServiceSum]
    streets: list[StreetSum]
    goods: list[GoodsSum]
