"""A plan's search: read the days, ask the planner, ask the hard rules about every visit of its answer."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from timebank.core import clock
from timebank.core.db import db
from timebank.matching.planner import plan, plan_week, replan
from timebank.matching.planner.api import Progress
from timebank.matching.queries.candidates import Promise
from timebank.matching.queries.days import Day, Days, Waiting, Wanted, read_days
from timebank.matching.queries.visits import seconds
from timebank.matching.rules import day as planner
from timebank.matching.rules.hard import broken_rules
from timebank.matching.rules.instance import Ask, instance, minutes_left
from timebank.matching.rules.model import QUARTER, Helper, Stop, Stretch, Travel
from timebank.matching.rules.plans import Unserved
from timebank.matching.service.parties import Party, asked, known, laid_out, parted, parties

WALKING = Travel()
Tell = Callable[[Progress, int, int], None]
Given = dict[int, list[Promise]]


@dataclass(frozen=True, slots=True)
class Task:
    """What to search.  `before`: visit → (helper, start, pinned) of the plan that this one repeats."""

    plan_id: int
    territory_code: str
    first_day: date
    last_day: date
    seconds: int
    seed: int = 1
    again: bool = False
    without: frozenset[int] = frozenset()
    may_move: bool = False
    before: Mapping[int, tuple[int, datetime, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A visit for a helper."""

    visit_id: int
    volunteer_id: int
    starts_at: datetime
    ends_at: datetime
    pinned: bool = False
    promise: tuple[int, datetime] | None = None


@dataclass(slots=True)
class Found:
    """What a search found; seconds of walking, weights as in `rules.plans.Weights`."""

    planned: list[Row] = field(default_factory=list)
    unserved: dict[int, str] = field(default_factory=dict)
    helpers: int = 0
    objective: int = 0
    upper_bound: int | None = 0
    travel_seconds: int = 0
    weight: int = 0
    weight_served: int = 0
    left: list[Waiting] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """Promised visits that would get another helper or time."""
        return sum(row.promise is not None and row.promise != (row.volunteer_id, row.starts_at) for row in self.planned)


def search(task: Task, tell: Tell, should_stop: Callable[[], bool]) -> Found:
    """The best plan of the task's days that its seconds allow.  Writes nothing."""
    days = _read(task)
    given, found = _pins(task, days)
    weeks = [list(group) for _, group in itertools.groupby(_dates(task), lambda one: one.isocalendar()[:2])]
    for week in weeks:
        _Week(task, days, week, given, found, tell, should_stop).search(task.seconds * len(week) / len(_dates(task)))
    by_id = {visit.visit_id: visit for visit in days.visits}
    found.helpers = len(days.infos)
    found.weight = sum(visit.weight for visit in days.visits)
    found.weight_served = sum(by_id[row.visit_id].weight for row in found.planned)
    found.left = [by_id[visit_id] for visit_id in found.unserved]
    return found


def _dates(task: Task) -> list[date]:
    return [task.first_day + timedelta(days=number) for number in range((task.last_day - task.first_day).days + 1)]


def _read(task: Task) -> Days:
    """The facts; the transaction ends here, because a search takes long."""
    wanted = Wanted(
        task.territory_code,
        task.first_day,
        task.last_day,
        now=clock.now(),
        without=task.without,
        movable=task.may_move,
    )
    try:
        return read_days(wanted)
    finally:
        db.session.rollback()


def _pins(task: Task, days: Days) -> tuple[Given, Found]:
    """Given from the start: pinned visits, and promised ones at a time that the planner itself would not choose."""
    given: Given = defaultdict(list)
    found = Found()
    facts = {day: days.of(day) for day in {visit.day for visit in days.visits if visit.promise}}
    for visit in days.visits:
        helper, start, pinned = task.before.get(visit.visit_id, (0, visit.earliest_start, False))
        if not pinned and (visit.promise is None or not _at_the_edge(facts[visit.day], visit)):
            continue
        if visit.promise is not None:
            helper, start = visit.promise
        if helper in days.infos:
            row = replace(_row(visit, helper, start), pinned=pinned)
            found.planned.append(row)
            given[helper].append(_promise(visit, row))
    return given, found


def _at_the_edge(day: Day, visit: Waiting) -> bool:
    """Promised for the first or last minutes of a free stretch, or no quarter of an hour: it stays as it is."""
    if visit.promise is None or visit.promise[0] not in day.helpers:
        return False
    helper = day.helpers[visit.promise[0]]
    start = seconds(visit.promise[1], visit.day)
    there = WALKING.seconds(helper.home, visit.need.place)
    end = start + visit.need.minutes * 60 + there
    inside = any(free.start <= start - there and end <= free.end for free in helper.free)
    return not inside or start % QUARTER != 0


def _row(visit: Waiting, helper: int, start: datetime) -> Row:
    return Row(visit.visit_id, helper, start, start + timedelta(minutes=visit.need.minutes), promise=visit.promise)


def _promise(visit: Waiting, row: Row) -> Promise:
    lat, lon = visit.point or (None, None)
    return Promise(visit.visit_id, row.starts_at, visit.need.minutes, lat, lon, planned=True, together=visit.together)


@dataclass(slots=True)
class _Week:
    """The days of a plan that lie in one week share the helpers' weekly hours, so they are planned together."""

    task: Task
    days: Days
    dates: Sequence[date]
    given: Given
    found: Found
    tell: Tell
    should_stop: Callable[[], bool]

    def search(self, seconds: float) -> None:
        if self.task.again:
            self._day_by_day(seconds / len(self.dates))
            return
        facts = [day for one in self.dates if (day := self.days.of(one, self.given)).waiting]
        if not facts:
            return
        instances = [instance(_asks(day), day.helpers.values(), WALKING) for day in facts]
        for day, plan_ in zip(facts, self._solve(facts, instances, seconds), strict=True):
            self._take(day, plan_)

    def _day_by_day(self, seconds: float) -> None:
        """Around what was planned; each day knows what the days before it have taken of a helper's week and month."""
        for one in self.dates:
            day = self.days.of(one, self.given)
            if day.waiting:
                self._take(day, self._again(day, instance(_asks(day), day.helpers.values(), WALKING), seconds))

    def _solve(
        self, facts: Sequence[Day], instances: Sequence[planner.Instance], seconds: float
    ) -> list[planner.DayPlan]:
        settings: dict[str, Any] = {
            "seconds": seconds,
            "seed": self.task.seed,
            "progress": self._told,
            "should_stop": self.should_stop,
        }
        if len(instances) == 1:
            return [plan(instances[0], **settings)]
        return plan_week(instances, _week_minutes(facts), **settings)

    def _again(self, day: Day, one: planner.Instance, seconds: float) -> planner.DayPlan:
        """Around what was planned or promised: a plan's own visits may move, promised ones only where allowed."""
        current = _current(day, one, self.task)
        promised = {str(visit.visit_id) for visit in day.waiting if visit.promise}
        may_move = None if self.task.may_move else {visit.request for visit in current.visits} - promised
        return replan(
            one,
            current,
            may_move=may_move,
            seconds=seconds,
            seed=self.task.seed,
            should_stop=self.should_stop,
        )

    def _told(self, step: Progress) -> None:
        done = len(self.found.planned)
        self.tell(replace(step, served=step.served + done), len(self.days.visits), len(self.days.infos))

    def _take(self, day: Day, answer: planner.DayPlan) -> None:
        waiting = parties(day)
        by_id = {visit.visit_id: visit for visit in day.waiting}
        rows = [row for one in answer.visits for row in self._rows(day, waiting[one.request], one)]
        kept, broken = _checked(day, rows)
        gone = parted(waiting, broken)
        good = [row for row in kept if row.visit_id not in gone]
        self.found.planned += good
        for name, reason in answer.unserved.items():
            self.found.unserved |= {visit.visit_id: reason for visit in waiting[name]}
        self.found.unserved |= dict.fromkeys(sorted(gone), Unserved.NONE_SUITABLE.value)
        self.found.objective += answer.objective
        self.found.travel_seconds += answer.travel_seconds
        bound = self.found.upper_bound
        self.found.upper_bound = None if bound is None or answer.upper_bound is None else bound + answer.upper_bound
        for row in good:
            self.given.setdefault(row.volunteer_id, []).append(_promise(by_id[row.visit_id], row))

    def _rows(self, day: Day, party: Party, one: planner.PlannedVisit) -> list[Row]:
        start, helpers = _moment(day, one.start), [int(name) for name in one.helpers]
        return [_row(visit, helper, start) for visit, helper in laid_out(party, helpers, self.task.before)]


def _asks(day: Day) -> list[Ask]:
    return [asked(party) for party in parties(day).values()]


def _moment(day: Day, start: int) -> datetime:
    return clock.at(day.day, 0) + timedelta(seconds=start)


def _week_minutes(facts: Sequence[Day]) -> dict[str, int]:
    """What each helper has left for all these days together."""
    limits = {replace(visit.need.limits, daily_cap_minutes=None) for day in facts for visit in day.waiting}
    return {str(person): minutes_left(helper, limits) for person, helper in facts[0].helpers.items()}


def _current(day: Day, one: planner.Instance, task: Task) -> planner.DayPlan:
    """What was planned or promised before, as far as it is still there."""
    visits = []
    for name, party in parties(day).items():
        helpers = tuple(str(known(visit, task.before)) for visit in party)
        starts = {_start(visit, task) for visit in party}
        if len(starts) == 1 and len(set(helpers)) == len(helpers) and set(helpers) <= one.helper.keys():
            visits.append(planner.PlannedVisit(name, helpers, seconds(starts.pop(), day.day)))
    return planner.DayPlan(tuple(visits), {}, 0)


def _start(visit: Waiting, task: Task) -> datetime:
    planned = task.before.get(visit.visit_id, (0, visit.earliest_start, False))[1]
    return visit.promise[1] if visit.promise is not None else planned


def _checked(day: Day, rows: Iterable[Row]) -> tuple[list[Row], list[int]]:
    """The hard rules have the last word about every visit of a plan, beside the helper's others."""
    by_id = {visit.visit_id: visit for visit in day.waiting}
    mine: dict[int, list[tuple[Row, Waiting]]] = defaultdict(list)
    broken: list[int] = []
    for row in sorted(rows, key=lambda one: (one.starts_at, one.visit_id)):
        visit, others = by_id[row.visit_id], mine[row.volunteer_id]
        start = seconds(row.starts_at, day.day)
        need = replace(visit.need, window=Stretch(start, start))
        if broken_rules(_beside(day.helpers[row.volunteer_id], others, day.day), need, WALKING):
            broken.append(row.visit_id)
        else:
            others.append((row, visit))
    return [row for rows_ in mine.values() for row, _ in rows_], broken


def _beside(helper: Helper, others: Sequence[tuple[Row, Waiting]], day: date) -> Helper:
    minutes = sum(visit.need.minutes for _, visit in others)
    stops = [Stop(seconds(row.starts_at, day), seconds(row.ends_at, day), visit.need.place) for row, visit in others]
    return replace(
        helper,
        busy=(*helper.busy, *stops),
        day_minutes=helper.day_minutes + minutes,
        week_minutes=helper.week_minutes + minutes,
        month_minutes=helper.month_minutes + minutes,
    )
