"""When a helper could come: the best start inside the window, around what was promised already (formats.md §3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from timebank.matching.rules.model import QUARTER, Helper, Need, Place, Stop, Stretch, Travel

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Start:
    """A start that works: when, in which free stretch, and how many seconds of walking it adds to the day."""

    at: int
    free: Stretch
    added_seconds: int


@dataclass(frozen=True, slots=True)
class _Day:
    """What a helper's day looks like from the place of the visit."""

    home: Place | None
    place: Place | None
    stops: tuple[Stop, ...]
    travel: Travel

    def added(self, start: int, end: int, free: Stretch) -> int | None:
        """Seconds of walking that a visit from ``start`` to ``end`` adds to the day; None where it does not fit."""
        before = max((stop for stop in self.stops if stop.start < end), key=lambda stop: stop.end, default=None)
        after = next((stop for stop in self.stops if stop.start >= end), None)
        came_from = before.place if before else self.home
        goes_to = after.place if after else self.home
        there, onwards = self.travel.seconds(came_from, self.place), self.travel.seconds(self.place, goes_to)
        earliest = before.end if before else free.start if self.travel.commute else start - there
        latest = after.start if after else free.end if self.travel.commute else end + onwards
        if earliest + there > start or end + onwards > latest:
            return None
        return there + onwards - (self.travel.seconds(came_from, goes_to) if self.stops else 0)


def best_start(helper: Helper, need: Need, travel: Travel) -> Start | None:
    """The start in the window with the least added walking; among equals the earliest."""
    return _best(_starts(helper, need, need.window, helper.busy, travel))


def free_start(helper: Helper, need: Need, travel: Travel) -> Start | None:
    """The best start in the window if the helper had promised nothing else that day."""
    return _best(_starts(helper, need, need.window, (), travel))


def other_start(helper: Helper, need: Need, travel: Travel) -> Start | None:
    """The start of that day nearest to the window, if the recipient could be asked for another time."""
    found = _starts(helper, need, Stretch(0, DAY), helper.busy, travel)
    return min(found, key=lambda start: (_apart(start.at, need.window), start.at), default=None)


def _apart(moment: int, window: Stretch) -> int:
    return max(window.start - moment, moment - window.end, 0)


def _best(starts: Iterable[Start]) -> Start | None:
    return min(starts, key=lambda start: (start.added_seconds, start.at), default=None)


def _starts(helper: Helper, need: Need, window: Stretch, busy: Iterable[Stop], travel: Travel) -> list[Start]:
    stops = tuple(sorted(busy, key=lambda stop: stop.start))
    day = _Day(helper.home, need.place, stops, travel)
    seconds = need.minutes * 60
    found: list[Start] = []
    for free in helper.free:
        for at in _grid(max(window.start, free.start), min(window.end, free.end - seconds)):
            added = day.added(at, at + seconds, free)
            if added is not None:
                found.append(Start(at, free, added))
    return found


def _grid(first: int, last: int) -> range:
    """Full quarter hours from ``first`` to ``last``, both included."""
    return range(-(-first // QUARTER) * QUARTER, last + 1, QUARTER)
