"""Calendars: a person's own by day, the staff's by street and week, and the feed a phone subscribes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.types import blind_index
from timebank.exchange.models.visits import CalendarFeed, Visit
from timebank.exchange.queries.own import OwnVisit, own_visits
from timebank.exchange.queries.requests import own_ids
from timebank.exchange.queries.visits import VisitLine, lines
from timebank.exchange.rules.recurrence import holiday_name
from timebank.exchange.rules.visits import DONE, PLANNED, VisitState
from timebank.people import queries as people

SHOWN = (*PLANNED, *DONE, VisitState.OPEN, VisitState.OFFERED)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a staff calendar."""

    day: date
    holiday: str
    visits: list[VisitLine]


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day of a member's calendar."""

    day: date
    holiday: str
    visits: list[OwnVisit]


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def week(actor: Actor, monday: date, territory: str = "", *, language: str = "zh") -> list[Day]:
    """The visits of seven days in the actor's territories (or one of them); four statements."""
    rows = db.session.scalars(
        select(Visit)
        .where(
            in_scope(Visit.territory_code, actor.scopes("visits.read")),
            below(Visit.territory_code, territory),
            Visit.state.in_(SHOWN),
            Visit.starts_at >= clock.at(monday, 0),
            Visit.starts_at < clock.at(monday + timedelta(days=7), 0),
        )
        .order_by(Visit.starts_at, Visit.id)
        .limit(1500)
    )
    by_day: dict[date, list[VisitLine]] = {}
    for line in lines(list(rows), actor.scopes("visits.read")):
        by_day.setdefault(clock.civil(line.starts_at).date(), []).append(line)
    days = [monday + timedelta(days=offset) for offset in range(7)]
    return [Day(day, _holiday(day, language), by_day.get(day, [])) for day in days]


def _holiday(day: date, language: str) -> str:
    return holiday_name(day, "en_US" if language == "en" else "zh_CN")


def own_days(actor: Actor, monday: date, weeks: int = 2, *, language: str = "zh") -> list[OwnDay]:
    """What the actor (or somebody they act for) has in these weeks; only days with visits; five statements."""
    end = monday + timedelta(days=7 * weeks)
    by_day: dict[date, list[OwnVisit]] = {}
    for each in _own(actor, clock.at(monday, 0), clock.at(end, 0)):
        by_day.setdefault(clock.civil(each.starts_at).date(), []).append(each)
    return [OwnDay(day, _holiday(day, language), by_day[day]) for day in sorted(by_day)]


def _own(actor: Actor, begin: datetime, end: datetime) -> list[OwnVisit]:
    helper_ids, recipient_ids = own_ids(actor, wards=False), own_ids(actor, wards=True)
    rows = db.session.scalars(
        select(Visit)
        .where(
            or_(Visit.volunteer_id.in_(helper_ids), Visit.recipient_id.in_(recipient_ids)),
            Visit.state.in_(SHOWN),
            Visit.starts_at >= begin,
            Visit.starts_at < end,
        )
        .order_by(Visit.starts_at)
        .limit(1000)
    ).all()
    helping = [row for row in rows if row.volunteer_id in helper_ids]
    helped = [row for row in rows if row.volunteer_id not in helper_ids]
    both = [*own_visits(actor, helping, part="helper"), *own_visits(actor, helped, part="recipient")]
    return sorted(both, key=lambda each: each.starts_at)


# -- the feed ----------------------------------------------------------------------------------------------------------


def feed_token(person_id: int) -> str | None:
    """The secret part of the person's feed address, if they made one."""
    row = db.session.get(CalendarFeed, person_id)
    return row.token if row else None


def person_of_feed(token: str) -> int | None:
    """Whose feed this is; None for an unknown or replaced token."""
    return db.session.scalar(
        select(CalendarFeed.person_id).where(CalendarFeed.token_hash == blind_index("calendar_feed", token))
    )


def reads(person_id: int) -> str:
    """The language of a person's notices, for their feed."""
    person = people.brief(person_id)
    return person.reads if person else "zh"


def feed(person_id: int, words: dict[str, str]) -> bytes:
    """RFC 5545 text: planned visits from four weeks back to half a year ahead (domain.md C7: nothing sensitive).

    `words` are templates in the reader's language: "name", "helping" (%(service)s, %(other)s), "helped".
    """
    now = clock.now()
    calendar = Calendar()
    calendar.add("prodid", "-//Timebank//visits//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", words["name"])
    calendar.add("refresh-interval;value=duration", "PT1H")
    for each in _own(Actor(person_id=person_id), now - timedelta(days=28), now + timedelta(days=183)):
        if each.state is VisitState.OPEN or each.state is VisitState.OFFERED:
            continue
        event = Event()
        event.add("uid", f"visit-{each.id}@timebank")
        event.add("dtstamp", now)
        event.add("dtstart", each.starts_at)
        event.add("dtend", each.ends_at or each.starts_at + timedelta(minutes=each.minutes_planned))
        summary = words["helping" if each.part == "helper" else "helped"]
        event.add("summary", summary % {"service": each.service, "other": each.other})
        if each.part == "helper":
            event.add("location", each.address)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
