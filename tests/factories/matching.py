"""Helpers and a visit that looks for one, straight into the tables (the exchange's own tests use its services)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.factories import town
from timebank.core import clock
from timebank.core.db import db
from timebank.exchange.models import (
    AvailabilitySlot,
    RequestState,
    ServiceRequest,
    Visit,
    VisitState,
    Volunteer,
    VolunteerSkill,
    VolunteerState,
)

TUESDAY = date(2026, 11, 24)
NOON_BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DOOR = (32.1160, 118.8870)


def volunteer(
    name: str = "徐梅",
    *,
    east_m: float = 60,
    skills: dict[str, bool] | None = None,
    hours: tuple[int, int] | None = (8, 10),
    state: VolunteerState = VolunteerState.ACTIVE,
    territory: str = town.YAOXIN,
    scheme: int = 1,
    **facts: object,
) -> int:
    """A volunteer who lives so far east of the door and is free on Tuesdays; returns the person's id."""
    lon = DOOR[1] + east_m / 94_180  # metres of a degree of longitude at this latitude
    person = town.person(name, territory, lat=DOOR[0], lon=lon, sex="F", is_volunteer=True)
    given: dict[str, object] = {"max_distance_m": 1000, "max_minutes_per_week": 600, **facts}
    db.session.add(Volunteer(person_id=person, scheme_id=scheme, territory_code=territory, state=state, **given))
    db.session.flush()
    for code, trained in (skills if skills is not None else {"cleaning": True}).items():
        trained_on = date(2026, 1, 1) if trained else None
        db.session.add(VolunteerSkill(volunteer_id=person, service_code=code, trained_on=trained_on))
    if hours:
        slot = {"weekday": 1, "from_minute": hours[0] * 60, "to_minute": hours[1] * 60}
        db.session.add(AvailabilitySlot(volunteer_id=person, **slot))
    db.session.commit()
    return person


def visit(
    recipient: int,
    *,
    scheme: int = 1,
    service: str = "cleaning",
    weeks: int = 1,
    day: date = TUESDAY,
    window: tuple[int, int] = (8, 9),
    helper: int | None = None,
    state: VisitState = VisitState.OPEN,
    minutes: int = 60,
    **facts: object,
) -> int:
    """An approved request and its open visits, one a week; returns the first visit's id."""
    order = ServiceRequest(
        scheme_id=scheme,
        recipient_id=recipient,
        territory_code=town.YAOXIN,
        service_code=service,
        state=RequestState.PUBLISHED,
        minutes=minutes,
        first_day=day,
        weekdays=str(day.weekday()) if weeks > 1 else "",
        earliest_minute=window[0] * 60,
        latest_minute=window[1] * 60,
        lat=DOOR[0],
        lon=DOOR[1],
        **facts,
    )
    db.session.add(order)
    db.session.flush()
    made = [_visit(order, day + timedelta(weeks=week), helper, state) for week in range(weeks)]
    db.session.add_all(made)
    db.session.commit()
    return made[0].id


def _visit(order: ServiceRequest, day: date, helper: int | None, state: VisitState) -> Visit:
    starts = clock.at(day, order.earliest_minute)
    return Visit(
        request_id=order.id,
        scheme_id=order.scheme_id,
        recipient_id=order.recipient_id,
        volunteer_id=helper,
        territory_code=order.territory_code,
        service_code=order.service_code,
        state=state,
        earliest_start=starts,
        latest_start=clock.at(day, order.latest_minute),
        minutes_planned=order.minutes,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=order.minutes) if helper else None,
    )
