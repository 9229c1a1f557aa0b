"""Which visits of a weekly request one helper could do, and why not the others.

A series is promised at one time of the day (the exchange plans every open visit of the request at the time that was
offered), so one start is looked for that fits the most visits, the first of them among these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from timebank.core import clock
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.matching.queries.candidates import Candidates, Promise
from timebank.matching.queries.visits import Occasion, VisitNeed
from timebank.matching.rules import timing
from timebank.matching.rules.hard import first_broken, fits
from timebank.matching.rules.model import Broken, Helper, Need, Stretch, Travel

WALKING = Travel()


@dataclass(frozen=True, slots=True)
class SeriesDay:
    """A visit of the series at the common time; `broken`: why this helper cannot do it."""

    visit_id: int
    starts_at: datetime
    broken: Broken | None


@dataclass(frozen=True, slots=True)
class SeriesFit:
    """What a helper could do of a series, by time."""

    days: tuple[SeriesDay, ...]

    @property
    def starts_at(self) -> datetime:
        """When the first visit would begin; the others at the same time of their days."""
        return self.days[0].starts_at

    @property
    def fits(self) -> int:
        return sum(one.broken is None for one in self.days)

    @property
    def missing(self) -> tuple[SeriesDay, ...]:
        return tuple(one for one in self.days if one.broken is not None)


@dataclass(frozen=True, slots=True)
class _Day:
    """A visit of the series at the common time."""

    visit_id: int
    need: Need
    starts_at: datetime


class Dated:
    """What is needed on each day of the series: at any start of its window, and at a common one."""

    def __init__(self, found: VisitNeed, occasions: Sequence[Occasion]) -> None:
        self.occasions = occasions
        self.needs = [replace(found.need, day=one.day, window=one.window) for one in occasions]
        self._known: dict[int, list[_Day]] = {}

    def at(self, start: int) -> list[_Day]:
        """The days with just this start (seconds from midnight): most helpers are asked for the same few."""
        if start not in self._known:
            self._known[start] = [
                self._day(one, need, start) for one, need in zip(self.occasions, self.needs, strict=True)
            ]
        return self._known[start]

    def _day(self, occasion: Occasion, need: Need, start: int) -> _Day:
        alone = replace(need, window=_moment(need.window, start))
        return _Day(occasion.visit_id, alone, clock.at(need.day, start // 60))


def dated(found: VisitNeed, occasions: Sequence[Occasion]) -> Dated:
    """What is needed on each day of the series."""
    return Dated(found, occasions)


def series_fit(info: HelperInfo, found: VisitNeed, who: Candidates, days: Dated, best: int) -> SeriesFit:
    """The best common time for a helper who can do the first visit, and what it means for each of the others.

    The time that is best for the first visit (`best`, seconds from its midnight) is taken where it fits all of them;
    else the one that fits most.
    """
    walked = _walk(info, found, who, days, best)
    if all(one.broken is None for one in walked):
        return SeriesFit(walked)
    later = [frozenset(one.at for one in _starts(info, found, who, need)) for need in days.needs[1:]]
    possible = _starts(info, found, who, days.needs[0])
    most = min(possible, key=lambda one: (-sum(one.at in some for some in later), one.added_seconds, one.at))
    return SeriesFit(walked if most.at == best else _walk(info, found, who, days, most.at))


def _starts(info: HelperInfo, found: VisitNeed, who: Candidates, need: Need) -> list[timing.Start]:
    return timing.starts(who.on(info, found, need.day), need, WALKING)


def _walk(info: HelperInfo, found: VisitNeed, who: Candidates, days: Dated, at: int) -> tuple[SeriesDay, ...]:
    """Day by day, each visit taken counting towards the caps of the days after."""
    walked: list[SeriesDay] = []
    promises = {info.person_id: who.promises.get(info.person_id, [])}
    taken = Candidates((), who.past, promises, who.household, who.apart)
    lat, lon = found.origin or (None, None)
    for day in days.at(at):
        broken = _broken(taken.on(info, found, day.need.day), day.need) if walked else None  # the first is possible
        walked.append(SeriesDay(day.visit_id, day.starts_at, broken))
        if broken is None:
            promise = Promise(day.visit_id, day.starts_at, day.need.minutes, lat, lon, True)
            promises[info.person_id] = [*promises[info.person_id], promise]
    return tuple(walked)


def _broken(helper: Helper, need: Need) -> Broken | None:
    return None if fits(helper, need, WALKING) else first_broken(helper, need, WALKING)


def _moment(window: Stretch, at: int) -> Stretch:
    """Just this start; nothing where the day's window does not hold it."""
    return Stretch(at, at) if window.start <= at <= window.end else Stretch(window.end + 1, window.end)
