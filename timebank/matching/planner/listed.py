"""Pricing for a small place: every feasible day is listed once in plain Python, nothing has to be compiled first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.pool import WIDTH
from timebank.matching.planner.pricing import NOTHING, Found
from timebank.matching.planner.walks import Spot, Walker
from timebank.matching.rules.model import QUARTER

MOST = 30_000  # days listed, and steps looked at for them: about a third of a second
MOST_STEPS = 150_000
State = tuple[int, Spot, int, int, int]  # now, here, next busy stretch, minutes left, walked


class TooMany(Exception):  # noqa: N818 - the other way is taken then
    """More days than plain Python lists in a moment."""


class Listed:
    """Every feasible day, the shortest walk for each set of options."""

    def __init__(self, flat: Flat, walker: Walker) -> None:
        """Raises `TooMany`."""
        self.flat, self.walker = flat, walker
        self._steps = 0
        self._days: dict[tuple[int, frozenset[int]], tuple[int, tuple[int, ...], tuple[int, ...]]] = {}
        first = flat.agents.first.tolist()
        for agent in range(flat.size):
            if walker.visits[agent] > WIDTH:
                raise TooMany
            state = (walker.start[agent], walker.home[agent], 0, walker.minutes[agent], 0)
            self._from(agent, range(first[agent], first[agent + 1]), (), (), state)
        self._arrays()

    def _from(self, agent: int, options: range, path: tuple[int, ...], starts: tuple[int, ...], state: State) -> None:
        if len(path) >= self.walker.visits[agent]:
            return
        units = {self.walker.unit[one] for one in path}
        for option in options:
            if self.walker.unit[option] in units or self.walker.length[option] > state[3]:
                continue
            for at, after in self._steps_to(agent, option, state):
                self._steps += 1
                if self._steps > MOST_STEPS or len(self._days) > MOST:
                    raise TooMany
                if self._keep(agent, (*path, option), (*starts, at), after):
                    self._from(agent, options, (*path, option), (*starts, at), after)

    def _steps_to(self, agent: int, option: int, state: State) -> Iterator[tuple[int, State]]:
        """The start of an option after a state, before the next busy stretch or after some of them."""
        now, here, stretch, left, walked = state
        walker, busy = self.walker, self.walker.busy[agent]
        spot, seconds = walker.spot[option], walker.seconds[option]
        while True:
            way = walker.way(here, spot)
            at = max(walker.first[option], -(-(now + way) // QUARTER) * QUARTER)
            if at > walker.last[option]:
                return
            if stretch == len(busy) or at + seconds + walker.way(spot, busy[stretch][0]) <= busy[stretch][1]:
                yield at, (at + seconds, spot, stretch, left - walker.length[option], walked + way)
            if stretch == len(busy):
                return
            there, begin, end = busy[stretch]
            walked += walker.way(here, there)
            if now + walker.way(here, there) > begin:
                return
            now, here, stretch = end, there, stretch + 1

    def _keep(self, agent: int, path: tuple[int, ...], starts: tuple[int, ...], state: State) -> bool:
        """Keeps the day that ends here; False where the helper would not be home in time."""
        now, here, stretch, _, walked = state
        walker = self.walker
        for there, begin, end in walker.busy[agent][stretch:]:
            way = walker.way(here, there)
            if now + way > begin:
                return False
            now, here, walked = end, there, walked + way
        back = walker.way(here, walker.home[agent])
        if now + back > walker.end[agent]:
            return False
        key = (agent, frozenset(path))
        if key not in self._days or self._days[key][0] > walked + back:
            self._days[key] = (walked + back, path, starts)
        return True

    def _arrays(self) -> None:
        walker, nothing = self.walker, len(self.walker.unit)
        whole = [
            (agent, day)
            for (agent, _), day in self._days.items()
            if sum(walker.must[one] for one in day[1]) == self.flat.agents.musts[agent]
        ]
        self.agent: Ints = np.array([agent for agent, _ in whole], dtype=np.int64)
        self.walk: Ints = np.array([day[0] for _, day in whole], dtype=np.int64)
        pad = (nothing,) * WIDTH
        zero = (0,) * WIDTH
        shape = (len(whole), WIDTH)
        self.options: Ints = np.array([(day[1] + pad)[:WIDTH] for _, day in whole], np.int32).reshape(shape)
        self.starts: Ints = np.array([(day[2] + zero)[:WIDTH] for _, day in whole], np.int32).reshape(shape)

    def best_days(self, profit: Floats, floor: Floats, *, width: int, **_limits: object) -> Found:
        """As `Pricing.best_days`, exact always."""
        worth = np.append(profit, 0.0)[self.options].sum(axis=1) - self.walk
        above = np.flatnonzero(worth > floor[self.agent])
        order = above[np.lexsort((above, -worth[above], self.agent[above]))]
        agent = self.agent[order]
        place = np.arange(len(order)) - np.searchsorted(agent, agent)
        best = np.full(self.flat.size, NOTHING)
        np.maximum.at(best, agent, worth[order])
        kept = order[place < width]
        return Found(self.agent[kept], self.options[kept], self.starts[kept], self.walk[kept], worth[kept], best, best)
