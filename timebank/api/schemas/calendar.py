"""Calendars by day."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from timebank.api.schemas.base import Answer, Body
from timebank.api.schemas.lists import OwnVisit, VisitLine


class WeekQuery(Body):
    """`week`: any day of it; this week when left out."""

    week: date | None = None


class TerritoryWeekQuery(WeekQuery):
    """`territory`: only there."""

    territory: str = Field(default="", max_length=15)


class CalendarDay(Answer):
    """A day with its visits and the name of the holiday, if it is one."""

    day: date
    holiday: str
    visits: list[VisitLine]


class CalendarWeek(Answer):
    """Seven days."""

    monday: date
    days: list[CalendarDay]


class OwnCalendarDay(Answer):
    """A day with one's own visits."""

    day: date
    holiday: str
    visits: list[OwnVisit]


class OwnCalendar(Answer):
    """The days of two weeks on which there is a visit; `feed`: the secret address for a phone's calendar, if made."""

    monday: date
    days: list[OwnCalendarDay]
    feed: str | None


class FeedAddress(Answer):
    """The secret address; whoever knows it sees the planned visits."""

    feed: str
