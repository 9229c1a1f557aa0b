"""A plan at once, as a good coordinator makes it: promises first, then the most urgent, each where it costs least."""

from __future__ import annotations

from collections.abc import Iterable

from timebank.matching.planner.flat import Flat
from timebank.matching.planner.walks import Day, Walker

LOOK = 12  # helpers tried for a request: the nearest who can


class Greedy:
    """Days that grow visit by visit."""

    def __init__(self, flat: Flat, walker: Walker) -> None:
        self.flat, self.walker = flat, walker
        self.days = [Day(agent) for agent in range(flat.size)]
        self.served: set[int] = set()
        self.left: list[float] = flat.week_minutes.tolist()
        self.week: list[int] = flat.week_of.tolist()
        self.of_unit: list[list[int]] = [[] for _ in flat.unit_value]
        for option, unit in enumerate(walker.unit):
            self.of_unit[unit].append(option)
        for options in self.of_unit:
            options.sort(key=self._distance)

    def _distance(self, option: int) -> tuple[int, int]:
        return self.walker.way(self.walker.home[self.walker.agent[option]], self.walker.spot[option]), option

    def run(self) -> list[Day]:
        """The days of all agents.  Agents whose pins did not fit get no day here."""
        weight = self.flat.unit_value.tolist()
        need = self.flat.unit_need.tolist()
        pinned = {self.walker.unit[option] for option, must in enumerate(self.walker.must) if must}
        order = sorted(range(len(weight)), key=lambda unit: (unit not in pinned, -weight[unit] / need[unit], unit))
        for unit in order:
            if unit not in self.served:
                self.serve(unit)
        return self._whole()

    def _whole(self) -> list[Day]:
        """Days that lack a pinned visit are no days, and what they share is not served either."""
        musts = self.flat.agents.musts.tolist()
        bad = [day.agent for day in self.days if sum(self.walker.must[one] for one in day.options) < musts[day.agent]]
        units = {self.walker.unit[option] for agent in bad for option in self.days[agent].options}
        shared = {unit for unit in units if self.flat.unit_need[unit] > 1}
        for day in self.days:
            if day.agent in bad:
                self.days[day.agent] = Day(day.agent)
            elif any(self.walker.unit[option] in shared for option in day.options):
                kept = [option for option in day.options if self.walker.unit[option] not in shared]
                self.days[day.agent] = self.walker.day(day.agent, kept) or Day(day.agent)
        return self.days

    def serve(self, unit: int) -> bool:
        """Serves a unit where that costs least; False where nobody can, or it would cost more than it is worth."""
        if self.flat.unit_need[unit] > 1:
            return self._serve_together(unit)
        best = self._best(self.of_unit[unit])
        if best is None or best[1].value <= best[0].value:
            return False
        self.take([unit], [best[1]])
        return True

    def _best(self, options: Iterable[int]) -> tuple[Day, Day] | None:
        """The day that gains most by one of the options, before and after."""
        found: list[tuple[Day, Day]] = []
        for option in options:
            before = self.days[self.walker.agent[option]]
            after = self._insert(before, option)
            if after is not None:
                found.append((before, after))
            if len(found) >= LOOK:
                break
        return max(found, key=lambda pair: pair[1].value - pair[0].value, default=None)

    def _insert(self, before: Day, option: int) -> Day | None:
        week = self.week[before.agent]
        if week >= 0 and self.walker.length[option] > self.left[week]:
            return None
        return self.walker.insert(before, option)

    def _serve_together(self, unit: int) -> bool:
        need = int(self.flat.unit_need[unit])
        by_start: dict[int, list[int]] = {}
        for option in self.of_unit[unit]:
            by_start.setdefault(self.walker.first[option], []).append(option)
        best: tuple[float, list[Day]] | None = None
        for _, options in sorted(by_start.items()):
            found = self._team(options, need)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        if best is None or best[0] + self.flat.unit_value[unit] <= 0:
            return False
        self.take([unit], best[1])
        return True

    def _team(self, options: list[int], need: int) -> tuple[float, list[Day]] | None:
        found: dict[int, tuple[float, Day]] = {}
        for option in options:
            before = self.days[self.walker.agent[option]]
            after = self._insert(before, option)
            if after is not None:
                gain = after.value - before.value
                found[before.agent] = max((gain, after), found.get(before.agent, (gain, after)), key=lambda one: one[0])
            if len(found) >= LOOK:
                break
        team = sorted(found.values(), key=lambda one: -one[0])[:need]
        return (sum(one[0] for one in team), [one[1] for one in team]) if len(team) == need else None

    def fits_week(self, day: Day) -> bool:
        """A first day of an agent keeps the weekly cap."""
        week = self.week[day.agent]
        return week < 0 or sum(self.walker.length[option] for option in day.options) <= self.left[week]

    def take(self, units: Iterable[int], days: list[Day]) -> None:
        """These days from now on, with units that they serve in addition."""
        self.served.update(units)
        for day in days:
            added = set(day.options) - set(self.days[day.agent].options)
            self.days[day.agent] = day
            if self.week[day.agent] >= 0:
                self.left[self.week[day.agent]] -= sum(self.walker.length[option] for option in added)
