"""Which helper could serve which request on one day: the hard rules of a pair, asked of all pairs at once.

The rules are those of rules/hard.py (test_match_pairs compares them one by one); here they are array operations because
a district has a hundred million pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timebank.matching.rules.day import DayHelper, Instance, Request
from timebank.matching.rules.model import QUARTER

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
ALL = slice(None)


@dataclass(frozen=True)
class Promised:
    """Promises of an earlier plan: request number to (helper numbers, start).

    ``kept`` requests are served by these helpers from this start and by nobody else; for the others staying as promised
    is worth ``stay_seconds``.
    """

    visits: Mapping[int, tuple[tuple[int, ...], int]] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()
    stay_seconds: int = 0


class Pairs:
    """The possible pairs of a day."""

    def __init__(self, day: Instance, promised: Promised | None = None) -> None:
        self.day, self.promised = day, promised or Promised()
        self.place_number = {name: number for number, name in enumerate(day.places)}
        self.place_x = np.array([place.x for place in day.places.values()], dtype=np.float64)
        self.place_y = np.array([place.y for place in day.places.values()], dtype=np.float64)
        self.home = np.array([self.place_number[one.place] for one in day.helpers], dtype=np.int64)
        self.musts = np.zeros(len(day.helpers), dtype=np.int64)
        self._requests()

    def _requests(self) -> None:
        asked = self.day.requests
        self.at = np.array([self.place_number[one.place] for one in asked], dtype=np.int64)
        self.x = self.place_x[self.at] if len(asked) else np.zeros(0)
        self.y = self.place_y[self.at] if len(asked) else np.zeros(0)
        self.minutes = np.array([one.minutes for one in asked], dtype=np.int64)
        self.earliest = np.array([one.earliest_start for one in asked], dtype=np.int64)
        self.latest = np.array([one.latest_start for one in asked], dtype=np.int64)
        self.need = np.array([one.helpers_needed for one in asked], dtype=np.int64)
        self.services, self.service = _codes([one.service for one in asked])
        self.sexes, self.sex = _codes([one.helper_sex for one in asked])
        self.languages, self.language = _codes([one.language for one in asked])
        self.number = {one.id: number for number, one in enumerate(asked)}
        self.open = np.ones(len(asked), dtype=bool)
        self.of_recipient: dict[str, list[int]] = {}
        self.usual: dict[str, list[int]] = {}
        self.pins: dict[str, list[int]] = {}
        for number, one in enumerate(asked):
            self.of_recipient.setdefault(one.recipient, []).append(number)
            if one.usual_helper is not None:
                self.usual.setdefault(one.usual_helper, []).append(number)
            self._pin(number, one)

    def _pin(self, number: int, one: Request) -> None:
        names = one.pinned
        if number in self.promised.kept:
            names = tuple(self.day.helpers[helper].id for helper in self.promised.visits[number][0])
        if names is None:
            return
        self.open[number] = False
        for name in names:
            self.pins.setdefault(name, []).append(number)
            self.musts[self.day.number[name]] += 1

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The options of the day, ordered by helper and request."""
        parts = [self._of(number, helper) for number, helper in enumerate(self.day.helpers)]
        agent = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
        columns = [np.concatenate([part[n] for part in parts]) if parts else np.zeros(0) for n in range(5)]
        unit, first, last, bonus, must = (column.astype(np.int64) for column in columns)
        return {
            "agent": agent.astype(np.int64),
            "unit": unit,
            "first": first,
            "last": last,
            "seconds": self.minutes[unit] * 60,
            "minutes": self.minutes[unit],
            "place": self.at[unit],
            "x": self.x[unit],
            "y": self.y[unit],
            "bonus": bonus,
            "must": must,
        }

    def suitable(self, helper: DayHelper) -> Mask:
        """Requests whose skill, sex and language the helper meets."""
        return (
            self.skilled(helper)
            & _known(self.sexes, (helper.sex, None))[self.sex]
            & _known(self.languages, (*helper.languages, None))[self.language]
        )

    def skilled(self, helper: DayHelper) -> Mask:
        """Requests for a service that the helper offers."""
        return _known(self.services, helper.skills)[self.service]

    def near(self, helper: DayHelper, which: NDArray[Any] | slice = ALL) -> Mask:
        """Requests (of those in question) within the helper's reach."""
        return self._metres(helper, which) <= helper.max_distance_m

    def blocked(self, helper: DayHelper) -> list[int]:
        """Requests of recipients the helper is kept apart from, and those barred by the caller."""
        apart = [number for name in helper.blocked for number in self.of_recipient.get(name, ())]
        return apart + [self.number[name] for name in helper.barred if name in self.number]

    def _metres(self, helper: DayHelper, which: NDArray[Any] | slice = ALL) -> Floats:
        home = self.day.places[helper.place]
        found: Floats = self.day.travel.detour * np.hypot(self.x[which] - home.x, self.y[which] - home.y)
        return found

    def _of(self, number: int, helper: DayHelper) -> tuple[Ints, ...]:
        open_ = self.open
        pins = self.pins.get(helper.id)
        if pins:
            open_ = open_.copy()
            open_[pins] = True
        mask = open_ & self.suitable(helper)
        mask &= self.near(helper)
        apart = self.blocked(helper)
        if apart:
            mask[apart] = False
        unit: Ints = np.flatnonzero(mask & (self.minutes <= helper.max_minutes))
        if helper.max_visits < 1:
            unit = unit[:0]
        first, last = self._window(helper, unit)
        fits = first <= last
        return self._options(number, helper, unit[fits], first[fits], last[fits])

    def _window(self, helper: DayHelper, unit: Ints) -> tuple[Ints, Ints]:
        travel = self.day.travel
        home = self.day.places[helper.place]
        metres = travel.detour * np.hypot(self.x[unit] - home.x, self.y[unit] - home.y)
        walk = travel.fixed_seconds + np.ceil(metres / travel.metres_per_second).astype(np.int64)
        walk[self.at[unit] == self.place_number[helper.place]] = travel.same_place_seconds
        first = np.maximum(self.earliest[unit], helper.start + walk)
        last = np.minimum(self.latest[unit], helper.end - walk - self.minutes[unit] * 60)
        return -(-first // QUARTER) * QUARTER, last // QUARTER * QUARTER

    def _options(self, number: int, helper: DayHelper, unit: Ints, first: Ints, last: Ints) -> tuple[Ints, ...]:
        """One option for each pair; one for each start where the moment matters (shared requests, promises)."""
        usual = np.isin(unit, self.usual.get(helper.id, ()))
        bonus: Ints = np.where(usual, self.day.continuity_seconds, 0)
        must: Ints = np.isin(unit, self.pins.get(helper.id, ())).astype(np.int64)
        unit, first, last, bonus, must = _spread(self.need[unit] > 1, unit, first, last, bonus, must)
        if not self.promised.visits:
            return unit, first, last, bonus, must
        return self._stay(number, unit, first, last, bonus, must)

    def _stay(self, number: int, unit: Ints, first: Ints, last: Ints, bonus: Ints, must: Ints) -> tuple[Ints, ...]:
        """What was promised gets an option at its own start, worth more; what is kept has no other."""
        rows: list[tuple[int, int, int, int, int]] = []
        for one in zip(unit.tolist(), first.tolist(), last.tolist(), bonus.tolist(), must.tolist(), strict=True):
            rows += self._promised_option(number, *one)
        table = np.array(rows, dtype=np.int64).reshape(-1, 5)
        return tuple(table[:, column] for column in range(5))

    def _promised_option(
        self, number: int, unit: int, first: int, last: int, bonus: int, must: int
    ) -> list[tuple[int, int, int, int, int]]:
        helpers, start = self.promised.visits.get(unit, ((), -1))
        here = number in helpers and first <= start <= last
        if unit in self.promised.kept:
            return [(unit, start, start, bonus, must)] if here else []
        if not here:
            return [(unit, first, last, bonus, must)]
        share = self.promised.stay_seconds // len(helpers)
        stay = (unit, start, start, bonus + share, must)
        return [stay] if first == last else [(unit, first, last, bonus, must), stay]


def _codes(names: list[str | None] | list[str]) -> tuple[list[str | None], Ints]:
    known: dict[str | None, int] = {}
    found = [known.setdefault(name, len(known)) for name in names]
    return list(known), np.array(found, dtype=np.int64)


def _known(names: list[str | None], allowed: Collection[str | None]) -> Mask:
    return np.array([name in allowed for name in names], dtype=np.bool_)


def _spread(which: Mask, unit: Ints, first: Ints, last: Ints, *rest: Ints) -> tuple[Ints, ...]:
    """Options of shared requests, once for each start."""
    if not which.any():
        return (unit, first, last, *rest)
    times = np.where(which, (last - first) // QUARTER + 1, 1)
    index = np.repeat(np.arange(len(unit)), times)
    step = np.arange(len(index)) - np.repeat(np.cumsum(times) - times, times)
    starts = first[index] + step * QUARTER
    ends = np.where(which[index], starts, last[index])
    return (unit[index], starts, ends, *(array[index] for array in rest))
