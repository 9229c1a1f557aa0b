"""Helpers who have no visit of the plan on the day that is shown, but are free then: to drag a visit to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from timebank.core.db import below, db
from timebank.exchange.models import (
    AvailabilityException,
    AvailabilitySlot,
    Volunteer,
    VolunteerSkill,
    VolunteerState,
)
from timebank.exchange.rules.availability import public_holidays
from timebank.matching.queries.board_shapes import Shown
from timebank.matching.queries.plans import PlanLine
from timebank.people.models import Person
from timebank.people.rules.name_keys import by_name

MOST = 40
READ = 1_000  # of a whole city the first by code point, to be sorted by sound


def idle(line: PlanLine, shown: Shown, day: date, planned: Collection[int]) -> tuple[list[int], bool]:
    """Active helpers of the plan's place who may be free on the day, besides those `planned`, by name; at most `MOST`,
    and whether there are more.

    With a place chosen those who live there, with a kind of help those who offer it.  One statement; who is away for
    only a part of the day is told apart by their calendar.
    """
    regular = select(AvailabilitySlot.volunteer_id).where(AvailabilitySlot.weekday == day.weekday())
    other = select(AvailabilityException.volunteer_id).where(
        AvailabilityException.available, AvailabilityException.first_day <= day, AvailabilityException.last_day >= day
    )
    away = select(AvailabilityException.volunteer_id).where(
        ~AvailabilityException.available,
        AvailabilityException.first_day <= day,
        AvailabilityException.last_day >= day,
        AvailabilityException.from_minute == 0,
        AvailabilityException.to_minute == 1440,
    )
    weekly: ColumnElement[bool] = Volunteer.person_id.in_(regular)
    if day in public_holidays(day.year):
        weekly = and_(weekly, Volunteer.helps_on_holidays)
    found = (
        select(Volunteer.person_id, Person.name)
        .join(Person, Person.id == Volunteer.person_id)
        .where(
            Volunteer.state == VolunteerState.ACTIVE,
            below(Volunteer.territory_code, line.territory_code),
            below(Volunteer.territory_code, shown.territory),
            or_(weekly, Volunteer.person_id.in_(other)),
            Volunteer.person_id.not_in(away),
            Volunteer.person_id.not_in({*planned, *line.without}),
        )
    )
    if shown.service:
        offers = select(VolunteerSkill.volunteer_id).where(VolunteerSkill.service_code == shown.service)
        found = found.where(Volunteer.person_id.in_(offers))
    rows = db.session.execute(found.order_by(Person.name, Person.id).limit(READ))
    names = by_name((person, name) for person, name in rows)
    return [person for person, _ in names[:MOST]], len(names) > MOST
