"""The score of a suitable helper, in parts that can be read aloud (domain.md F19; the weights are assumptions, X)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from timebank.matching.rules import timing
from timebank.matching.rules.model import Helper, Need, Travel, Why

SAME_BUILDING_M = 30
NEXT_BUILDING_M = 80
POPULAR = 8  # helpers who could all come: then the job is given in turns


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of each part."""

    distance: float = 40
    unknown_distance: float = 10
    continuity_first: float = 12
    continuity_each: float = 2
    continuity_most: float = 20
    trained: float = 5
    on_the_way: float = 5
    rating: float = 5  # for each step above or below three
    dependant_near: float = 5
    load_per_hour: float = 1  # taken off for each hour of this month
    load_most: float = 20

    def among(self, helpers: int) -> Weights:
        """A job that many could do is shared: hours of this month count twice, whoever did less comes first."""
        if helpers < POPULAR:
            return self
        return replace(self, load_per_hour=2 * self.load_per_hour, load_most=2 * self.load_most)


@dataclass(frozen=True, slots=True)
class Part:
    """Points and why."""

    name: str
    points: float
    why: Why


@dataclass(frozen=True, slots=True)
class Score:
    """A helper's score: when to come and the parts; ``total`` is their sum in points."""

    start: timing.Start
    parts: tuple[Part, ...]

    @property
    def total(self) -> float:
        return round(sum(part.points for part in self.parts), 1)


def score(helper: Helper, need: Need, travel: Travel, weights: Weights | None = None) -> Score | None:
    """The parts of the score; None when there is no start that works."""
    weights = weights or Weights()
    start = timing.best_start(helper, need, travel)
    if start is None:
        return None
    parts = (
        _distance(helper, need, travel, weights),
        _free(helper, start, weights),
        _trained(helper, need, weights),
        _wished(need.helper_sex, "sex"),
        _wished(need.language, "language"),
        _continuity(helper, weights),
        _rating(helper, weights),
        _dependant(helper, weights),
        _load(helper, weights),
    )
    return Score(start, tuple(part for part in parts if part is not None))


def order(helper: Helper, found: Score) -> tuple[float, int, int]:
    """Sort key: the higher score first; tie: fewer hours this month (F19)."""
    return (-found.total, helper.month_minutes, helper.id)


def _distance(helper: Helper, need: Need, travel: Travel, weights: Weights) -> Part:
    if helper.home is None or need.place is None:
        return Part("distance", weights.unknown_distance, Why("distance_unknown"))
    straight = helper.home.metres_to(need.place)
    walk = travel.walk_m(helper.home, need.place)
    points = weights.distance * max(0.0, 1 - walk / max(1, helper.max_distance_m))
    code = "near"
    if straight <= NEXT_BUILDING_M:
        code = "same_building" if straight <= SAME_BUILDING_M else "next_building"
    return Part("distance", round(points, 1), Why(code, {"metres": _rounded(walk)}))


def _rounded(metres: float) -> int:
    return round(metres / 10) * 10


def _free(helper: Helper, start: timing.Start, weights: Weights) -> Part:
    """Free then; between two promises it says from where to where, on foot."""
    facts: dict[str, object] = {"start": start.free.start, "end": start.free.end, "at": start.at}
    if start.before is not None:
        facts |= {"before": start.before.end, "there": start.there}
    if start.after is not None:
        facts |= {"after": start.after.start, "onwards": start.onwards}
    between = bool(helper.busy) and start.added_seconds < 600
    return Part("time", weights.on_the_way if between else 0, Why("on_the_way" if between else "free", facts))


def _wished(wish: str | None, name: str) -> Part | None:
    """What was asked for and is so (a hard rule) is worth no points, but worth saying."""
    return Part(name, 0, Why(f"{name}_wished", {name: wish})) if wish else None


def _trained(helper: Helper, need: Need, weights: Weights) -> Part | None:
    if not helper.skills.get(need.service):
        return None
    return Part("skill", weights.trained, Why("trained", {"service": need.service}))


def _continuity(helper: Helper, weights: Weights) -> Part | None:
    if not helper.visits_before:
        return None
    points = weights.continuity_first + weights.continuity_each * (helper.visits_before - 1)
    facts = {"visits": helper.visits_before}
    return Part("continuity", min(weights.continuity_most, points), Why("visited_before", facts))


def _rating(helper: Helper, weights: Weights) -> Part | None:
    if helper.rating is None:
        return None
    return Part("rating", round((helper.rating - 3) * weights.rating, 1), Why("rated", {"rating": helper.rating}))


def _dependant(helper: Helper, weights: Weights) -> Part | None:
    if not helper.caregiver_at_home:
        return None
    return Part("dependant", weights.dependant_near, Why("near_home"))


def _load(helper: Helper, weights: Weights) -> Part:
    points = min(weights.load_most, helper.month_minutes / 60 * weights.load_per_hour)
    facts = {"visits": helper.visits_this_week, "month_minutes": helper.month_minutes}
    return Part("load", -round(points, 1), Why("load", facts))
