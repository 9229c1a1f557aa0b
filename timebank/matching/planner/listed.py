"""Pricing for a small place: every feasible day is listed once, with arrays; nothing has to be compiled first."""

from __future__ import annotations

import numpy as np

from timebank.matching.planner.cuts import Cuts
from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.pairs import Mask
from timebank.matching.planner.pool import WIDTH
from timebank.matching.planner.prices import Prices
from timebank.matching.planner.pricing import NOTHING, Found
from timebank.matching.rules.model import QUARTER

MOST = 200_000  # days made on the way, and a tenth of those looked at: a quarter of a second


class TooMany(Exception):
    """More days than are listed in a moment."""


class _Days:
    """Days of the same number of visits, not home yet: one row for each."""

    def __init__(self, agent: Ints, now: Ints, place: Ints, stretch: Ints, left: Ints, walk: Ints) -> None:
        self.agent, self.now, self.place, self.stretch, self.left, self.walk = agent, now, place, stretch, left, walk
        self.options = np.zeros((len(agent), 0), np.int64)
        self.starts = np.zeros((len(agent), 0), np.int64)

    def take(self, which: Ints) -> _Days:
        found = _Days(*(one[which] for one in (self.agent, self.now, self.place, self.stretch, self.left, self.walk)))
        found.options, found.starts = self.options[which], self.starts[which]
        return found


class Listed:
    """Every feasible day, the shortest walk for each set of options.

    Places are agents' homes, options and busy stretches, in this order, in one table of coordinates.
    """

    def __init__(self, flat: Flat) -> None:
        """Raises `TooMany`."""
        agents, options = flat.agents, flat.options
        if len(agents.visits) and agents.visits.max() > WIDTH:
            raise TooMany
        self.flat = flat
        self.where = np.concatenate([agents.place, options.place, agents.busy_place])
        self.x = np.concatenate([agents.x, options.x, agents.busy_x])
        self.y = np.concatenate([agents.y, options.y, agents.busy_y])
        self.of_option, self.of_busy = flat.size, flat.size + len(options.unit)
        self.budget = MOST
        size = np.arange(flat.size)
        days = _Days(size, agents.start, size, agents.busy_first[:-1], agents.minutes, np.zeros(flat.size, np.int64))
        found = [days] if not flat.size else []  # nobody there: no day of anybody
        while len(days.agent):
            days = self._longer(days)
            found.append(self._home(days))
            days = days.take(np.flatnonzero(agents.visits[days.agent] > days.options.shape[1]))
        self._arrays(found)

    def _spend(self, days: int) -> None:
        self.budget -= days
        if self.budget < 0:
            raise TooMany

    def _way(self, one: Ints, other: Ints) -> Ints:
        detour, speed, fixed, here = self.flat.walk
        metres = np.hypot(self.x[one] - self.x[other], self.y[one] - self.y[other])
        seconds = fixed + np.ceil(detour * metres / speed).astype(np.int64)
        return np.where(self.where[one] == self.where[other], here, seconds)

    def _longer(self, days: _Days) -> _Days:
        """Every day with one more option, before the next busy stretch or after some of them."""
        parts = []
        while len(days.agent):
            parts.append(self._next(days))
            days = self._attend(days)
        made = _Days(*(np.concatenate([getattr(one, name) for one in parts]) for name in _NAMES))
        made.options = np.concatenate([one.options for one in parts])
        made.starts = np.concatenate([one.starts for one in parts])
        self._spend(len(made.agent))
        return made

    def _next(self, days: _Days) -> _Days:
        agents, options = self.flat.agents, self.flat.options
        count = agents.first[days.agent + 1] - agents.first[days.agent]
        self._spend(int(count.sum()) // 10)
        row = np.repeat(np.arange(len(count)), count)
        option = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + agents.first[days.agent][row]
        keep = options.minutes[option] <= days.left[row]
        for column in days.options.T:
            keep = keep & (options.unit[column][row] != options.unit[option])
        row, option = row[keep], option[keep]
        way = self._way(days.place[row], self.of_option + option)
        at = np.maximum(options.first[option], -(-(days.now[row] + way) // QUARTER) * QUARTER)
        end = at + options.seconds[option]
        keep = (at <= options.last[option]) & self._in_time(end, self.of_option + option, days.stretch[row], option)
        row, option, at, end, way = row[keep], option[keep], at[keep], end[keep], way[keep]
        left = days.left[row] - options.minutes[option]
        made = _Days(days.agent[row], end, self.of_option + option, days.stretch[row], left, days.walk[row] + way)
        made.options = np.column_stack([days.options[row], option])
        made.starts = np.column_stack([days.starts[row], at])
        return made

    def _in_time(self, end: Ints, place: Ints, stretch: Ints, option: Ints) -> Mask:
        """In time for the next busy stretch, or for home."""
        agents = self.flat.agents
        agent = self.flat.options.agent[option]
        busy = stretch < agents.busy_first[agent + 1]
        target = np.where(busy, self.of_busy + stretch, agent)
        begin = np.append(agents.busy_start, 0)[np.minimum(stretch, len(agents.busy_start))]
        limit = np.where(busy, begin, agents.end[agent])
        found: Mask = end + self._way(place, target) <= limit
        return found

    def _attend(self, days: _Days) -> _Days:
        """Those with a busy stretch before them, after it."""
        agents = self.flat.agents
        days = days.take(np.flatnonzero(days.stretch < agents.busy_first[days.agent + 1]))
        way = self._way(days.place, self.of_busy + days.stretch)
        fits = np.flatnonzero(days.now + way <= agents.busy_start[days.stretch])
        days, way = days.take(fits), way[fits]
        days.walk = days.walk + way
        days.now, days.place = agents.busy_end[days.stretch], self.of_busy + days.stretch
        days.stretch = days.stretch + 1
        return days

    def _home(self, days: _Days) -> _Days:
        done = days
        while True:
            more = np.flatnonzero(done.stretch < self.flat.agents.busy_first[done.agent + 1])
            if not len(more):
                break
            rest = np.setdiff1d(np.arange(len(done.agent)), more)
            ready, after = done.take(rest), self._attend(done.take(more))
            joined = _Days(*(np.concatenate([getattr(ready, name), getattr(after, name)]) for name in _NAMES))
            joined.options = np.concatenate([ready.options, after.options])
            joined.starts = np.concatenate([ready.starts, after.starts])
            done = joined
        back = self._way(done.place, done.agent)
        fits = np.flatnonzero(done.now + back <= self.flat.agents.end[done.agent])
        done = done.take(fits)
        done.walk = done.walk + back[fits]
        must = self.flat.options.must[done.options].sum(axis=1) if done.options.size else np.zeros(len(done.agent))
        return done.take(np.flatnonzero(must == self.flat.agents.musts[done.agent]))

    def _arrays(self, found: list[_Days]) -> None:
        nothing = len(self.flat.options.unit)
        self.agent: Ints = np.concatenate([one.agent for one in found])
        walk = np.concatenate([one.walk for one in found])
        options = np.full((len(self.agent), WIDTH), nothing, np.int32)
        starts = np.zeros((len(self.agent), WIDTH), np.int32)
        row = 0
        for one in found:
            count, size = one.options.shape
            options[row : row + count, :size] = one.options
            starts[row : row + count, :size] = one.starts
            row += count
        keys = np.sort(options, axis=1)
        order = np.lexsort((walk, *keys.T, self.agent))
        same = (keys[order][1:] == keys[order][:-1]).all(axis=1) & (self.agent[order][1:] == self.agent[order][:-1])
        kept = np.sort(order[np.concatenate([[True], ~same])]) if len(order) else order
        self.agent, self.walk = self.agent[kept], walk[kept]
        self.options, self.starts = options[kept], starts[kept]

    def best_days(
        self, profit: Floats, floor: Floats, cuts: Cuts, prices: Prices, *, width: int, **_limits: object
    ) -> Found:
        """As `Pricing.best_days`, exact always."""
        worth = np.append(profit, 0.0)[self.options].sum(axis=1) - self.walk
        if len(prices.weekly):
            worth -= cuts.weeks.toll(prices.weekly)[self.agent, cuts.weeks.steps(self.options)]
        if len(prices.triple):
            near = np.flatnonzero(worth > floor[self.agent])
            worth[near] -= cuts.penalty(self.agent[near], self.options[near], prices.triple)
        above = np.flatnonzero(worth > floor[self.agent])
        order = above[np.lexsort((above, -worth[above], self.agent[above]))]
        agent = self.agent[order]
        place = np.arange(len(order)) - np.searchsorted(agent, agent)
        best = np.full(self.flat.size, NOTHING)
        np.maximum.at(best, agent, worth[order])
        kept = order[place < width]
        return Found(self.agent[kept], self.options[kept], self.starts[kept], self.walk[kept], worth[kept], best, best)


_NAMES = ("agent", "now", "place", "stretch", "left", "walk")
