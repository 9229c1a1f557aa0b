"""A day of a district as the planner sees it: who could help, who waits, what is promised (formats.md §3).

Times are seconds from midnight, lengths of visits minutes, places metres on a plane, weights whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from timebank.matching.rules.model import QUARTER, Place, Travel

NO_SKILL = "no_helper_with_skill"
NONE_NEAR = "none_near"
NONE_FREE = "none_free"
NONE_SUITABLE = "none_suitable"
BLOCKED = "blocked"
ALL_TAKEN = "all_taken"
WOULD_COST_MORE = "would_cost_more"
REASONS = (NO_SKILL, NONE_NEAR, NONE_FREE, NONE_SUITABLE, BLOCKED, ALL_TAKEN, WOULD_COST_MORE)


@dataclass(frozen=True, slots=True)
class BusyStretch:
    """The helper is at a place from … to, whatever the plan says; the ways there and back are walked too."""

    place: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DayHelper:
    """A helper on the day: leaves home no earlier than ``start``, is home again by ``end``.

    ``blocked`` are recipients (also members of the same household).  ``barred`` says for single requests which further
    rule of the caller keeps the helper out (training, insurance …): request id to the name of the rule.
    """

    id: str
    place: str
    start: int
    end: int
    max_minutes: int
    max_visits: int
    max_distance_m: float
    skills: frozenset[str] = frozenset()
    sex: str | None = None
    languages: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    busy: tuple[BusyStretch, ...] = ()
    barred: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody waits for a visit that starts at a full quarter hour of [earliest_start, latest_start].

    ``pinned``: exactly these helpers serve it, one for each of ``helpers_needed``.
    """

    id: str
    recipient: str
    place: str
    service: str
    minutes: int
    earliest_start: int
    latest_start: int
    weight: int = 1
    helpers_needed: int = 1
    helper_sex: str | None = None
    language: str | None = None
    usual_helper: str | None = None
    pinned: tuple[str, ...] | None = None

    @property
    def starts(self) -> range:
        """Every start that the recipient could be offered."""
        return range(-(-self.earliest_start // QUARTER) * QUARTER, self.latest_start + 1, QUARTER)


@dataclass(frozen=True)
class Instance:
    """One day of a district.  ``weight_seconds``, ``continuity_seconds``: what a point of weight, and a visit by the
    usual helper, are worth in seconds of walking."""

    day: str
    places: Mapping[str, Place]
    helpers: tuple[DayHelper, ...]
    requests: tuple[Request, ...]
    travel: Travel = field(default_factory=Travel)
    weight_seconds: int = 20_000
    continuity_seconds: int = 600

    @cached_property
    def helper(self) -> Mapping[str, DayHelper]:
        """Helpers by id."""
        return {one.id: one for one in self.helpers}

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Helpers' places in the list, by id."""
        return {one.id: number for number, one in enumerate(self.helpers)}

    @cached_property
    def request(self) -> Mapping[str, Request]:
        """Requests by id."""
        return {one.id: one for one in self.requests}

    def seconds(self, start: str, end: str) -> int:
        """Seconds on the way between two places by their ids (the same id is the same place)."""
        if start == end:
            return self.travel.same_place_seconds
        return self.travel.between(self.places[start], self.places[end])


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A request with the helpers who serve it, all from ``start``."""

    request: str
    helpers: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Who serves whom and when, what is left over with its reason (request id to one of REASONS), and how good it is.

    ``upper_bound`` is a proven bound on the objective of any plan; None where none was proven in time.
    ``moved``: re-planned promises that got another helper or start (request ids).
    ``finished``: the search ended by itself; False when time or the stop button ended it (then a rerun may differ).
    """

    visits: tuple[PlannedVisit, ...]
    unserved: Mapping[str, str]
    objective: int
    upper_bound: int | None = None
    travel_seconds: int = 0
    moved: frozenset[str] = frozenset()
    finished: bool = True
    seconds: float = 0.0

    @property
    def gap(self) -> float | None:
        """How far the bound lies above the objective, as a share of the bound; None without a bound."""
        if self.upper_bound is None:
            return None
        return (self.upper_bound - self.objective) / max(1, abs(self.upper_bound))

    def weight(self, instance: Instance) -> int:
        """Weight of the served requests."""
        return sum(instance.request[visit.request].weight for visit in self.visits)
