"""What a report is about, and how its rows are narrowed to what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, in_scope
from timebank.exchange.models import Visit, VolunteerState

DAYS = 90
NOT_REGISTERED = (VolunteerState.DRAFT, VolunteerState.REJECTED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about: days with both ends, and a territory inside the reader's."""

    since: date
    until: date
    territory: str = ""

    @property
    def start(self) -> datetime:
        return clock.at(self.since, 0)

    @property
    def end(self) -> datetime:
        return clock.at(self.until + timedelta(days=1), 0)


def asked_for(since: date | None, until: date | None, territory: str) -> Asked:
    """The days that were named, in their order; those that were not become the last 90 days."""
    last = until or clock.today()
    first = since or last - timedelta(days=DAYS)
    return Asked(min(first, last), max(first, last), territory if territory.isdecimal() else "")


@dataclass(frozen=True, slots=True)
class Where:
    """The reader and the question, as conditions of a statement."""

    actor: Actor
    asked: Asked

    def place(self, column: ColumnElement[str] | object) -> ColumnElement[bool]:
        """Rows of the territory asked for, inside the reader's."""
        scopes = self.actor.scopes("reports.read")
        return and_(in_scope(column, scopes), below(column, self.asked.territory))  # type: ignore[arg-type]

    def happened(self) -> ColumnElement[bool]:
        """Visits whose planned or actual start lies within the days."""
        start = func.coalesce(Visit.check_in_at, Visit.starts_at)
        return and_(self.place(Visit.territory_code), start >= self.asked.start, start < self.asked.end)
