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


def series_fit(info: HelperInfo, found: VisitNeed, who: Candidates, occasions: Sequence[Occasion]) -> SeriesFit:
    """The best common time for a helper who can do the first visit, and what it means for each of the others."""
    first = need_on(found, occasions[0])
    possible = timing.starts(who.on(info, found, occasions[0].day), first, WALKING)
    later = [_starts(info, found, who, occasion) for occasion in occasions[1:]]
    best = max(possible, key=lambda one: (sum(one.at in some for some in later), -one.added_seconds, -one.at))
    return SeriesFit(_walk(info, found, who, occasions, best.at))


def need_on(found: VisitNeed, occasion: Occasion) -> Need:
    """What is needed on another day of the series."""
    return replace(found.need, day=occasion.day, window=occasion.window)


def _starts(info: HelperInfo, found: VisitNeed, who: Candidates, occasion: Occasion) -> frozenset[int]:
    helper = who.on(info, found, occasion.day)
    return frozenset(one.at for one in timing.starts(helper, need_on(found, occasion), WALKING))


def _walk(
    info: HelperInfo, found: VisitNeed, who: Candidates, occasions: Sequence[Occasion], at: int
) -> tuple[SeriesDay, ...]:
    """Day by day, each visit taken counting towards the caps of the days after."""
    days: list[SeriesDay] = []
    taken = Candidates((), who.past, dict(who.promises), who.household, who.apart)
    for occasion in occasions:
        need = need_on(found, occasion)
        need = replace(need, window=_moment(occasion.window, at))
        helper = taken.on(info, found, occasion.day)
        starts_at = clock.at(occasion.day, at // 60)
        broken = None if fits(helper, need, WALKING) else first_broken(helper, need, WALKING)
        days.append(SeriesDay(occasion.visit_id, starts_at, broken))
        if broken is None:
            lat, lon = found.origin or (None, None)
            promise = Promise(occasion.visit_id, starts_at, need.minutes, lat, lon, True)
            taken.promises[info.person_id] = [*taken.promises.get(info.person_id, []), promise]
    return tuple(days)


def _moment(window: Stretch, at: int) -> Stretch:
    """Just this start; nothing where the day's window does not hold it."""
    return Stretch(at, at) if window.start <= at <= window.end else Stretch(window.end + 1, window.end)
