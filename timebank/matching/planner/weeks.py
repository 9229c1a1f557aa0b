"""Cuts on the hours of a week: what a helper's days may be worth together, if none of them is taken by halves.

The linear program fills a weekly cap with parts of days; a whole week has room for two to five visits.  For each helper
whose days in the program are no mixture of whole weeks an inequality is found that says so: days of ``k`` minutes count
``worth[day, k]``, and no week within the cap counts more than 1 (a facet of the knapsack, lifted to all minutes).
"""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np

from timebank.matching.planner.flat import Flat, Floats, Ints

BROKEN = 0.01  # by how much a week breaks what is added
FINEST = 400  # steps in a cap: finer minutes are not cut
MOST_WEEKS = 4_000  # looked at for one helper


class WeekCuts:
    """The cuts of all weekly caps.  Minutes are counted in steps: what all visits share."""

    def __init__(self, flat: Flat) -> None:
        minutes = flat.options.minutes
        self.step = max(1, int(np.gcd.reduce(minutes))) if len(minutes) else 1
        self.most = int(flat.agents.minutes.max(initial=0)) // self.step
        self.minutes = np.append(minutes, 0)
        self.size = flat.size
        self.caps: list[int] = (flat.week_minutes // self.step).astype(np.int64).tolist()
        self.days = [np.flatnonzero(flat.week_of == week) for week in range(len(self.caps))]
        self.count = 0
        self._agents: list[Ints] = []  # of each cut
        self._worth: list[Floats] = []
        self._tables()

    def _tables(self) -> None:
        """Pairs of an agent and a cut, ordered by agent; what the minutes of the agent's day count."""
        agent = np.concatenate([np.zeros(0, np.int64), *self._agents])
        cut = np.repeat(np.arange(self.count), [len(agents) for agents in self._agents])
        order = np.argsort(agent, kind="stable")
        self.pair_agent, self.pair_cut = agent[order], cut[order]
        self.pair_worth = np.concatenate([np.zeros((0, self.most + 1)), *self._worth])[order]
        self.first = np.searchsorted(self.pair_agent, np.arange(self.size + 1))

    def steps(self, options: Ints) -> Ints:
        """Minutes of columns, in steps."""
        found: Ints = self.minutes[options].sum(axis=1) // self.step
        return found

    def entries(self, agent: Ints, options: Ints) -> tuple[Ints, Ints, Floats]:
        """What columns count in cuts: columns, cuts, values."""
        count = self.first[agent + 1] - self.first[agent]
        column = np.repeat(np.arange(len(agent)), count)
        pair = np.arange(len(column)) - np.repeat(np.cumsum(count) - count, count) + self.first[agent][column]
        value = self.pair_worth[pair, self.steps(options)[column]]
        kept = value > 0
        return column[kept], self.pair_cut[pair[kept]], value[kept]

    def toll(self, price: Floats) -> Floats:
        """What a day costs at prices of the cuts, by agent and minutes (in steps); never less for more minutes."""
        found = np.zeros((self.size, self.most + 1))
        known = self.pair_cut < len(price)
        np.add.at(found, self.pair_agent[known], price[self.pair_cut[known]][:, None] * self.pair_worth[known])
        return found

    def separate(self, agent: Ints, options: Ints, shares: Floats) -> int:
        """Adds a cut for each helper whose shares of days are no mixture of weeks; how many there were."""
        shared = np.zeros((self.size, self.most + 1))
        if self.caps:
            np.add.at(shared, (agent, self.steps(options)), shares)
        pairs = zip(self.caps, self.days, strict=True)
        return self.add([_broken(shared[days], cap) if cap <= FINEST else None for cap, days in pairs])

    def add(self, worths: Sequence[Floats | None]) -> int:
        """Adds the cuts found, one at most for each cap: worths by day and minutes; how many there were."""
        found = [(days, worth) for days, worth in zip(self.days, worths, strict=True) if worth is not None]
        self._agents += [days for days, _ in found]
        self._worth += [worth for _, worth in found]
        self.count += len(found)
        if found:
            self._tables()
        return len(found)


def _broken(shared: Floats, cap: int) -> Floats | None:
    """The inequality that these shares of a week (by day and minutes) break most; None: they break none by much."""
    some = shared > 1e-6
    some[:, 0] = False
    day, minutes = np.nonzero(some)
    share = shared[day, minutes]
    if not len(day) or np.where(some, np.arange(some.shape[1]), 0).max(axis=1).sum() <= cap or share.min() > 1 - 1e-6:
        return None
    weeks = _weeks(day, minutes, cap)
    if weeks is None:
        return None
    worth = _dearest(weeks, share)
    if worth @ share <= 1 + BROKEN:
        return None
    table = np.zeros(shared.shape)
    table[day, minutes] = worth
    return lifted(table, cap)


def _weeks(day: Ints, minutes: Ints, cap: int) -> Floats | None:
    """Whole weeks of these days, a row for each that has no room for one more day; None: too many."""
    chosen, used = np.zeros((1, len(day))), np.zeros(1, np.int64)
    for one in np.unique(day):
        parts, sums = [chosen], [used]
        for place in np.flatnonzero(day == one):
            fits = used + minutes[place] <= cap
            more = chosen[fits]
            more[:, place] = 1.0
            parts.append(more)
            sums.append(used[fits] + minutes[place])
        chosen, used = np.concatenate(parts), np.concatenate(sums)
        if len(used) > MOST_WEEKS:
            return None
    room = np.zeros(len(used), bool)
    for one in np.unique(day):
        its = day == one
        room |= (chosen[:, its].sum(axis=1) == 0) & (used + minutes[its].min() <= cap)
    found: Floats = chosen[~room]
    return found


def _dearest(weeks: Floats, share: Floats) -> Floats:
    """Worths of days at which the shares are worth most and no week more than 1."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    size = len(share)
    none = np.zeros(0, np.int32)
    solver.addCols(size, -share, np.zeros(size), np.ones(size), 0, np.zeros(size, np.int32), none, np.zeros(0))
    row, column = np.nonzero(weeks)
    first = np.searchsorted(row, np.arange(len(weeks))).astype(np.int32)
    least = np.full(len(weeks), -highspy.kHighsInf)
    solver.addRows(len(weeks), least, np.ones(len(weeks)), len(row), first, column.astype(np.int32), np.ones(len(row)))
    solver.run()
    return np.array(solver.getSolution().col_value)


def lifted(worth: Floats, cap: int) -> Floats:
    """Worths of days by minutes as high as can be, so that no week within the cap is worth more than 1."""
    found: Floats = np.maximum.accumulate(worth, axis=1) / max(1.0, _most(worth, cap)[cap])
    for day in range(len(found)):
        others = _most(np.delete(found, day, axis=0), cap)
        found[day] = 1 - others[np.maximum(0, cap - np.arange(found.shape[1]))]
        found[day, 0] = 0.0
    highest: float = max(1.0, _most(found, cap)[cap])
    found /= highest  # what floats were off
    return found


def _most(worth: Floats, cap: int) -> Floats:
    """The most that a week of these days is worth, by minutes that it may have."""
    found = np.zeros(cap + 1)
    for one in worth:
        more = found.copy()
        for minutes in (np.flatnonzero(np.diff(one) > 0) + 1).tolist():
            if minutes <= cap:
                more[minutes:] = np.maximum(more[minutes:], found[: cap + 1 - minutes] + one[minutes])
        found = more
    return found
