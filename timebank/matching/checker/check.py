"""Walks through a plan as the helpers would."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

REASONS = {
    "no_helper_with_skill",
    "none_near",
    "none_free",
    "none_suitable",
    "blocked",
    "all_taken",
    "would_cost_more",
}
QUARTER_HOUR = 15 * 60
Doc = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: its name, and the request or helper it is about, with what was found."""

    rule: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: ``objective`` and ``travel_seconds`` are recomputed from the visits."""

    violations: tuple[Violation, ...]
    objective: int
    travel_seconds: int
    served: int
    weight_served: int

    @property
    def sound(self) -> bool:
        """Every rule is kept."""
        return not self.violations


def check(instance: Doc, plan: Doc) -> Verdict:
    """Every hard rule, the objective, and that a bound that is told is not below the plan."""
    return _Check(instance, plan).verdict()


class _Check:
    def __init__(self, instance: Doc, plan: Doc) -> None:
        self.instance, self.plan = instance, plan
        self.at = {place["id"]: (place["x"], place["y"]) for place in instance["places"]}
        self.helpers = {helper["id"]: helper for helper in instance["helpers"]}
        self.requests = {request["id"]: request for request in instance["requests"]}
        self.walked = 0

    def verdict(self) -> Verdict:
        found = [*self._names(), *self._visits(), *self._days(), *self._left_over()]
        served = {visit["request"]: visit for visit in self.plan["visits"] if visit["request"] in self.requests}
        weight = sum(self.requests[name].get("weight", 1) for name in served)
        known = [(self.requests[name], visit) for name, visit in served.items()]
        usual = sum(1 for request, visit in known if request.get("usual_helper") in visit["helpers"])
        objective = weight * self.instance["weight_seconds"] + usual * self.instance["continuity_seconds"] - self.walked
        found += self._promised(objective)
        return Verdict(tuple(found), objective, self.walked, len(served), weight)

    def _names(self) -> Iterator[Violation]:
        if self.plan.get("format") != "timebank-plan/1":
            yield Violation("format", "plan", str(self.plan.get("format")))
        seen: set[str] = set()
        for visit in self.plan["visits"]:
            name = visit["request"]
            if name not in self.requests:
                yield Violation("unknown_request", name)
            if name in seen:
                yield Violation("served_twice", name)
            seen.add(name)
            for helper in visit["helpers"]:
                if helper not in self.helpers:
                    yield Violation("unknown_helper", helper, name)

    def _known_visits(self) -> list[Doc]:
        return [
            visit
            for visit in self.plan["visits"]
            if visit["request"] in self.requests and all(helper in self.helpers for helper in visit["helpers"])
        ]

    def _visits(self) -> Iterator[Violation]:
        for visit in self._known_visits():
            request = self.requests[visit["request"]]
            yield from self._visit(request, visit)
            for helper in visit["helpers"]:
                yield from self._pair(request, self.helpers[helper])

    def _visit(self, request: Doc, visit: Doc) -> Iterator[Violation]:
        name, start, helpers = request["id"], visit["start"], visit["helpers"]
        if len(helpers) != request.get("helpers_needed", 1):
            yield Violation("helpers_needed", name, f"{len(helpers)} of {request.get('helpers_needed', 1)}")
        if len(set(helpers)) != len(helpers):
            yield Violation("same_helper_twice", name)
        if start % QUARTER_HOUR:
            yield Violation("quarter_hour", name, str(start))
        if not request["earliest_start"] <= start <= request["latest_start"]:
            yield Violation("window", name, str(start))
        if request.get("pinned") and sorted(request["pinned"]) != sorted(helpers):
            yield Violation("pinned", name, ", ".join(helpers))

    def _pair(self, request: Doc, helper: Doc) -> Iterator[Violation]:
        subject = f"{request['id']} {helper['id']}"
        if request["service"] not in helper.get("skills", ()):
            yield Violation("skill", subject, request["service"])
        if request.get("helper_sex") and helper.get("sex") != request["helper_sex"]:
            yield Violation("sex", subject)
        if request.get("language") and request["language"] not in helper.get("languages", ()):
            yield Violation("language", subject)
        if request["recipient"] in helper.get("blocked", ()):
            yield Violation("blocked", subject)
        metres = self.instance["travel"]["detour"] * self._metres(helper["place"], request["place"])
        if metres > helper["max_distance_m"]:
            yield Violation("distance", subject, f"{metres:.1f} m")

    def _metres(self, one: str, other: str) -> float:
        (x1, y1), (x2, y2) = self.at[one], self.at[other]
        return math.sqrt((x1 - x2) ** 2 + (y1 - y2) ** 2)

    def _walk(self, one: str, other: str) -> int:
        rule = self.instance["travel"]
        if one == other:
            return int(rule["same_place_seconds"])
        seconds: float = rule["detour"] * self._metres(one, other) / rule["metres_per_second"]
        return int(rule["fixed_seconds"]) + math.ceil(seconds)

    def _days(self) -> Iterator[Violation]:
        days: dict[str, list[tuple[int, int, str, str, int]]] = {}
        for visit in self._known_visits():
            request = self.requests[visit["request"]]
            end = visit["start"] + request["minutes"] * 60
            for helper in set(visit["helpers"]):
                days.setdefault(helper, []).append((visit["start"], end, request["place"], request["id"], 1))
        for name, stops in days.items():
            yield from self._caps(self.helpers[name], stops)
            yield from self._round(self.helpers[name], stops)

    def _caps(self, helper: Doc, stops: list[tuple[int, int, str, str, int]]) -> Iterator[Violation]:
        minutes = sum(self.requests[stop[3]]["minutes"] for stop in stops)
        if minutes > helper["max_minutes"]:
            yield Violation("max_minutes", helper["id"], str(minutes))
        if len(stops) > helper["max_visits"]:
            yield Violation("max_visits", helper["id"], str(len(stops)))

    def _round(self, helper: Doc, visits: list[tuple[int, int, str, str, int]]) -> Iterator[Violation]:
        busy = [(one["from"], one["to"], one["place"], "busy", 0) for one in helper.get("busy", ())]
        now, here = helper["from"], helper["place"]
        for start, end, place, name, _ in sorted([*visits, *busy]):
            walk = self._walk(here, place)
            if now + walk > start:
                yield Violation("too_late", f"{name} {helper['id']}", f"arrives {now + walk}, starts {start}")
            self.walked += walk
            now, here = end, place
        home = self._walk(here, helper["place"])
        self.walked += home
        if now + home > helper["to"]:
            yield Violation("home_late", helper["id"], f"{now + home} after {helper['to']}")

    def _left_over(self) -> Iterator[Violation]:
        served = {visit["request"] for visit in self.plan["visits"]}
        told: set[str] = set()
        for one in self.plan.get("unserved", ()):
            name = one["request"]
            if name not in self.requests or name in served or name in told:
                yield Violation("unserved_wrong", name)
            told.add(name)
            if one["reason"] not in REASONS:
                yield Violation("unknown_reason", name, str(one["reason"]))
        for name, request in self.requests.items():
            if name not in served and name not in told:
                yield Violation("unserved_missing", name)
            if name not in served and request.get("pinned"):
                yield Violation("pinned", name, "not served")

    def _promised(self, objective: int) -> Iterator[Violation]:
        if self.plan.get("objective") != objective:
            yield Violation("objective", "plan", f"{self.plan.get('objective')}, recomputed {objective}")
        bound = self.plan.get("upper_bound")
        if bound is not None and bound < objective:
            yield Violation("upper_bound", "plan", f"{bound} is below {objective}")
