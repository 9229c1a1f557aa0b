"""The helpers who come into question, read with few statements and put before the rules."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from timebank.core import clock
from timebank.exchange.models import VolunteerState
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.exchange.rules.visits import VisitState
from timebank.matching.queries.visits import VisitNeed, seconds
from timebank.matching.rules.model import Helper, Place, Stop, Stretch

AROUND_M = 2_000  # helpers of the neighbouring street are near too
NOBODY: frozenset[int] = frozenset()
SILENT: frozenset[str] = frozenset()
GONE = (VisitState.CANCELLED, VisitState.EXPIRED, VisitState.NO_SHOW, VisitState.VOIDED)
KNOWN = (VisitState.CREDITED, VisitState.AWAITING_CONFIRMATION, VisitState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Past:
    """What was between a helper and the recipient, the helper's mean rating, and the last offer for this visit."""

    visits: int
    rating: float | None
    asked: str | None


STRANGER = Past(0, None, None)


@dataclass(frozen=True, slots=True)
class Promise:
    """A visit a helper has promised or made; or several of the same days, weeks and months, added up (`visits`)."""

    visit_id: int
    starts_at: datetime
    minutes: int
    lat: float | None
    lon: float | None
    planned: bool
    visits: int = 1
    together: UUID | None = None  # of a plan's own: the occasion at which others begin with it

    @property
    def day(self) -> date:
        return clock.civil(self.starts_at).date()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Helpers with their past and their promises.

    `household`: the people who live with the recipient; `apart`: those who are not sent there again.
    """

    infos: tuple[HelperInfo, ...]
    past: dict[int, Past]
    promises: dict[int, list[Promise]]
    household: frozenset[int]
    apart: frozenset[int]

    def on(self, info: HelperInfo, found: VisitNeed, day: date) -> Helper:
        """The helper as the rules see them on a day."""
        person = info.person_id
        return helper_of(
            info,
            day,
            found.origin,
            self.promises.get(person, ()),
            past=self.past.get(person, STRANGER),
            household=frozenset({found.recipient_id}) if person in self.household else NOBODY,
            blocked=frozenset({found.recipient_id}) if person in self.apart else NOBODY,
        )


def helper_of(
    info: HelperInfo,
    day: date,
    origin: tuple[float, float] | None,
    promises: Sequence[Promise],
    *,
    past: Past,
    household: frozenset[int],
    blocked: frozenset[int],
) -> Helper:
    """A volunteer as the rules see them on a day; places lie on the plane that touches the earth at ``origin``."""
    free = tuple([Stretch(start * 60, end * 60) for start, end in info.free(day)])
    (lat, lon), sex = (info.lat, info.lon), info.sex
    day_minutes, week_minutes, month_minutes, visits, planned = counted(promises, day) if promises else NOTHING
    return Helper(
        id=info.person_id,
        active=info.state is VolunteerState.ACTIVE,
        home=None if lat is None or lon is None or origin is None else Place.on_earth(lat, lon, origin),
        sex=sex if sex is None else str(sex),
        languages=frozenset(info.languages) if info.languages else SILENT,
        skills={code: trained is not None for code, trained in info.skills.items()},
        insured_until=info.insured_until,
        max_distance_m=info.max_distance_m,
        caregiver_at_home=info.caregiver_at_home,
        household=household,
        blocked=blocked,
        away=not free and any(one.covers(day) and not one.available for one in info.exceptions),
        free=free,
        busy=tuple([_stop(one, day, origin) for one in planned]) if planned else (),
        week_minutes=week_minutes,
        max_week_minutes=info.max_minutes_per_week,
        day_minutes=day_minutes,
        month_minutes=month_minutes,
        visits_this_week=visits,
        visits_before=past.visits,
        rating=past.rating,
    )


Counted: TypeAlias = tuple[int, int, int, int, Sequence[Promise]]
NOTHING: Counted = (0, 0, 0, 0, ())


def counted(promises: Sequence[Promise], day: date) -> Counted:
    """Minutes of the day, of its week and of its month, visits of the week, and what is planned on the day."""
    (first, end), (monday, week_end), (month, month_end) = _spans(day)
    of_day = of_week = of_month = visits = 0
    planned: list[Promise] = []
    for one in promises:
        at, minutes = one.starts_at, one.minutes
        if month <= at < month_end:
            of_month += minutes
        if monday <= at < week_end:
            of_week += minutes
            visits += one.visits
            if first <= at < end:
                of_day += minutes
                if one.planned:
                    planned.append(one)
    return of_day, of_week, of_month, visits, planned


@functools.lru_cache(maxsize=256)
def _spans(day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The day, its week and its month, each from its first moment to that of the next."""
    monday, first = day - timedelta(days=day.weekday()), day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    days = (day, day + timedelta(days=1)), (monday, monday + timedelta(days=7)), (first, after)
    return tuple((clock.at(start, 0), clock.at(end, 0)) for start, end in days)


def place_of(lat: float | None, lon: float | None, origin: tuple[float, float] | None) -> Place | None:
    """A WGS 84 point on the plane around ``origin``; None where one of the two is not known."""
    if lat is None or lon is None or origin is None:
        return None
    return Place.on_earth(lat, lon, origin)


def _stop(one: Promise, day: date, origin: tuple[float, float] | None) -> Stop:
    start = seconds(one.starts_at, day)
    return Stop(start, start + one.minutes * 60, place_of(one.lat, one.lon, origin))
