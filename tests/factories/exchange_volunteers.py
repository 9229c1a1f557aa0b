"""Volunteers and key elders for tests, straight into the tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory.alchemy

from tests.factories import town
from timebank.core.db import db
from timebank.exchange.models.volunteers import (
    AvailabilitySlot,
    Volunteer,
    VolunteerSkill,
    VolunteerState,
)
from timebank.exchange.queries.schemes import scheme_for
from timebank.people.models import Person


class VolunteerFactory(factory.alchemy.SQLAlchemyModelFactory):
    """An active volunteer; `person_id` must exist."""

    class Meta:
        model = Volunteer
        sqlalchemy_session = db.session
        sqlalchemy_session_persistence = "commit"

    state = VolunteerState.ACTIVE
    max_distance_m = 1000
    active_since = date(2026, 5, 15)


def volunteer(
    name: str = "徐梅",
    territory: str = town.YAOXIN,
    *,
    skills: dict[str, date | None] | None = None,
    slots: tuple[tuple[int, int, int], ...] = ((1, 480, 600),),
    born: date = date(1990, 3, 8),
    sex: str = "F",
    **facts: Any,
) -> int:
    """A person who volunteers: cleaning, free on Tuesdays from 8 to 10, unless said otherwise; returns the person."""
    person_id = town.person(name, territory, birth_date=born, sex=sex, is_volunteer=True, is_recipient=False)
    VolunteerFactory(person_id=person_id, scheme_id=scheme_for(territory).id, territory_code=territory, **facts)
    for code, trained in (skills or {"cleaning": None}).items():
        db.session.add(VolunteerSkill(volunteer_id=person_id, service_code=code, trained_on=trained))
    for weekday, start, end in slots:
        db.session.add(AvailabilitySlot(volunteer_id=person_id, weekday=weekday, from_minute=start, to_minute=end))
    db.session.commit()
    return person_id


def elder(name: str = "张桂英", territory: str = town.YAOXIN, *, age: int = 82, on: date = date(2026, 11, 1)) -> int:
    """Somebody who lives alone and is this old on the day: at 80 a key elder."""
    return town.person(name, territory, birth_date=date(on.year - age, 1, 1), lives_alone=True)


def reload(person_id: int) -> Person:
    """The person's row as it stands now."""
    db.session.expire_all()
    return db.session.get_one(Person, person_id)
