"""A day with plain requests as general solvers take it: who may serve whom, seconds between all points, and back to a
plan of our format (starts at full quarter hours; what no longer fits is left out)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doc = dict[str, Any]
QUARTER = 900


class Plain:
    """Points are the homes of the helpers, then the requests."""

    def __init__(self, day: Doc) -> None:
        self.day, self.helpers, self.requests = day, day["helpers"], day["requests"]
        at = {place["id"]: (place["x"], place["y"]) for place in day["places"]}
        self.where = [one["place"] for one in (*self.helpers, *self.requests)]
        self.at = [at[name] for name in self.where]
        self.may = [[n for n in range(len(self.requests)) if self._may(h, n)] for h in range(len(self.helpers))]

    def seconds(self, one: int, other: int) -> int:
        """Between two points."""
        rule = self.day["travel"]
        if self.where[one] == self.where[other]:
            return int(rule["same_place_seconds"])
        metres = rule["detour"] * math.dist(self.at[one], self.at[other])
        return int(rule["fixed_seconds"]) + math.ceil(metres / rule["metres_per_second"])

    def matrix(self) -> NDArray[np.int64]:
        """Between all points."""
        rule, at = self.day["travel"], np.array(self.at)
        metres = rule["detour"] * np.hypot(*(at[:, None, axis] - at[None, :, axis] for axis in (0, 1)))
        seconds = int(rule["fixed_seconds"]) + np.ceil(metres / rule["metres_per_second"]).astype(np.int64)
        places = np.unique(self.where, return_inverse=True)[1]
        seconds[places[:, None] == places[None, :]] = int(rule["same_place_seconds"])
        return seconds

    def _may(self, number: int, n: int) -> bool:
        helper, request, other = self.helpers[number], self.requests[n], self.at[len(self.helpers) + n]
        return (
            request["service"] in helper["skills"]
            and request["helper_sex"] in (None, helper["sex"])
            and request["language"] in (None, *helper["languages"])
            and request["recipient"] not in helper["blocked"]
            and request["minutes"] <= helper["max_minutes"]
            and self.day["travel"]["detour"] * math.dist(self.at[number], other) <= helper["max_distance_m"]
        )

    def starts(self, request: Doc) -> list[int]:
        """Every start that may be offered."""
        first = -(-request["earliest_start"] // QUARTER) * QUARTER
        return list(range(first, request["latest_start"] + 1, QUARTER))

    def round(self, helper: int, visits: list[int]) -> tuple[list[int], int] | None:
        """Starts and walking of visits in this order; None where it does not work out."""
        one = self.helpers[helper]
        now, here, walked, starts = one["from"], helper, 0, []
        if len(visits) > one["max_visits"] or sum(self.requests[n]["minutes"] for n in visits) > one["max_minutes"]:
            return None
        for n in visits:
            way = self.seconds(here, len(self.helpers) + n)
            at = -(-max(self.requests[n]["earliest_start"], now + way) // QUARTER) * QUARTER
            if at > self.requests[n]["latest_start"]:
                return None
            starts.append(at)
            now, here, walked = at + self.requests[n]["minutes"] * 60, len(self.helpers) + n, walked + way
        back = self.seconds(here, helper) if visits else 0
        return (starts, walked + back) if now + back <= one["to"] else None

    def plan(self, routes: dict[int, list[int]]) -> Doc:
        """Routes as a plan; a visit that does not fit at full quarter hours is left out."""
        visits, walked, weight = [], 0, 0
        for helper, wanted in routes.items():
            kept: list[int] = []
            for n in wanted:
                kept = [*kept, n] if self.round(helper, [*kept, n]) else kept
            starts, way = self.round(helper, kept) or ([], 0)
            walked += way
            for n, start in zip(kept, starts, strict=True):
                weight += self.requests[n]["weight"]
                name = self.helpers[helper]["id"]
                visits.append({"request": self.requests[n]["id"], "helpers": [name], "start": start})
        served = {visit["request"] for visit in visits}
        left = [{"request": one["id"], "reason": "all_taken"} for one in self.requests if one["id"] not in served]
        objective = weight * self.day["weight_seconds"] - walked
        head = {"format": "timebank-plan/1", "objective": objective, "upper_bound": None}
        return {**head, "visits": visits, "unserved": left}
