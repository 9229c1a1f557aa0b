"""A day (or the days of a week) as arrays: who could do what, when, and what it is worth.

An *agent* is a helper on one day, a *unit* a request, an *option* one agent serving one unit within a window of starts.
A unit for one helper has one row of the master program; a unit for several has one for each quarter hour it could
start at, with an option of its own, so that all its helpers agree on the moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timebank.matching.planner.pairs import Pairs, Promised
from timebank.matching.rules.day import DayHelper, Instance, Request
from timebank.matching.rules.model import QUARTER

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Agents:
    """By agent; options of agent a are ``first[a]:first[a + 1]``, its busy stretches likewise of ``busy_first``."""

    day: Ints
    helper: Ints
    place: Ints
    x: Floats
    y: Floats
    start: Ints
    end: Ints
    minutes: Ints
    visits: Ints
    musts: Ints  # how many pinned units every day of this agent contains
    first: Ints
    busy_first: Ints
    busy_place: Ints
    busy_x: Floats
    busy_y: Floats
    busy_start: Ints
    busy_end: Ints


@dataclass(frozen=True)
class Options:
    """By option.  ``value``: what it brings to a day beside the unit's row (seconds); ``row``: which row it fills."""

    agent: Ints
    unit: Ints
    row: Ints
    first: Ints  # earliest and last start, full quarter hours
    last: Ints
    seconds: Ints
    minutes: Ints
    place: Ints
    x: Floats
    y: Floats
    value: Floats
    must: Ints


@dataclass(frozen=True)
class Rows:
    """Rows of units.  A row of a single unit may be filled once; rows of a shared unit ``need`` times or not at all."""

    unit: Ints
    need: Ints
    start: Ints  # of a shared unit; -1 otherwise
    value: Floats  # of a shared unit, when it is served


@dataclass(frozen=True)
class Flat:
    """Everything the search needs."""

    days: tuple[Instance, ...]
    agents: Agents
    options: Options
    rows: Rows
    unit_day: Ints
    unit_request: Ints
    unit_value: Floats
    unit_need: Ints
    walk: tuple[float, float, int, int]  # detour, metres per second, fixed, same place
    week_of: Ints  # by agent: number of its weekly cap, or -1
    week_minutes: Floats

    @property
    def size(self) -> int:
        """How many agents."""
        return len(self.agents.day)

    def helper(self, agent: int) -> DayHelper:
        """Who an agent is."""
        return self.days[int(self.agents.day[agent])].helpers[int(self.agents.helper[agent])]

    def request(self, unit: int) -> Request:
        """What a unit is."""
        return self.days[int(self.unit_day[unit])].requests[int(self.unit_request[unit])]


def flatten(
    days: Sequence[Instance], week_minutes: Mapping[str, int] | None = None, promised: Promised | None = None
) -> Flat:
    """The arrays of some days."""
    pairs = [Pairs(day, promised if number == 0 else None) for number, day in enumerate(days)]
    return _Builder(tuple(days), pairs, dict(week_minutes or {})).build()


class _Builder:
    def __init__(self, days: tuple[Instance, ...], pairs: list[Pairs], week: dict[str, int]) -> None:
        self.days, self.pairs, self.week = days, pairs, week
        counts = [len(day.requests) for day in days]
        self.unit_offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.place_offset = np.concatenate([[0], np.cumsum([len(day.places) for day in days])]).astype(np.int64)

    def build(self) -> Flat:
        needs = np.array([one.helpers_needed for day in self.days for one in day.requests], dtype=np.int64)
        values = [float(one.weight * day.weight_seconds) for day in self.days for one in day.requests]
        rows, options = self._rows_and_options(needs, np.array(values))
        agents = self._agents(options)
        travel = self.days[0].travel
        week_of, caps = self._weeks()
        return Flat(
            days=self.days,
            agents=agents,
            options=options,
            rows=rows,
            unit_day=np.repeat(np.arange(len(self.days)), [len(day.requests) for day in self.days]),
            unit_request=np.concatenate([np.arange(len(day.requests)) for day in self.days]).astype(np.int64),
            unit_value=np.array(values),
            unit_need=needs,
            walk=(travel.detour, travel.metres_per_second, travel.fixed_seconds, travel.same_place_seconds),
            week_of=week_of,
            week_minutes=caps,
        )

    def _weeks(self) -> tuple[Ints, Floats]:
        number = {name: place for place, name in enumerate(self.week)}
        of = [number.get(one.id, -1) for day in self.days for one in day.helpers]
        return np.array(of, dtype=np.int64), np.array(list(self.week.values()), dtype=np.float64)

    def _rows_and_options(self, needs: Ints, values: Floats) -> tuple[Rows, Options]:
        found = self._pair_arrays()
        unit, start = found["unit"], found["first"]
        shared = needs[unit] > 1
        keys = np.where(shared, unit * 1_000 + start // QUARTER, unit * 1_000 + 999)
        known, row = np.unique(keys, return_inverse=True)
        filled = np.bincount(row, minlength=len(known))
        row_unit = known // 1_000
        enough = filled >= needs[row_unit]
        keep = enough[row]
        number = np.cumsum(enough) - 1
        found = {name: array[keep] for name, array in found.items()}
        single = ~shared[keep]
        value = found.pop("bonus") + np.where(single, values[found["unit"]], 0.0)
        units = row_unit[enough]
        both = needs[units] > 1
        starts = np.where(both, (known[enough] % 1_000) * QUARTER, -1)
        rows = Rows(units, needs[units], starts, np.where(both, values[units], 0.0))
        options = Options(row=number[row[keep]], value=value, **found)
        return rows, options

    def _pair_arrays(self) -> dict[str, NDArray[Any]]:
        parts = []
        agents = 0
        for number, pairs in enumerate(self.pairs):
            part = pairs.arrays()
            part["agent"] = part["agent"] + agents
            part["unit"] = part["unit"] + self.unit_offset[number]
            part["place"] = part["place"] + self.place_offset[number]
            agents += len(self.days[number].helpers)
            parts.append(part)
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _agents(self, options: Options) -> Agents:
        helpers = [(number, one) for number, day in enumerate(self.days) for one in day.helpers]
        homes = np.concatenate([pairs.home for pairs in self.pairs])
        x = np.concatenate([pairs.place_x for pairs in self.pairs])
        y = np.concatenate([pairs.place_y for pairs in self.pairs])
        offset = np.array([self.place_offset[number] for number, _ in helpers], dtype=np.int64)
        place = homes + offset
        busy = [
            (self.place_offset[number] + self.pairs[number].place_number[one.place], one.start, one.end)
            for number, helper in helpers
            for one in helper.busy
        ]
        busy_place = np.array([one[0] for one in busy], dtype=np.int64)
        return Agents(
            day=np.array([number for number, _ in helpers], dtype=np.int64),
            helper=np.concatenate([np.arange(len(day.helpers)) for day in self.days]).astype(np.int64),
            place=place,
            x=x[place] if len(place) else np.zeros(0),
            y=y[place] if len(place) else np.zeros(0),
            start=np.array([one.start for _, one in helpers], dtype=np.int64),
            end=np.array([one.end for _, one in helpers], dtype=np.int64),
            minutes=np.array([self._minutes(one) for _, one in helpers], dtype=np.int64),
            visits=np.array([one.max_visits for _, one in helpers], dtype=np.int64),
            musts=np.concatenate([pairs.musts for pairs in self.pairs]),
            first=np.searchsorted(options.agent, np.arange(len(helpers) + 1)).astype(np.int64),
            busy_first=np.concatenate([[0], np.cumsum([len(one.busy) for _, one in helpers])]).astype(np.int64),
            busy_place=busy_place,
            busy_x=x[busy_place] if len(busy_place) else np.zeros(0),
            busy_y=y[busy_place] if len(busy_place) else np.zeros(0),
            busy_start=np.array([one[1] for one in busy], dtype=np.int64),
            busy_end=np.array([one[2] for one in busy], dtype=np.int64),
        )

    def _minutes(self, helper: DayHelper) -> int:
        """No day is longer than the week."""
        return min(helper.max_minutes, self.week.get(helper.id, helper.max_minutes))
