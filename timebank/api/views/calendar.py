"""Calendars: the week of a territory, and one's own."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app, url_for
from flask_babel import get_locale

from timebank.api.routing import read, write
from timebank.api.schemas.calendar import CalendarWeek, FeedAddress, OwnCalendar, TerritoryWeekQuery, WeekQuery
from timebank.core import clock
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import calendar as queries
from timebank.exchange.service import calendar as service


def _monday(day: date | None) -> date:
    return queries.monday_of(day or clock.today())


@read("/calendar", CalendarWeek, permission="visits.read", query=TerritoryWeekQuery)
def get_calendar(query: TerritoryWeekQuery) -> dict[str, Any]:
    """The visits of a week by day."""
    monday = _monday(query.week)
    language = get_locale().language
    return {"monday": monday, "days": queries.week(actor(), monday, query.territory, language=language)}


@read("/my/calendar", OwnCalendar, permission=SIGNED_IN, query=WeekQuery)
def get_my_calendar(query: WeekQuery) -> dict[str, Any]:
    """One's own visits of two weeks, and those of people one acts for."""
    monday, me = _monday(query.week), actor().person_id
    days = queries.own_days(actor(), monday, language=get_locale().language)
    return {"monday": monday, "days": days, "feed": _address(me) if me else None}


def _address(person_id: int) -> str | None:
    token = queries.feed_token(person_id)
    base = current_app.config["TIMEBANK_BASE_URL"].rstrip("/")
    return f"{base}{url_for('exchange.calendar_feed', token=token)}" if token else None


@write("/my/calendar/feed", answer=FeedAddress, permission=SIGNED_IN)
def new_calendar_feed(key: str) -> dict[str, Any]:
    """A secret address for the calendar of a phone; one that was made before stops working."""
    return {"feed": _address(service.new_feed(actor(), key=key))}
