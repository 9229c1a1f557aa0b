"""Need that found no helper: by place, kind of help and hour of the day (domain.md R14 asks for the match; this is
what was missing).  Numbers only, nobody's name.

A visit counts by the day and hour at which it should have begun.  Unmet: it ran out without a helper, its time has
gone by without one, or the helper did not come.  Waiting: it still looks for one.  Cancelled ones are no need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, extract, func, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.matching.queries.asked import Asked, finer
from timebank.territory import queries as territory

PERMISSION = "reports.read"
HOURS_EAST = 8  # of civil time before UTC; China has one time and no summer time
SEARCHING = (VisitState.OPEN, VisitState.OFFERED)
NO_NEED = (VisitState.CANCELLED, VisitState.VOIDED, VisitState.SECOND_REVIEW)


@dataclass(frozen=True, slots=True)
class Need:
    """Visits that were needed; of these unmet and still waiting, and the minutes of both."""

    visits: int = 0
    unmet: int = 0
    waiting: int = 0
    minutes: int = 0

    def __add__(self, other: Need) -> Need:
        return Need(
            self.visits + other.visits,
            self.unmet + other.unmet,
            self.waiting + other.waiting,
            self.minutes + other.minutes,
        )

    @property
    def missing(self) -> int:
        return self.unmet + self.waiting

    @property
    def permille(self) -> int:
        """Of a thousand visits needed so many are without a helper."""
        return round(1000 * self.missing / self.visits) if self.visits else 0


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A place or a kind of help (by code) or an hour of the day ("9"), with its name; WGS 84 point of a place."""

    code: str
    name: str
    need: Need
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """The whole report.  `by_service_hour`: (service, hour) → need, for the table of both."""

    asked: Asked
    total: Need
    places: tuple[NeedLine, ...]
    services: tuple[NeedLine, ...]
    hours: tuple[NeedLine, ...]
    by_service_hour: dict[tuple[str, int], Need]


@dataclass(frozen=True, slots=True)
class _Cell:
    place: str
    service: str
    hour: int
    need: Need


def unmet_need(actor: Actor, asked: Asked) -> UnmetNeed:
    """The report for what the actor may see ("reports.read"); three statements."""
    cells = _cells(actor, asked)
    names = {service.code: service.name for service in schemes.service_types(active_only=False)}
    places = _sums(cells, lambda cell: cell.place)
    points = territory.infos(places)
    both: dict[tuple[str, int], Need] = {}
    for cell in cells:
        key = (cell.service, cell.hour)
        both[key] = both.get(key, Need()) + cell.need
    return UnmetNeed(
        asked=asked,
        total=sum((cell.need for cell in cells), Need()),
        places=_worst(_place(code, need, points) for code, need in places.items()),
        services=_worst(
            NeedLine(code, names.get(code, code), need) for code, need in _sums(cells, lambda one: one.service).items()
        ),
        hours=tuple(
            NeedLine(str(hour), f"{hour:02d}:00", need)
            for hour, need in sorted(_sums(cells, lambda cell: cell.hour).items())
        ),
        by_service_hour=both,
    )


def _cells(actor: Actor, asked: Asked) -> list[_Cell]:
    """Need by place, service and hour; one statement."""
    scopes = actor.scopes(PERMISSION)
    place = func.substr(Visit.territory_code, 1, finer(asked, scopes))
    hour = (cast(extract("hour", Visit.earliest_start), Integer) + HOURS_EAST) % 24
    unmet, waiting = _unmet(), _waiting()
    rows = db.session.execute(
        select(
            place,
            Visit.service_code,
            hour,
            func.count(),
            func.sum(case((unmet, 1), else_=0)),
            func.sum(case((waiting, 1), else_=0)),
            func.sum(case((or_(unmet, waiting), Visit.minutes_planned), else_=0)),
        )
        .where(
            in_scope(Visit.territory_code, scopes),
            below(Visit.territory_code, asked.territory),
            Visit.earliest_start >= asked.start,
            Visit.earliest_start < asked.end,
            Visit.state.not_in(NO_NEED),
            Visit.source == "request",
        )
        .group_by(place, Visit.service_code, hour)
    )
    return [_Cell(row[0], row[1], int(row[2]), Need(*(int(cell) for cell in row[3:]))) for row in rows]


def _unmet() -> ColumnElement[bool]:
    return or_(
        Visit.state == VisitState.EXPIRED,
        and_(Visit.state == VisitState.NO_SHOW, Visit.no_show_by == "volunteer"),
        and_(Visit.state.in_(SEARCHING), Visit.latest_start < clock.now()),
    )


def _waiting() -> ColumnElement[bool]:
    return and_(Visit.state.in_(SEARCHING), Visit.latest_start >= clock.now())


def _sums(cells: Iterable[_Cell], key: Callable[[_Cell], Any]) -> dict[Any, Need]:
    found: dict[Any, Need] = {}
    for cell in cells:
        found[key(cell)] = found.get(key(cell), Need()) + cell.need
    return found


def _place(code: str, need: Need, points: dict[str, territory.TerritoryInfo]) -> NeedLine:
    known = points.get(code)
    return NeedLine(
        code, known.short if known else code, need, known.lat if known else None, known.lon if known else None
    )


def _worst(lines: Iterable[NeedLine]) -> tuple[NeedLine, ...]:
    """Where most is missing first."""
    return tuple(sorted(lines, key=lambda line: (-line.need.missing, -line.need.visits, line.code)))
