"""Tiny days for the tests of the planner, their best plans found by trying everything, and changes that must not matter."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

Doc = dict[str, Any]
TRAVEL = {"detour": 1.3, "metres_per_second": 1.17, "fixed_seconds": 120, "same_place_seconds": 60}


def tiny(seed: int, *, helpers: int = 3, requests: int = 5, rich: bool = True) -> Doc:
    """A day small enough to try everything."""
    dice = random.Random(seed)
    places = [{"id": f"p{n}", "x": dice.uniform(0, 600), "y": dice.uniform(0, 600)} for n in range(4)]
    return {
        "format": "timebank-matching/1",
        "day": "2026-11-23",
        "travel": TRAVEL,
        "weight_seconds": dice.choice((20_000, 900)),
        "continuity_seconds": 600,
        "places": places,
        "helpers": [_helper(n, dice, rich) for n in range(helpers)],
        "requests": [_request(n, dice, rich) for n in range(requests)],
    }


def _helper(number: int, dice: random.Random, rich: bool) -> Doc:
    start = dice.choice((28_800, 30_000, 32_400))
    end = start + dice.choice((7_200, 10_800, 14_400))
    begin = start + dice.randrange(1_500, 5_000)
    busy = (
        [{"place": f"p{dice.randrange(4)}", "from": begin, "to": begin + 1_000}] if rich and dice.random() < 0.3 else []
    )
    return {
        "id": f"h{number}", "place": f"p{dice.randrange(4)}", "from": start, "to": end,
        "max_minutes": dice.choice((60, 120, 180)), "max_visits": dice.choice((1, 2, 3)),
        "max_distance_m": dice.choice((500, 2_000)), "skills": ["a", "b"] if dice.random() < 0.7 else ["a"],
        "sex": dice.choice("FM"), "languages": ["zh"], "blocked": [f"r{dice.randrange(12)}"], "busy": busy,
    }  # fmt: skip


def _request(number: int, dice: random.Random, rich: bool) -> Doc:
    earliest = dice.choice((28_800, 32_400, 33_000))
    return {
        "id": f"q{number}", "recipient": f"r{number}", "place": f"p{dice.randrange(4)}", "service": dice.choice("aab"),
        "minutes": dice.choice((30, 40, 60, 90)), "earliest_start": earliest,
        "latest_start": earliest + dice.choice((0, 1_800, 3_600, 7_200)), "weight": dice.choice((0, 1, 2, 4)),
        "helpers_needed": 2 if rich and dice.random() < 0.25 else 1,
        "helper_sex": dice.choice((None, None, None, "F")), "language": None,
        "usual_helper": dice.choice((None, "h0", "h1")), "pinned": None,
    }  # fmt: skip


def best_objective(day: Doc) -> int | None:
    """The optimum by exhaustion: every choice of helpers and starts; None where no plan keeps the pins."""
    walks = _Walks(day)
    best: list[int | None] = [None]
    _try(day, walks, 0, {}, 0, best)
    return best[0]


def _try(
    day: Doc, walks: _Walks, number: int, given: dict[str, tuple[Any, ...]], gain: int, best: list[int | None]
) -> None:
    if number == len(day["requests"]):
        walked = [walks.day(name, visits) for name, visits in given.items()]
        if all(one is not None for one in walked):
            total = gain - sum(one for one in walked if one is not None)
            best[0] = total if best[0] is None else max(best[0], total)
        return
    request = day["requests"][number]
    if not request["pinned"]:
        _try(day, walks, number + 1, given, gain, best)
    able = [helper["id"] for helper in day["helpers"] if walks.may(helper, request)]
    first = math.ceil(request["earliest_start"] / 900) * 900
    for team in itertools.combinations(able, request["helpers_needed"]):
        if request["pinned"] and set(team) != set(request["pinned"]):
            continue
        value = request["weight"] * day["weight_seconds"]
        value += day["continuity_seconds"] if request["usual_helper"] in team else 0
        for start in range(first, request["latest_start"] + 1, 900):
            more = {name: (*given.get(name, ()), (start, request)) for name in team}
            if all(walks.day(name, visits) is not None for name, visits in more.items()):
                _try(day, walks, number + 1, {**given, **more}, gain + value, best)


class _Walks:
    def __init__(self, day: Doc) -> None:
        self.at = {place["id"]: (place["x"], place["y"]) for place in day["places"]}
        self.helpers = {helper["id"]: helper for helper in day["helpers"]}

    def may(self, helper: Doc, request: Doc) -> bool:
        far = 1.3 * math.dist(self.at[helper["place"]], self.at[request["place"]])
        return (
            request["service"] in helper["skills"]
            and request["helper_sex"] in (None, helper["sex"])
            and request["recipient"] not in helper["blocked"]
            and far <= helper["max_distance_m"]
        )

    def day(self, name: str, visits: tuple[Any, ...]) -> int | None:
        """Seconds of walking; None where the visits do not make a day."""
        helper = self.helpers[name]
        if len(visits) > helper["max_visits"] or sum(one["minutes"] for _, one in visits) > helper["max_minutes"]:
            return None
        stops = [(start, start + one["minutes"] * 60, one["place"]) for start, one in visits]
        stops += [(one["from"], one["to"], one["place"]) for one in helper["busy"]]
        now, here, walked = helper["from"], helper["place"], 0
        for start, end, place in [*sorted(stops), (helper["to"], helper["to"], helper["place"])]:
            way = 60 if here == place else 120 + math.ceil(1.3 * math.dist(self.at[here], self.at[place]) / 1.17)
            if now + way > start:
                return None
            now, here, walked = end, place, walked + way
        return walked


def best_week(days: list[Doc], caps: dict[str, int]) -> int:
    """The optimum of some days together by exhaustion, where ``caps`` hold the minutes of each helper."""
    best = {tuple(0 for _ in caps): 0}
    for day in days:
        joined: dict[tuple[int, ...], int] = {}
        for minutes, value in _by_minutes(day, caps).items():
            for before, worth in best.items():
                both = tuple(one + other for one, other in zip(before, minutes, strict=True))
                if all(used <= cap for used, cap in zip(both, caps.values(), strict=True)):
                    joined[both] = max(worth + value, joined.get(both, worth + value))
        best = joined
    return max(best.values())


def _by_minutes(day: Doc, caps: dict[str, int]) -> dict[tuple[int, ...], int]:
    """The best objective for each way in which minutes can fall to the helpers."""
    found: dict[tuple[int, ...], int] = {}
    shares = [range(0, min(cap, 180) + 1, 10) for cap in caps.values()]
    asked = {one["minutes"] for one in day["requests"]}
    for limits in itertools.product(*[[n for n in share if n == 0 or _sums(n, asked)] for share in shares]):
        limited = [
            {**one, "max_minutes": min(one["max_minutes"], limits[list(caps).index(one["id"])])}
            for one in day["helpers"]
        ]
        value = best_objective({**day, "helpers": limited})
        if value is not None:
            found[limits] = value
    return found


def _sums(minutes: int, parts: set[int]) -> bool:
    return minutes == 0 or any(minutes >= part and _sums(minutes - part, parts) for part in parts)
