"""From the chosen days of the agents to plans with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from timebank.matching.planner.flat import Flat
from timebank.matching.planner.pairs import Pairs
from timebank.matching.planner.walks import Day, Walker
from timebank.matching.rules.day import (
    ALL_TAKEN,
    BLOCKED,
    NO_SKILL,
    NONE_FREE,
    NONE_NEAR,
    NONE_SUITABLE,
    WOULD_COST_MORE,
    DayPlan,
    PlannedVisit,
)


def plans(flat: Flat, walker: Walker, days: Sequence[Day], bound: int | None, finished: bool) -> list[DayPlan]:
    """One plan for each day; the bound of the whole is split so that the parts add up to it."""
    found = [_plan(flat, walker, days, number) for number in range(len(flat.days))]
    slack = None if bound is None else max(0, bound - sum(plan.objective for plan in found))
    done = []
    for number, plan in enumerate(found):
        share = None if slack is None else slack // len(found) + (slack % len(found) if number == 0 else 0)
        upper = None if share is None else plan.objective + share
        done.append(DayPlan(plan.visits, plan.unserved, plan.objective, upper, plan.travel_seconds, finished=finished))
    return done


def _plan(flat: Flat, walker: Walker, days: Sequence[Day], number: int) -> DayPlan:
    instance = flat.days[number]
    mine = [day for day in days if flat.agents.day[day.agent] == number and day.options]
    visits = _visits(flat, walker, mine)
    served = {visit.request for visit in visits}
    objective = sum(instance.request[name].weight for name in served) * instance.weight_seconds
    objective += sum(
        instance.continuity_seconds for visit in visits if instance.request[visit.request].usual_helper in visit.helpers
    )
    walked = sum(day.walk for day in mine)
    unserved = _reasons(flat, walker, {day.agent: day for day in mine}, number, served)
    return DayPlan(visits, unserved, objective - walked, None, walked)


def _visits(flat: Flat, walker: Walker, days: Sequence[Day]) -> tuple[PlannedVisit, ...]:
    helpers: dict[str, list[str]] = {}
    starts: dict[str, int] = {}
    for day in days:
        for option, start in zip(day.options, day.starts, strict=True):
            name = flat.request(walker.unit[option]).id
            helpers.setdefault(name, []).append(flat.helper(day.agent).id)
            starts[name] = start
    return tuple(PlannedVisit(name, tuple(names), starts[name]) for name, names in helpers.items())


def _reasons(flat: Flat, walker: Walker, days: Mapping[int, Day], number: int, served: set[str]) -> dict[str, str]:
    instance = flat.days[number]
    units = {
        flat.request(unit).id: unit
        for unit in np.flatnonzero(flat.unit_day == number).tolist()
        if flat.request(unit).id not in served
    }
    options: dict[int, list[int]] = {unit: [] for unit in units.values()}
    for option, unit in enumerate(walker.unit):
        if unit in options:
            options[unit].append(option)
    funnel = Funnel(Pairs(instance), [name for name, unit in units.items() if not options[unit]])
    return {
        name: _taken(flat, walker, days, unit, options[unit]) if options[unit] else funnel.reason(name)
        for name, unit in units.items()
    }


def _taken(flat: Flat, walker: Walker, days: Mapping[int, Day], unit: int, options: Sequence[int]) -> str:
    """Somebody could: all are taken, or it would cost more than it brings."""
    need = int(flat.unit_need[unit])
    able: dict[int, set[int]] = {}
    for option in options:
        agent = walker.agent[option]
        if walker.insert(days.get(agent, Day(agent)), option) is not None:
            able.setdefault(walker.first[option] if need > 1 else 0, set()).add(agent)
    return WOULD_COST_MORE if any(len(agents) >= need for agents in able.values()) else ALL_TAKEN


class Funnel:
    """Why nobody could at all: the first rule after which nobody is left."""

    def __init__(self, pairs: Pairs, names: Sequence[str]) -> None:
        self.need = pairs.need
        self.number = pairs.number
        self.counts = np.zeros((4, len(pairs.day.requests)), dtype=np.int64)
        if not names:
            return
        asked = np.array([pairs.number[name] for name in names], dtype=np.int64)
        for helper in pairs.day.helpers:
            skilled = pairs.skilled(helper)[asked]
            near = skilled & pairs.near(helper, asked)
            suitable = near & pairs.suitable(helper)[asked]
            apart = np.isin(asked, pairs.blocked(helper))
            for row, mask in enumerate((skilled, near, suitable, suitable & ~apart)):
                self.counts[row, asked] += mask

    def reason(self, name: str) -> str:
        """One of the reasons of formats.md §3."""
        request = self.number[name]
        for row, reason in enumerate((NO_SKILL, NONE_NEAR, NONE_SUITABLE, BLOCKED)):
            if self.counts[row, request] < self.need[request]:
                return reason
        return NONE_FREE
