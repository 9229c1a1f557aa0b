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


def score(
    helper: Helper, need: Need, travel: Travel, weights: Weights | None = None, start: timing.Start | None = None
) -> Score | None:
    """The parts of the score for the best start (looked for where it is not given); None when no start works."""
    weights = weights or Weights()
    start = start or timing.best_start(helper, need, travel)
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


def total(helper: Helper, need: Need, travel: Travel, weights: Weights, start: timing.Start) -> float:
    """The `total` of the score with this start, without its reasons: many are compared, few are shown."""
    points = (
        _distance_points(helper, need, travel, weights),
        _free_points(helper, start, weights),
        weights.trained if helper.skills.get(need.service) else 0,
        _continuity_points(helper, weights),
        _rating_points(helper, weights),
        weights.dependant_near if helper.caregiver_at_home else 0,
        _load_points(helper, weights),
    )
    return round(sum(points), 1)


def order(helper: Helper, found: Score) -> tuple[float, int, int]:
    """Sort key: the higher score first; tie: fewer hours this month (F19)."""
    return (-found.total, helper.month_minutes, helper.id)


def _distance_points(helper: Helper, need: Need, travel: Travel, weights: Weights) -> float:
    if helper.home is None or need.place is None:
        return weights.unknown_distance
    walk = travel.walk_m(helper.home, need.place)
    return round(weights.distance * max(0.0, 1 - walk / max(1, helper.max_distance_m)), 1)


def _distance(helper: Helper, need: Need, travel: Travel, weights: Weights) -> Part:
    points = _distance_points(helper, need, travel, weights)
    if helper.home is None or need.place is None:
        return Part("distance", points, Why("distance_unknown"))
    straight = helper.home.metres_to(need.place)
    walk = travel.walk_m(helper.home, need.place)
    code = "near"
    if straight <= NEXT_BUILDING_M:
        code = "same_building" if straight <= SAME_BUILDING_M else "next_building"
    return Part("distance", points, Why(code, {"metres": _rounded(walk)}))


def _rounded(metres: float) -> int:
    return round(metres / 10) * 10


def _between(helper: Helper, start: timing.Start) -> bool:
    return bool(helper.busy) and start.added_seconds < 600


def _free_points(helper: Helper, start: timing.Start, weights: Weights) -> float:
    return weights.on_the_way if _between(helper, start) else 0


def _free(helper: Helper, start: timing.Start, weights: Weights) -> Part:
    """Free then; between two promises it says from where to where, on foot."""
    facts: dict[str, object] = {"start": start.free.start, "end": start.free.end, "at": start.at}
    if start.before is not None:
        facts |= {"before": start.before.end, "there": start.there}
    if start.after is not None:
        facts |= {"after": start.after.start, "onwards": start.onwards}
    why = Why("on_the_way" if _between(helper, start) else "free", facts)
    return Part("time", _free_points(helper, start, weights), why)


def _wished(wish: str | None, name: str) -> Part | None:
    """What was asked for and is so (a hard rule) is worth no points, but worth saying."""
    return Part(name, 0, Why(f"{name}_wished", {name: wish})) if wish else None


def _trained(helper: Helper, need: Need, weights: Weights) -> Part | None:
    if not helper.skills.get(need.service):
        return None
    return Part("skill", weights.trained, Why("trained", {"service": need.service}))


def _continuity_points(helper: Helper, weights: Weights) -> float:
    if not helper.visits_before:
        return 0
    return min(weights.continuity_most, weights.continuity_first + weights.continuity_each * (helper.visits_before - 1))


def _continuity(helper: Helper, weights: Weights) -> Part | None:
    if not helper.visits_before:
        return None
    facts = {"visits": helper.visits_before}
    return Part("continuity", _continuity_points(helper, weights), Why("visited_before", facts))


def _rating_points(helper: Helper, weights: Weights) -> float:
    return 0 if helper.rating is None else round((helper.rating - 3) * weights.rating, 1)


def _rating(helper: Helper, weights: Weights) -> Part | None:
    if helper.rating is None:
        return None
    return Part("rating", _rating_points(helper, weights), Why("rated", {"rating": helper.rating}))


def _dependant(helper: Helper, weights: Weights) -> Part | None:
    if not helper.caregiver_at_home:
        return None
    return Part("dependant", weights.dependant_near, Why("near_home"))


def _load_points(helper: Helper, weights: Weights) -> float:
    return -round(min(weights.load_most, helper.month_minutes / 60 * weights.load_per_hour), 1)


def _load(helper: Helper, weights: Weights) -> Part:
    facts = {"visits": helper.visits_this_week, "month_minutes": helper.month_minutes}
    return Part("load", _load_points(helper, weights), Why("load", facts))
