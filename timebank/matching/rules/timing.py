"""When a helper could come: the best start inside the window, around what was promised already (formats.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from timebank.matching.rules.model import QUARTER, Helper, Need, Place, Stop, Stretch, Travel

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Start:
    """A start that works: when, in which free stretch, and how many seconds of walking it adds to the day.

    ``before`` and ``after``: the promises it lies between, where there are such; ``there``, ``onwards``: seconds on
    the way from the one (or home) and to the other (or home).
    """

    at: int
    free: Stretch
    added_seconds: int
    before: Stop | None = None
    after: Stop | None = None
    there: int = 0
    onwards: int = 0


class _Day:
    """A helper's day as it looks from the place of the visit; each way is reckoned once."""

    def __init__(self, home: Place | None, place: Place | None, stops: Iterable[Stop], travel: Travel) -> None:
        self.home, self.travel = home, travel
        self.stops = tuple(sorted(stops, key=lambda stop: stop.start))
        self.from_home = self.to_home = travel.seconds(home, place)  # as far there as back
        self.there = self.onwards = [travel.seconds(stop.place, place) for stop in self.stops]

    def start(self, at: int, seconds: int, free: Stretch) -> Start | None:
        """A visit of ``seconds`` from ``at``, or None where it does not fit."""
        if not self.stops:
            return self._alone(at, seconds, free)
        end = at + seconds
        before, after = self._around(end)
        there = self.from_home if before is None else self.there[before]
        onwards = self.to_home if after is None else self.onwards[after]
        commute = self.travel.commute
        earliest = free.start if commute else at - there
        latest = free.end if commute else end + onwards
        if before is not None:
            earliest = self.stops[before].end
        if after is not None:
            latest = self.stops[after].start
        if earliest + there > at or end + onwards > latest:
            return None
        came_from = None if before is None else self.stops[before]
        goes_to = None if after is None else self.stops[after]
        added = there + onwards - self._direct(came_from, goes_to)
        return Start(at, free, added, came_from, goes_to, there, onwards)

    def _around(self, end: int) -> tuple[int | None, int | None]:
        """Of the stops that begin before `end` the one that ends last, and the first that begins later."""
        before: int | None = None
        for number, stop in enumerate(self.stops):
            if stop.start >= end:
                return before, number
            if before is None or stop.end > self.stops[before].end:
                before = number
        return before, None

    def _alone(self, at: int, seconds: int, free: Stretch) -> Start | None:
        there, onwards = self.from_home, self.to_home
        if self.travel.commute and (free.start + there > at or at + seconds + onwards > free.end):
            return None
        return Start(at, free, there + onwards, None, None, there, onwards)

    def _direct(self, before: Stop | None, after: Stop | None) -> int:
        return self.travel.seconds(before.place if before else self.home, after.place if after else self.home)


def best_start(helper: Helper, need: Need, travel: Travel) -> Start | None:
    """The start in the window with the least added walking; among equals the earliest."""
    if not helper.busy:  # all add the same
        return free_start(helper, need, travel)
    return _best(_starts(helper, need, need.window, helper.busy, travel))


def free_start(helper: Helper, need: Need, travel: Travel) -> Start | None:
    """The first (and best) start in the window if the helper had promised nothing else that day."""
    if travel.commute:
        return next(_starts(helper, need, need.window, (), travel), None)
    for free in helper.free:
        found = _grid(max(need.window.start, free.start), min(need.window.end, free.end - need.minutes * 60))
        if found:
            way = travel.seconds(helper.home, need.place)  # as far there as back
            return Start(found[0], free, 2 * way, None, None, way, way)
    return None


def other_start(helper: Helper, need: Need, travel: Travel) -> Start | None:
    """The start of that day nearest to the window, if the recipient could be asked for another time."""
    found = _starts(helper, need, Stretch(0, DAY), helper.busy, travel)
    return min(found, key=lambda start: (_apart(start.at, need.window), start.at), default=None)


def starts(helper: Helper, need: Need, travel: Travel) -> list[Start]:
    """Every start in the window that works, by time."""
    return list(_starts(helper, need, need.window, helper.busy, travel))


def _apart(moment: int, window: Stretch) -> int:
    return max(window.start - moment, moment - window.end, 0)


def _best(found: Iterable[Start]) -> Start | None:
    return min(found, key=lambda start: (start.added_seconds, start.at), default=None)


def _starts(helper: Helper, need: Need, window: Stretch, busy: Iterable[Stop], travel: Travel) -> Iterator[Start]:
    if not helper.free:
        return
    day = _Day(helper.home, need.place, busy, travel)
    seconds = need.minutes * 60
    for free in helper.free:
        for at in _grid(max(window.start, free.start), min(window.end, free.end - seconds)):
            if (found := day.start(at, seconds, free)) is not None:
                yield found


def _grid(first: int, last: int) -> range:
    """Full quarter hours from ``first`` to ``last``, both included."""
    return range(-(-first // QUARTER) * QUARTER, last + 1, QUARTER)
