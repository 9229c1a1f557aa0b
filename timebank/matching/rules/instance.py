"""A day put into the planner's form (formats.md §3), by the same rules that answer for a single visit.

The planner knows one stretch from leaving home to coming back.  What it does not know is told to it in other words:
hours between two free stretches are spent at home, a promise is a busy stretch, and who may not do what they offer
(training, insurance, care) is barred for those visits by the hard rules themselves.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from timebank.matching.rules import hard
from timebank.matching.rules.day import BusyStretch, DayHelper, Instance, Request
from timebank.matching.rules.model import Helper, Limits, Need, Place, Stop, Travel

WEIGHT_SECONDS, CONTINUITY_SECONDS = 20_000, 600
ABILITY: tuple[hard.Rule, ...] = (hard.not_trained, hard.not_insured, hard.self_care_too_heavy)
NOWHERE = Place(0.0, 0.0)
ANY_DISTANCE = 1_000_000
_Kind = tuple[bool, bool, str, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """A visit to plan, or several of `helpers_needed` at once; `usual`: the helper who mostly comes."""

    id: int
    need: Need
    weight: int = 1
    usual: int | None = None
    helpers_needed: int = 1


@dataclass(frozen=True, slots=True)
class Shift:
    """From leaving home to being back, and what is fixed between."""

    start: int
    end: int
    busy: tuple[Stop, ...]


def shift(helper: Helper, travel: Travel, nearest: int = 0) -> Shift | None:
    """The helper's day as one stretch; None for somebody who is not free that day.

    "Free from eight to ten" means the visits themselves (rules.model.Travel), but the planner counts the ways as well.
    `nearest` (seconds to the nearest visit) may therefore be added on both sides: no visit can begin too early by it.
    """
    if not helper.free:
        return None
    fixed = _joined(helper, travel)
    ways = [_with_ways(stop, helper, travel) for stop in fixed]
    start = min([helper.free[0].start - nearest, *(begin for begin, _ in ways)])
    end = max([helper.free[-1].end + nearest, *(over for _, over in ways)])
    gaps = [_gap(one.end, other.start, helper.home, nearest) for one, other in itertools.pairwise(helper.free)]
    at_home = [gap for gap in gaps if not any(begin < gap.end and gap.start < over for begin, over in ways)]
    return Shift(max(0, start), end, tuple(sorted((*fixed, *at_home), key=lambda stop: stop.start)))


def _joined(helper: Helper, travel: Travel) -> list[Stop]:
    """The promises in order; where the way between two is too short, they are one stretch that nothing fits into."""
    kept: list[Stop] = []
    for stop in sorted(helper.busy, key=lambda one: one.start):
        if kept and kept[-1].end + travel.seconds(kept[-1].place, stop.place) > stop.start:
            kept[-1] = Stop(kept[-1].start, max(kept[-1].end, stop.end), stop.place)
        else:
            kept.append(stop)
    return kept


def _with_ways(stop: Stop, helper: Helper, travel: Travel) -> tuple[int, int]:
    there, back = travel.seconds(helper.home, stop.place), travel.seconds(stop.place, helper.home)
    return stop.start - there, stop.end + back


def _gap(end: int, start: int, home: Place | None, nearest: int) -> Stop:
    """Between two free stretches the helper is at home, if only for a moment."""
    middle = (end + start) // 2
    return Stop(min(end + nearest, middle), max(start - nearest, middle), home)


def instance(asks: Sequence[Ask], helpers: Iterable[Helper], travel: Travel) -> Instance:
    """The day for the planner; ids are the numbers of visits and helpers as text."""
    common = _Common.of(asks, travel)
    told = [_helper(one, common) for one in helpers if one.active and not one.away and one.free]
    return Instance(
        day=asks[0].need.day.isoformat() if asks else "",
        helpers=tuple(one for one in told if one is not None),
        requests=tuple(_request(ask, common.places) for ask in asks),
        places=common.places.known,
        travel=travel,
        weight_seconds=WEIGHT_SECONDS,
        continuity_seconds=CONTINUITY_SECONDS,
    )


@dataclass(frozen=True, slots=True)
class _Common:
    """What is the same for every helper, sorted once: the strictest limits, where each kind of help is needed."""

    travel: Travel
    places: _Places
    limits: frozenset[Limits]
    where: Mapping[str, frozenset[Place | None]]  # service: places
    kinds: Mapping[str, Mapping[_Kind, Sequence[Ask]]]  # service: what is asked of the helper's abilities: visits

    @classmethod
    def of(cls, asks: Sequence[Ask], travel: Travel) -> _Common:
        where: dict[str, set[Place | None]] = defaultdict(set)
        kinds: dict[str, dict[_Kind, list[Ask]]] = defaultdict(lambda: defaultdict(list))
        for ask in asks:
            need = ask.need
            where[need.service].add(need.place)
            kind = (need.needs_training, need.needs_insurance, need.self_care, need.max_self_care_loss)
            kinds[need.service][kind].append(ask)
        places = {service: frozenset(found) for service, found in where.items()}
        return cls(travel, _Places(), frozenset(ask.need.limits for ask in asks), places, kinds)

    def nearest(self, helper: Helper) -> int:
        """Seconds to the nearest visit that the helper offers to do."""
        places = {place for service in helper.skills for place in self.where.get(service, ())}
        return min((self.travel.seconds(helper.home, place) for place in places), default=0)


class _Places:
    """Places by their coordinates."""

    def __init__(self) -> None:
        self._ids: dict[Place, str] = {}

    def id(self, place: Place | None) -> str:
        return self._ids.setdefault(place or NOWHERE, f"p{len(self._ids)}")

    @property
    def known(self) -> dict[str, Place]:
        return {name: place for place, name in self._ids.items()}


def _helper(helper: Helper, common: _Common) -> DayHelper | None:
    minutes = minutes_left(helper, common.limits)
    visits = min((each.visits_a_day for each in common.limits), default=0) - len(helper.busy)
    if minutes <= 0 or visits <= 0:
        return None
    day = shift(helper, common.travel, common.nearest(helper))
    if day is None:
        return None
    places = common.places
    return DayHelper(
        id=str(helper.id),
        place=places.id(helper.home),
        start=day.start,
        end=day.end,
        max_minutes=minutes,
        max_visits=visits,
        max_distance_m=_reach(helper, common.limits),
        skills=frozenset(helper.skills),
        sex=helper.sex,
        languages=helper.languages,
        blocked=frozenset(str(one) for one in {*helper.blocked, *helper.household, helper.id}),
        busy=tuple(BusyStretch(places.id(one.place), one.start, one.end) for one in day.busy),
        barred=_barred(helper, common),
    )


def _barred(helper: Helper, common: _Common) -> dict[str, str]:
    """Requests that the helper offers to do and may not: training, insurance, care."""
    found: dict[str, str] = {}
    for service in helper.skills:
        for asks in common.kinds.get(service, {}).values():
            broken = (rule(helper, asks[0].need, common.travel) for rule in ABILITY)
            name = next((one.rule for one in broken if one is not None), None)
            if name is not None:
                found |= {str(ask.id): name for ask in asks}
    return found


def minutes_left(helper: Helper, limits: Iterable[Limits]) -> int:
    """What the helper's own week and the strictest limits of the schemes leave for the day (minutes)."""
    left = [24 * 60]
    if helper.max_week_minutes is not None:
        left.append(helper.max_week_minutes - helper.week_minutes)
    for each in limits:
        if each.daily_cap_minutes is not None:
            left.append(each.daily_cap_minutes - helper.day_minutes)
        if each.monthly_cap_minutes is not None:
            left.append(each.monthly_cap_minutes - helper.month_minutes)
    return max(0, min(left))


def _reach(helper: Helper, limits: Iterable[Limits]) -> int:
    if helper.home is None:
        return ANY_DISTANCE
    if not helper.caregiver_at_home:
        return helper.max_distance_m
    return min([helper.max_distance_m, *(each.caregiver_max_m for each in limits)])


def _request(ask: Ask, places: _Places) -> Request:
    need = ask.need
    return Request(
        id=str(ask.id),
        recipient=str(need.recipient_id),
        place=places.id(need.place),
        service=need.service,
        minutes=need.minutes,
        earliest_start=need.window.start,
        latest_start=need.window.end,
        weight=ask.weight,
        helpers_needed=ask.helpers_needed,
        helper_sex=need.helper_sex,
        language=need.language,
        usual_helper=None if ask.usual is None else str(ask.usual),
    )
