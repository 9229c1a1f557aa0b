"""Plain insertion after a dropout: every promise stays as it is, each lost visit goes where it costs the least walking.

Shares no code with the planner: days are documents of formats.md §3.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

Doc = dict[str, Any]
Stop = tuple[int, int, str]  # from, to, place
QUARTER = 900


class Days:
    """What everybody has promised, as stops of a day."""

    def __init__(self, day: Doc, visits: list[Doc]) -> None:
        self.day = day
        self.at = {place["id"]: (place["x"], place["y"]) for place in day["places"]}
        self.helpers = {one["id"]: one for one in day["helpers"]}
        self.requests = {one["id"]: one for one in day["requests"]}
        self.visits = {visit["request"]: visit for visit in visits}
        self.given: dict[str, list[Doc]] = {name: [] for name in self.helpers}
        for visit in visits:
            for name in visit["helpers"]:
                self.given[name].append(visit)

    def put(self, request: Doc, *, starts: list[int] | None = None, with_: tuple[str, ...] = ()) -> bool:
        """Serves a request where that costs least; ``with_``: who comes anyway, at ``starts``."""
        need = request["helpers_needed"] - len(with_)
        best: tuple[int, int, list[str]] | None = None
        first = -(-request["earliest_start"] // QUARTER) * QUARTER
        for start in starts or range(first, request["latest_start"] + 1, QUARTER):
            costs = sorted((cost, name) for name, cost in self._costs(request, start) if name not in with_)
            team = costs[:need]
            total = sum(cost for cost, _ in team)
            if len(team) == need and (best is None or total < best[0]):
                best = total, start, [name for _, name in team]
        if best is None or best[0] >= request["weight"] * self.day["weight_seconds"]:
            return False
        visit = {"request": request["id"], "helpers": [*with_, *best[2]], "start": best[1]}
        self.visits[request["id"]] = visit
        for name in visit["helpers"]:
            self.given[name].append(visit)
        return True

    def _costs(self, request: Doc, start: int) -> list[tuple[str, int]]:
        found = []
        for name, helper in self.helpers.items():
            if self._suits(helper, request):
                after = self._walk(helper, [*self.given[name], {"request": request["id"], "start": start}])
                if after is not None:
                    found.append((name, after - (self._walk(helper, self.given[name]) or 0)))
        return found

    def _suits(self, helper: Doc, request: Doc) -> bool:
        metres = self.day["travel"]["detour"] * math.dist(self.at[helper["place"]], self.at[request["place"]])
        given = [self.requests[visit["request"]]["minutes"] for visit in self.given[helper["id"]]]
        return (
            metres <= helper["max_distance_m"]
            and request["service"] in helper["skills"]
            and request["helper_sex"] in (None, helper["sex"])
            and request["language"] in (None, *helper["languages"])
            and request["recipient"] not in helper["blocked"]
            and len(given) < helper["max_visits"]
            and sum(given) + request["minutes"] <= helper["max_minutes"]
        )

    def _walk(self, helper: Doc, visits: list[Doc]) -> int | None:
        """Seconds of walking; None where somebody would be late."""
        if not visits:
            return 0
        stops = sorted([*map(self._stop, visits), *((one["from"], one["to"], one["place"]) for one in helper["busy"])])
        home = (helper["from"], helper["from"], helper["place"]), (helper["to"], helper["to"], helper["place"])
        total = 0
        for one, other in itertools.pairwise([home[0], *stops, home[1]]):
            way = self._seconds(one[2], other[2])
            if one[1] + way > other[0]:
                return None
            total += way
        return total

    def _stop(self, visit: Doc) -> Stop:
        request = self.requests[visit["request"]]
        return visit["start"], visit["start"] + request["minutes"] * 60, request["place"]

    def _seconds(self, one: str, other: str) -> int:
        rule = self.day["travel"]
        if one == other:
            return int(rule["same_place_seconds"])
        slow: float = rule["detour"] / rule["metres_per_second"]
        return int(rule["fixed_seconds"]) + math.ceil(slow * math.dist(self.at[one], self.at[other]))


def inserted(day: Doc, visits: list[Doc], gone: str) -> list[Doc]:
    """The visits after ``gone`` dropped out of ``day`` (already without them), the most urgent put in first."""
    lost = [visit for visit in visits if gone in visit["helpers"]]
    days = Days(day, [visit for visit in visits if gone not in visit["helpers"]])
    lost.sort(key=lambda visit: (-days.requests[visit["request"]]["weight"], visit["request"]))
    for visit in lost:
        request = days.requests[visit["request"]]
        partners = tuple(name for name in visit["helpers"] if name != gone)
        if partners and _together(days, request, visit, partners):
            continue
        days.put(request)
    return list(days.visits.values())


def _together(days: Days, request: Doc, visit: Doc, partners: tuple[str, ...]) -> bool:
    """Somebody comes instead, at the same time, to who is still there."""
    return days.put(request, starts=[visit["start"]], with_=partners)
