"""A made-up city full of helpers, put straight into the tables: for tests of the whole town and for measuring.

Communities lie 700 m apart on a square, each with twenty buildings; people of all kinds live in them.  The same seed
gives the same city, on both databases.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert

from tests.factories import matching as factory
from timebank.core import clock
from timebank.core.db import Model, db

DISTRICT = "320199"
FIRST_PERSON = 1_000_000
METRES_NORTH = 1 / 111_195
METRES_EAST = 1 / 94_180
SKILLS = ("cleaning", "cooking", "meals", "bathing", "shopping", "company", "laundry", "reading")
REACH = (300, 500, 600, 800, 1000, 1500, 2000, 2500)
FAR = (3000, 5000)
LANGUAGES = (["zh"], ["zh", "zh-nanjing"], ["zh", "en"], None)
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many, and how mixed.  Shares are of 1."""

    helpers: int = 200
    recipients: int = 20
    per_community: int = 100
    seed: int = 1
    without_place: float = 0.05
    far_walkers: float = 0.03
    past_visits: int = 4  # of each helper, within the last weeks
    promised: float = 0.3  # have promised a visit on the day or soon after
    services: tuple[str, ...] = SKILLS


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives."""

    territory: str
    lat: float | None
    lon: float | None


class City:
    """Rows of every table, one after the other."""

    def __init__(self, crowd: Crowd, services: Iterable[str], day: date) -> None:
        self.crowd = crowd
        self.day = day
        self.rng = random.Random(crowd.seed)
        self.services = [code for code in services if code]
        self.side = max(2, math.ceil(math.sqrt(crowd.helpers / crowd.per_community)))
        self.codes = [f"{DISTRICT}{1 + place // 20:03d}{1 + place % 20:03d}" for place in range(self.side**2)]
        self.helpers = range(FIRST_PERSON, FIRST_PERSON + crowd.helpers)
        self.recipients = range(self.helpers.stop, self.helpers.stop + crowd.recipients)

    def point(self, place: int) -> tuple[float, float]:
        north, east = 700 * (place // self.side), 700 * (place % self.side)
        return factory.DOOR[0] + north * METRES_NORTH, factory.DOOR[1] + east * METRES_EAST

    def territories(self) -> Iterator[dict[str, Any]]:
        yield _territory(DISTRICT, "district", "3201", *self.point(0))
        for street in sorted({code[:9] for code in self.codes}):
            yield _territory(street, "street", DISTRICT, *self.point(self.codes.index(street + "001")))
        for place, code in enumerate(self.codes):
            yield _territory(code, "community", code[:9], *self.point(place))

    def home(self) -> Home:
        place = self.rng.randrange(len(self.codes))
        if self.rng.random() < self.crowd.without_place:
            return Home(self.codes[place], None, None)
        lat, lon = self.point(place)
        building = self.rng.randrange(20)
        north, east = 120 * (building // 5) - 180, 120 * (building % 5) - 240
        return Home(self.codes[place], lat + north * METRES_NORTH, lon + east * METRES_EAST)

    def people(self) -> Iterator[tuple[dict[str, Any], Home]]:
        for number in [*self.helpers, *self.recipients]:
            home = self.home()
            yield (
                {
                    "id": number,
                    "member_no": f"C{number}",
                    "name": f"居民{number - FIRST_PERSON}",
                    "sex": self.rng.choice(("F", "F", "M")),
                    "territory_code": home.territory,
                    "lat": home.lat,
                    "lon": home.lon,
                    "languages": self.rng.choice(LANGUAGES) or ["zh"],
                    "is_volunteer": number in self.helpers,
                    "is_recipient": number in self.recipients,
                    "version": 1,
                },
                home,
            )

    def volunteer(self, person: int, home: Home) -> dict[str, Any]:
        rng = self.rng
        far = rng.random() < self.crowd.far_walkers
        insured = rng.random()
        return {
            "person_id": person,
            "scheme_id": 1,
            "territory_code": home.territory,
            "state": rng.choices(("active", "training", "suspended", "exited"), (90, 4, 4, 2))[0],
            "max_distance_m": rng.choice(FAR if far else REACH),
            "caregiver_at_home": rng.random() < 0.1,
            "max_minutes_per_week": rng.choice((60, 180, 300, 480, 600)),
            "helps_on_holidays": rng.random() < 0.3,
            "languages": rng.choice(LANGUAGES),
            "insured_until": None if insured < 0.1 else self.day + timedelta(days=rng.randint(-30, 300)),
            "version": 1,
        }

    def skills(self, person: int) -> Iterator[dict[str, Any]]:
        for code in self.rng.sample(self.services, min(len(self.services), self.rng.randint(1, 5))):
            trained = date(2026, 1, 1) if self.rng.random() < 0.6 else None
            yield {"volunteer_id": person, "service_code": code, "trained_on": trained}

    def slots(self, person: int) -> Iterator[dict[str, Any]]:
        for weekday in self.rng.sample(range(7), self.rng.randint(1, 4)):
            start = self.rng.randrange(7 * 60, 18 * 60, 15)
            length = self.rng.choice((60, 120, 180, 240))
            slot = {"volunteer_id": person, "weekday": weekday}
            yield {**slot, "from_minute": start, "to_minute": start + length}
            if self.rng.random() < 0.1:  # goes on without a break: two stretches that are one
                yield {**slot, "from_minute": start + length, "to_minute": start + length + 60}

    def exceptions(self, person: int) -> Iterator[dict[str, Any]]:
        if self.rng.random() < 0.08:
            first = self.day + timedelta(days=self.rng.randint(-5, 10))
            yield {
                "volunteer_id": person,
                "first_day": first,
                "last_day": first + timedelta(days=self.rng.randint(0, 10)),
                "available": self.rng.random() < 0.4,
                "from_minute": 480,
                "to_minute": self.rng.choice((720, 1440)),
            }

    def visits(self, person: int) -> Iterator[dict[str, Any]]:
        """What was done in the last weeks, one on a day, and for some a promise on the day itself or after."""
        days = self.rng.sample(range(1, 40), self.crowd.past_visits)
        for back in days:
            yield self._visit(person, self.day - timedelta(days=back), "credited")
        if self.rng.random() < self.crowd.promised:
            yield self._visit(person, self.day + timedelta(days=self.rng.choice((0, 0, 1, 7))), "scheduled")

    def _visit(self, person: int, day: date, state: str) -> dict[str, Any]:
        minutes = self.rng.choice((60, 90, 120))
        starts = clock.at(day, self.rng.randrange(8 * 60, 17 * 60, 15))
        done = state == "credited"
        recipient = self.rng.choice(self.recipients)
        return {
            "scheme_id": 1,
            "recipient_id": recipient,
            "volunteer_id": person,
            "territory_code": self.codes[0],
            "service_code": "cleaning",
            "state": state,
            "earliest_start": starts,
            "latest_start": starts,
            "starts_at": starts,
            "ends_at": starts + timedelta(minutes=minutes),
            "minutes_planned": minutes,
            "minutes_credited": minutes if done else None,
            "minutes_actual": minutes if done else None,
            "rating": self.rng.choice((3, 4, 5, None)) if done else None,
            "version": 1,
        }


def _territory(code: str, level: str, parent: str, lat: float, lon: float) -> dict[str, Any]:
    return {"code": code, "name": f"社区{code}", "level": level, "parent_code": parent, "lat": lat, "lon": lon}


def build(crowd: Crowd, day: date = factory.TUESDAY) -> City:
    """Fills the tables (`town.town()` has been made: its city holds the new district) and commits."""
    from timebank.exchange.queries.schemes import service_types

    known = [service.code for service in service_types()]
    city = City(crowd, [code for code in crowd.services if code in known] or known[:6], day)
    _fill("territory", city.territories())
    people = list(city.people())
    _fill("person", (row for row, _ in people))
    helpers = people[: crowd.helpers]
    _fill("volunteer", (city.volunteer(row["id"], home) for row, home in helpers))
    for table, rows in (
        ("volunteer_skill", city.skills),
        ("availability_slot", city.slots),
        ("availability_exception", city.exceptions),
        ("visit", city.visits),
    ):
        _fill(table, (row for person in city.helpers for row in rows(person)))
    db.session.commit()
    return city


def _fill(name: str, rows: Iterable[dict[str, Any]]) -> None:
    table: Table = Model.metadata.tables[name]
    coming = iter(rows)
    while batch := list(islice(coming, BATCH)):
        db.session.execute(insert(table), batch)
