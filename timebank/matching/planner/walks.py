"""One agent's day walked through in plain Python: starts and walking of a sequence, and insertions into it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from timebank.matching.planner.flat import Flat
from timebank.matching.rules.model import QUARTER

Spot = tuple[int, float, float]  # place, x, y


@dataclass(frozen=True, slots=True)
class Day:
    """A feasible day: options in order, their starts, seconds of walking, and what it is worth to the objective beside
    the value of shared requests."""

    agent: int
    options: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()
    walk: int = 0
    value: float = 0.0


class _TooLate(Exception):
    """The day does not work out."""


class Walker:
    """Lists instead of arrays: single numbers are read faster."""

    def __init__(self, flat: Flat) -> None:
        agents, options = flat.agents, flat.options
        self.flat = flat
        self.home: list[Spot] = list(zip(agents.place.tolist(), agents.x.tolist(), agents.y.tolist(), strict=True))
        self.spot: list[Spot] = list(zip(options.place.tolist(), options.x.tolist(), options.y.tolist(), strict=True))
        spots = zip(agents.busy_place.tolist(), agents.busy_x.tolist(), agents.busy_y.tolist(), strict=True)
        busy = list(zip(spots, agents.busy_start.tolist(), agents.busy_end.tolist(), strict=True))
        ends = agents.busy_first.tolist()
        self.busy: list[list[tuple[Spot, int, int]]] = [busy[ends[n] : ends[n + 1]] for n in range(flat.size)]
        self.start: list[int] = agents.start.tolist()
        self.end: list[int] = agents.end.tolist()
        self.minutes: list[int] = agents.minutes.tolist()
        self.visits: list[int] = agents.visits.tolist()
        self.first: list[int] = options.first.tolist()
        self.last: list[int] = options.last.tolist()
        self.seconds: list[int] = options.seconds.tolist()
        self.length: list[int] = options.minutes.tolist()
        self.unit: list[int] = options.unit.tolist()
        self.value: list[float] = options.value.tolist()
        self.row: list[int] = options.row.tolist()
        self.must: list[int] = options.must.tolist()
        self.agent: list[int] = options.agent.tolist()

    def way(self, one: Spot, other: Spot) -> int:
        """Seconds on the way."""
        detour, speed, fixed, here = self.flat.walk
        if one[0] == other[0]:
            return here
        return fixed + math.ceil(detour * math.hypot(one[1] - other[1], one[2] - other[2]) / speed)

    def day(self, agent: int, options: Sequence[int]) -> Day | None:
        """The day with these options in this order, each as early as can be; None where it does not work out."""
        if len(options) > self.visits[agent] or sum(self.length[o] for o in options) > self.minutes[agent]:
            return None
        if not options:
            return Day(agent)
        try:
            return self._walked(agent, options)
        except _TooLate:
            return None

    def _walked(self, agent: int, options: Sequence[int]) -> Day:
        now, here, walk = self.start[agent], self.home[agent], 0
        waiting = list(reversed(self.busy[agent]))
        starts: list[int] = []
        for option in options:
            at = self._start(option, now, here, waiting)
            while at is None:
                now, here, walk = self._attend(waiting, now, here, walk)
                at = self._start(option, now, here, waiting)
            walk += self.way(here, self.spot[option])
            starts.append(at)
            now, here = at + self.seconds[option], self.spot[option]
        while waiting:
            now, here, walk = self._attend(waiting, now, here, walk)
        back = self.way(here, self.home[agent])
        if now + back > self.end[agent]:
            raise _TooLate
        value = sum(self.value[option] for option in options) - walk - back
        return Day(agent, tuple(options), tuple(starts), walk + back, value)

    def _attend(self, waiting: list[tuple[Spot, int, int]], now: int, here: Spot, walk: int) -> tuple[int, Spot, int]:
        """After the next busy stretch.  Raises `_TooLate` where there is none, or it is missed."""
        if not waiting:
            raise _TooLate
        spot, begin, end = waiting.pop()
        way = self.way(here, spot)
        if now + way > begin:
            raise _TooLate
        return end, spot, walk + way

    def _start(self, option: int, now: int, here: Spot, waiting: list[tuple[Spot, int, int]]) -> int | None:
        """The start that is possible before the next busy stretch, if any."""
        at = max(self.first[option], -(-(now + self.way(here, self.spot[option])) // QUARTER) * QUARTER)
        if at > self.last[option]:
            return None
        if waiting:
            spot, begin, _ = waiting[-1]
            if at + self.seconds[option] + self.way(self.spot[option], spot) > begin:
                return None
        return at

    def insert(self, day: Day, option: int) -> Day | None:
        """The best day with one more option somewhere in it."""
        if any(self.unit[one] == self.unit[option] for one in day.options):
            return None
        if self.length[option] + sum(self.length[one] for one in day.options) > self.minutes[day.agent]:
            return None
        found = [self.day(day.agent, (*day.options[:n], option, *day.options[n:])) for n in range(len(day.options) + 1)]
        return max((one for one in found if one is not None), key=lambda one: one.value, default=None)
