"""Which visits of a weekly request one helper could do, and why not the others.

A series is promised at one time of the day (the exchange plans every open visit of the request at the time that was
offered), so one start is looked for that fits the most visits, the first of them among these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from timebank.core import clock
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.matching.queries.candidates import Candidates, Promise
from timebank.matching.queries.visits import Occasion, VisitNeed
from timebank.matching.rules import timing
from timebank.matching.rules.hard import first_broken, fits
from timebank.matching.rules.model import Broken, Need, Stretch, Travel

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


Dated: TypeAlias = Sequence[tuple[Occasion, Need]]


def dated(found: VisitNeed, occasions: Sequence[Occasion]) -> Dated:
    """What is needed on each day of the series."""
    return [(one, replace(found.need, day=one.day, window=one.window)) for one in occasions]


def series_fit(info: HelperInfo, found: VisitNeed, who: Candidates, days: Dated) -> SeriesFit:
    """The best common time for a helper who can do the first visit, and what it means for each of the others.

    The time that is best for the first visit is taken where it fits all of them; else the one that fits most.
    """
    possible = timing.starts(who.on(info, found, days[0][1].day), days[0][1], WALKING)
    best = min(possible, key=lambda one: (one.added_seconds, one.at))
    walked = _walk(info, found, who, days, best.at)
    if all(one.broken is None for one in walked):
        return SeriesFit(walked)
    later = [_starts(info, found, who, need) for _, need in days[1:]]
    most = min(possible, key=lambda one: (-sum(one.at in some for some in later), one.added_seconds, one.at))
    return SeriesFit(walked if most.at == best.at else _walk(info, found, who, days, most.at))


def _starts(info: HelperInfo, found: VisitNeed, who: Candidates, need: Need) -> frozenset[int]:
    helper = who.on(info, found, need.day)
    return frozenset(one.at for one in timing.starts(helper, need, WALKING))


def _walk(info: HelperInfo, found: VisitNeed, who: Candidates, days: Dated, at: int) -> tuple[SeriesDay, ...]:
    """Day by day, each visit taken counting towards the caps of the days after."""
    walked: list[SeriesDay] = []
    promises = {info.person_id: who.promises.get(info.person_id, [])}
    taken = Candidates((), who.past, promises, who.household, who.apart)
    lat, lon = found.origin or (None, None)
    for occasion, any_start in days:
        need = replace(any_start, window=_moment(any_start.window, at))
        helper = taken.on(info, found, need.day)
        starts_at = clock.at(need.day, at // 60)
        broken = None if fits(helper, need, WALKING) else first_broken(helper, need, WALKING)
        walked.append(SeriesDay(occasion.visit_id, starts_at, broken))
        if broken is None:
            promise = Promise(occasion.visit_id, starts_at, need.minutes, lat, lon, True)
            promises[info.person_id] = [*promises[info.person_id], promise]
    return tuple(walked)


def _moment(window: Stretch, at: int) -> Stretch:
    """Just this start; nothing where the day's window does not hold it."""
    return Stretch(at, at) if window.start <= at <= window.end else Stretch(window.end + 1, window.end)
