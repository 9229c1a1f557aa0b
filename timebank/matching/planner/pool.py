"""The columns found so far: feasible days of agents, as arrays that grow."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.walks import Day

WIDTH = 16  # options in a day at most


class Pool:
    """Columns by number; ``options`` is padded with the number of options (an option that is worth nothing)."""

    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.nothing = len(flat.options.unit)
        dice = np.random.default_rng(7)
        self._marks = dice.integers(1, 2**62, self.nothing + 1)
        self._marks[-1] = 0
        self._agent_marks = dice.integers(1, 2**62, flat.size)
        self._seen: dict[int, int] = {}  # mark to number
        self.count = 0
        self.agent: Ints = np.zeros(1024, np.int64)
        self.value: Floats = np.zeros(1024)
        self.walk: Ints = np.zeros(1024, np.int64)
        self.options: Ints = np.full((1024, WIDTH), self.nothing, np.int32)
        self.starts: Ints = np.zeros((1024, WIDTH), np.int32)
        self._value = np.append(flat.options.value, 0.0)

    def add(self, agent: Ints, options: Ints, starts: Ints, walk: Ints) -> int:
        """Adds the columns that are new; how many there were."""
        fresh: list[int] = []
        for number, mark in enumerate(self._mark(agent, options, walk)):
            if mark not in self._seen:
                self._seen[mark] = self.count + len(fresh)
                fresh.append(number)
        if fresh:
            self._append(agent[fresh], options[fresh], starts[fresh], walk[fresh])
        return len(fresh)

    def add_days(self, days: Iterable[Day]) -> int:
        """Adds days made elsewhere."""
        agent, options, starts, walk = self._of_days(days)
        return self.add(agent, options, starts, walk)

    def numbers(self, days: Iterable[Day]) -> Ints:
        """The columns that are these days."""
        agent, options, _, walk = self._of_days(days)
        return np.array([self._seen[mark] for mark in self._mark(agent, options, walk)], dtype=np.int64)

    def _mark(self, agent: Ints, options: Ints, walk: Ints) -> list[int]:
        marks: list[int] = (self._marks[options].sum(axis=1) + self._agent_marks[agent] + walk).tolist()
        return marks

    def _of_days(self, days: Iterable[Day]) -> tuple[Ints, Ints, Ints, Ints]:
        found = [day for day in days if day.options]
        options = np.full((len(found), WIDTH), self.nothing, np.int32)
        starts = np.zeros((len(found), WIDTH), np.int32)
        for number, day in enumerate(found):
            options[number, : len(day.options)] = day.options
            starts[number, : len(day.options)] = day.starts
        agent = np.array([day.agent for day in found], dtype=np.int64)
        return agent, options, starts, np.array([day.walk for day in found], dtype=np.int64)

    def _append(self, agent: Ints, options: Ints, starts: Ints, walk: Ints) -> None:
        last = self.count + len(agent)
        if last > len(self.agent):
            self._grow(max(last, 2 * len(self.agent)))
        here = slice(self.count, last)
        self.agent[here], self.walk[here] = agent, walk
        self.options[here], self.starts[here] = options, starts
        self.value[here] = self._value[options].sum(axis=1) - walk
        self.count = last

    def _grow(self, size: int) -> None:
        more = size - len(self.agent)
        self.agent = np.concatenate([self.agent, np.zeros(more, np.int64)])
        self.value = np.concatenate([self.value, np.zeros(more)])
        self.walk = np.concatenate([self.walk, np.zeros(more, np.int64)])
        self.options = np.concatenate([self.options, np.full((more, WIDTH), self.nothing, np.int32)])
        self.starts = np.concatenate([self.starts, np.zeros((more, WIDTH), np.int32)])

    def worth(self, profit: Floats) -> Floats:
        """What each column is worth at given profits of options."""
        padded = np.append(profit, 0.0)
        found: Floats = padded[self.options[: self.count]].sum(axis=1) - self.walk[: self.count]
        return found

    def best_by_agent(self, worth: Floats, empty: float) -> Floats:
        """The best known worth of each agent; ``empty`` where there is none."""
        best = np.full(self.flat.size, empty)
        np.maximum.at(best, self.agent[: self.count], worth)
        return best

    def day(self, column: int) -> Day:
        """A column as a day."""
        size = int((self.options[column] < self.nothing).sum())
        return Day(
            int(self.agent[column]),
            tuple(self.options[column, :size].tolist()),
            tuple(self.starts[column, :size].tolist()),
            int(self.walk[column]),
            float(self.value[column]),
        )
