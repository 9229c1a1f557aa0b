"""Which visits of a weekly request one helper could do, and why not the others.

A series is promised at one time of the day (the exchange plans every open visit of the request at the time that was
offered), so one start is looked for that fits the most visits, the first of them among these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from timebank.core import clock
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.matching.queries.candidates import NOTHING, Candidates, Promise, counted
from timebank.matching.queries.visits import Occasion, VisitNeed
from timebank.matching.rules import timing
from timebank.matching.rules.hard import first_broken, fits
from timebank.matching.rules.model import Broken, Helper, Need, Stretch, Travel

WALKING = Travel()
Why = TypeVar("Why")


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
    """A visit of the series; how many of those before it are of its week and of its month."""

    visit_id: int
    need: Need
    midnight: datetime
    of_week: int
    of_month: int
    alone: bool  # no other visit of the series on that day

    def starts_at(self, start: int) -> datetime:
        return self.midnight + timedelta(seconds=start)


@dataclass(frozen=True, slots=True)
class Tried:
    """The best common time for a helper (seconds from midnight), and how many of the visits it fits."""

    at: int
    fits: int


class Dated:
    """What is needed on each day of the series: at any start of its window, and at a common one."""

    def __init__(self, found: VisitNeed, occasions: Sequence[Occasion]) -> None:
        days = [one.day for one in occasions]
        mondays, months = [day - timedelta(days=day.weekday()) for day in days], [(day.year, day.month) for day in days]
        self.days = [
            _Day(
                one.visit_id,
                replace(found.need, day=day, window=one.window),
                clock.at(day, 0),
                of_week=mondays[:place].count(mondays[place]),
                of_month=months[:place].count(months[place]),
                alone=days.count(day) == 1,
            )
            for place, (one, day) in enumerate(zip(occasions, days, strict=True))
        ]
        self._moments: dict[int, list[Need]] = {}
        self._whole: dict[int, SeriesFit] = {}

    def moments(self, start: int) -> list[Need]:
        """What is needed with just this start (seconds from midnight): most helpers are asked for the same few."""
        if start not in self._moments:
            needs = [day.need for day in self.days]
            self._moments[start] = [replace(need, window=_moment(need.window, start)) for need in needs]
        return self._moments[start]

    def whole(self, start: int) -> SeriesFit:
        """All of them: the same for everybody who can."""
        if start not in self._whole:
            self._whole[start] = SeriesFit(
                tuple(SeriesDay(one.visit_id, one.starts_at(start), None) for one in self.days)
            )
        return self._whole[start]


def dated(found: VisitNeed, occasions: Sequence[Occasion]) -> Dated:
    """What is needed on each day of the series."""
    return Dated(found, occasions)


def series_fit(info: HelperInfo, found: VisitNeed, who: Candidates, days: Dated, best: int) -> SeriesFit:
    """The best common time for a helper who can do the first visit, and what it means for each of the others.

    The time that is best for the first visit (`best`, seconds from its midnight) is taken where it fits all of them;
    else the one that fits most.
    """
    return told(info, found, who, days, tried(info, found, who, days, best))


def tried(info: HelperInfo, found: VisitNeed, who: Candidates, days: Dated, best: int) -> Tried:
    """The time of `series_fit` and how many visits fit then; why the others do not is not asked."""
    if _plainly(info, who, days, best):
        return Tried(best, len(days.days))
    walked = sum(one is None for one in _walk(info, found, who, days, best, _misfit))
    if walked == len(days.days):
        return Tried(best, walked)
    later = [frozenset(one.at for one in _starts(info, found, who, day.need)) for day in days.days[1:]]
    possible = _starts(info, found, who, days.days[0].need)
    most = min(possible, key=lambda one: (-sum(one.at in some for some in later), one.added_seconds, one.at))
    if most.at != best:
        walked = sum(one is None for one in _walk(info, found, who, days, most.at, _misfit))
    return Tried(most.at, walked)


def told(info: HelperInfo, found: VisitNeed, who: Candidates, days: Dated, one: Tried) -> SeriesFit:
    """The same day by day, with what keeps the helper from the others."""
    if one.fits == len(days.days):
        return days.whole(one.at)
    broken = _walk(info, found, who, days, one.at, _broken)
    walked = zip(days.days, broken, strict=True)
    return SeriesFit(tuple(SeriesDay(day.visit_id, day.starts_at(one.at), why) for day, why in walked))


def _plainly(info: HelperInfo, who: Candidates, days: Dated, at: int) -> bool:
    """Can a helper who can do the first visit do all of them, with nothing planned on the days of the others?

    Without making a `Helper` for each day: of what `rules.hard` asks only that is asked which another day may change.
    """
    promises = who.promises.get(info.person_id, ())
    return all(_free_on(info, day, at) and _within_caps(info, promises, day) for day in days.days[1:])


def _free_on(info: HelperInfo, day: _Day, at: int) -> bool:
    need = day.need
    if need.needs_insurance and not (info.insured_until and info.insured_until >= need.day):
        return False
    if not need.window.start <= at <= need.window.end:
        return False
    end = at + need.minutes * 60
    return any(first * 60 <= at and end <= last * 60 for first, last in info.free(need.day))


def _within_caps(info: HelperInfo, promises: Sequence[Promise], day: _Day) -> bool:
    """And nothing promised that day, which may be in the way."""
    need, limits = day.need, day.need.limits
    of_day, of_week, of_month, _, planned = counted(promises, need.day) if promises else NOTHING
    return (
        day.alone
        and not planned
        and _below(info.max_minutes_per_week, of_week + (day.of_week + 1) * need.minutes)
        and _below(limits.daily_cap_minutes, of_day + need.minutes)
        and _below(limits.monthly_cap_minutes, of_month + (day.of_month + 1) * need.minutes)
    )


def _below(cap: int | None, minutes: int) -> bool:
    return cap is None or minutes <= cap


def _starts(info: HelperInfo, found: VisitNeed, who: Candidates, need: Need) -> list[timing.Start]:
    return timing.starts(who.on(info, found, need.day), need, WALKING)


def _walk(
    info: HelperInfo, found: VisitNeed, who: Candidates, days: Dated, at: int, ask: Callable[[Helper, Need], Why]
) -> list[Why | None]:
    """What keeps the helper from each of the visits, each one taken counting towards the caps of the days after."""
    walked: list[Why | None] = []
    promises = {info.person_id: who.promises.get(info.person_id, [])}
    taken = Candidates((), who.past, promises, who.household, who.apart)
    lat, lon = found.origin or (None, None)
    for day, need in zip(days.days, days.moments(at), strict=True):
        broken = ask(taken.on(info, found, need.day), need) if walked else None  # the first is possible
        walked.append(broken)
        if broken is None:
            promise = Promise(day.visit_id, day.starts_at(at), need.minutes, lat, lon, True)
            promises[info.person_id] = [*promises[info.person_id], promise]
    return walked


def _broken(helper: Helper, need: Need) -> Broken | None:
    return None if fits(helper, need, WALKING) else first_broken(helper, need, WALKING)


def _misfit(helper: Helper, need: Need) -> bool | None:
    """None: fits, as `_broken` has it."""
    return None if fits(helper, need, WALKING) else True


def _moment(window: Stretch, at: int) -> Stretch:
    """Just this start; nothing where the day's window does not hold it."""
    return Stretch(at, at) if window.start <= at <= window.end else Stretch(window.end + 1, window.end)
