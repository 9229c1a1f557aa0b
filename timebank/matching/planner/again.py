"""Re-planning around what has happened: a small day is cut out around it, planned with a price on every move, and put
back; everybody else keeps what was promised."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from timebank.matching.planner.api import Infeasible
from timebank.matching.planner.budget import Budget
from timebank.matching.planner.engine import plan_days
from timebank.matching.planner.outcome import Funnel
from timebank.matching.planner.pairs import Pairs, Promised
from timebank.matching.rules.day import (
    ALL_TAKEN,
    WOULD_COST_MORE,
    BusyStretch,
    DayHelper,
    DayPlan,
    Instance,
    PlannedVisit,
)
from timebank.matching.rules.worth import objective_of, travel_of

NEAR = 40  # helpers looked at for a lost visit: the nearest who could serve it
NEXT = 5  # helpers looked at for each visit of these
MOST = 110  # helpers in the small day
LOOKS = (300.0, 1_500.0, 6_000.0)


@dataclass(frozen=True)
class Promises:
    """What was promised, what of it may move (None: everything), and what a move costs in seconds of walking."""

    current: DayPlan
    may_move: Collection[str] | None
    move_seconds: int


def plan_again(instance: Instance, promises: Promises, budget: Budget, seed: int) -> DayPlan:
    """The plan nearest to the promises.  Raises `Infeasible`."""
    around = _Around(instance, promises.current)
    small, outside = around.small_day()
    for may_move in _ever_more(promises.may_move):
        wanted = _promised(small, promises, may_move)
        try:
            found = plan_days([small], {}, budget, seed, wanted, LOOKS)[0]
        except Infeasible:
            if may_move is None:
                raise
        else:
            return _joined(around, promises.current, found, outside, budget)
    raise AssertionError


def _ever_more(may_move: Collection[str] | None) -> Iterable[Collection[str] | None]:
    """What may move: as wished, and everything where promises contradict what has become of the day."""
    yield may_move if may_move is not None else _Everything()
    yield None


class _Everything(frozenset[str]):
    """Every request but the pinned ones, which keep their start too."""

    def __contains__(self, _name: object) -> bool:
        return True


def _promised(small: Instance, promises: Promises, may_move: Collection[str] | None) -> Promised:
    """The promises of the small day by number.  With ``may_move`` None only staying is preferred, nothing is kept."""
    number = {one.id: place for place, one in enumerate(small.requests)}
    visits: dict[int, tuple[tuple[int, ...], int]] = {}
    kept: set[int] = set()
    for visit in promises.current.visits:
        request = small.request.get(visit.request)
        if request is None or not all(name in small.helper for name in visit.helpers):
            continue
        visits[number[request.id]] = (tuple(small.number[name] for name in visit.helpers), visit.start)
        if may_move is not None and (request.pinned is not None or request.id not in may_move):
            kept.add(number[request.id])
    return Promised(visits, frozenset(kept), promises.move_seconds)


class _Around:
    """The neighbourhood of what has happened."""

    def __init__(self, instance: Instance, current: DayPlan) -> None:
        self.instance = instance
        self.visits = {one.request: one for one in current.visits if one.request in instance.request}
        self.gone = [one for one in current.visits if one.request not in instance.request]
        known = set(self.visits) | set(current.unserved)
        self.lost = [
            one.id
            for one in instance.requests
            if one.id not in known or any(name not in instance.helper for name in self._helpers(one.id))
        ]
        self.waiting = [one.id for one in instance.requests if one.id in current.unserved]
        pairs = Pairs(instance)
        arrays = pairs.arrays()
        self.pairs, self.agent, self.unit, self.start = pairs, arrays["agent"], arrays["unit"], arrays["first"]
        self.order = np.argsort(self.unit, kind="stable")
        self.first = np.searchsorted(self.unit[self.order], np.arange(len(instance.requests) + 1))

    def _helpers(self, request: str) -> tuple[str, ...]:
        visit = self.visits.get(request)
        return visit.helpers if visit else ()

    def anybody(self, request: str) -> bool:
        """Whether as many helpers of the day as it needs could serve it together if nothing else were promised."""
        number = self.pairs.number[request]
        need = int(self.pairs.need[number])
        starts = self.start[self.order[self.first[number] : self.first[number + 1]]]
        return bool(np.unique(starts, return_counts=True)[1].max(initial=0) >= need if need > 1 else len(starts))

    def _able(self, request: str, most: int) -> list[str]:
        """The nearest helpers who could serve a request."""
        number = self.pairs.number[request]
        agents = np.unique(self.agent[self.order[self.first[number] : self.first[number + 1]]])
        home = self.pairs.home[agents]
        x, y = self.pairs.place_x[home], self.pairs.place_y[home]
        metres = np.hypot(x - self.pairs.x[number], y - self.pairs.y[number])
        near = agents[np.argsort(metres, kind="stable")[:most]]
        return [self.instance.helpers[agent].id for agent in near.tolist()]

    def helpers(self) -> list[str]:
        """Who may be asked to do something else: those who could serve what is lost, and who could relieve them."""
        freed = [name for visit in self.gone for name in visit.helpers if name in self.instance.helper]
        broken = [name for one in self.lost for name in self._helpers(one) if name in self.instance.helper]
        pinned = [name for one in self.lost for name in self.instance.request[one].pinned or ()]
        found = dict.fromkeys([*freed, *broken, *pinned])
        for request in self.lost:
            found.update(dict.fromkeys(self._able(request, NEAR)))
        for visit in [one for one in self.visits.values() if any(name in found for name in one.helpers)]:
            if len(found) >= MOST:
                break
            found.update(dict.fromkeys(self._able(visit.request, NEXT)))
        return list(found)

    def small_day(self) -> tuple[Instance, dict[str, PlannedVisit]]:
        """The day of these helpers with the requests that matter to them, and the visits that stay as they are."""
        names = set(self.helpers())
        lost = set(self.lost)
        inside = {
            request
            for request, visit in self.visits.items()
            if request not in lost and any(name in names for name in visit.helpers)
        }
        whole = {request for request in inside if all(name in names for name in self.visits[request].helpers)}
        outside = {request: visit for request, visit in self.visits.items() if request not in whole | lost}
        freed = {name for visit in self.gone for name in visit.helpers if name in names}
        wanted = whole | lost | self._for(freed)
        fixed = self._fixed(names, inside - whole)
        small = replace(
            self.instance,
            helpers=tuple(fixed.get(one.id, one) for one in self.instance.helpers if one.id in names),
            requests=tuple(one for one in self.instance.requests if one.id in wanted),
        )
        return small, outside

    def _for(self, freed: set[str]) -> set[str]:
        """Waiting requests that helpers with more time now could serve."""
        numbers = [self.instance.number[name] for name in freed]
        units = set(self.unit[np.isin(self.agent, numbers)].tolist())
        return {name for name in self.waiting if self.pairs.number[name] in units}

    def _fixed(self, names: set[str], requests: Iterable[str]) -> Mapping[str, DayHelper]:
        """Helpers who share a visit with somebody outside: they are busy there."""
        found: dict[str, DayHelper] = {}
        for name in requests:
            request, visit = self.instance.request[name], self.visits[name]
            stretch = BusyStretch(request.place, visit.start, visit.start + request.minutes * 60)
            for helper in (one for one in visit.helpers if one in names):
                known = found.get(helper, self.instance.helper[helper])
                found[helper] = replace(
                    known,
                    busy=tuple(sorted((*known.busy, stretch), key=lambda busy: busy.start)),
                    max_minutes=known.max_minutes - request.minutes,
                    max_visits=known.max_visits - 1,
                )
        return found


def _joined(
    around: _Around, current: DayPlan, small: DayPlan, outside: Mapping[str, PlannedVisit], budget: Budget
) -> DayPlan:
    """The small plan within the old one, with what was moved."""
    instance = around.instance
    visits = (*outside.values(), *small.visits)
    served = {visit.request for visit in visits}
    left = [one.id for one in instance.requests if one.id not in served]
    before = {one.request: one for one in current.visits}
    after = {one.request: one for one in visits}
    moved = {name for name, visit in before.items() if _is_promise(instance, visit) and _moved(visit, after.get(name))}
    return DayPlan(
        visits=visits,
        unserved=_reasons(around, left, {**current.unserved, **small.unserved}),
        objective=objective_of(instance, visits),
        upper_bound=None,
        travel_seconds=travel_of(instance, visits),
        moved=frozenset(moved),
        finished=small.finished,
        seconds=budget.used,
    )


def _reasons(around: _Around, left: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """Why nobody serves what is left over: among all helpers of the day, not only those of the small one."""
    nobody = {name for name in left if not around.anybody(name)}
    funnel = Funnel(around.pairs, sorted(nobody))
    return {
        name: funnel.reason(name)
        if name in nobody
        else WOULD_COST_MORE
        if said.get(name) == WOULD_COST_MORE
        else ALL_TAKEN
        for name in left
    }


def _is_promise(instance: Instance, visit: PlannedVisit) -> bool:
    return visit.request in instance.request and all(name in instance.helper for name in visit.helpers)


def _moved(before: PlannedVisit, after: PlannedVisit | None) -> bool:
    return after is None or after.start != before.start or set(after.helpers) != set(before.helpers)
