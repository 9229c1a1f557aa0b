"""Made-up days of a Nanjing-like district in the form of formats.md §3; the same numbers give the same day.

Communities lie 700 m apart with 20 buildings each, two thirds of the helpers are retired, few walk further than 800 m.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

SERVICES = {  # minutes, share of the requests, share of the helpers who offer it
    "cleaning": (60, 0.24, 0.96),
    "company": (90, 0.19, 0.62),
    "cooking": (45, 0.17, 0.83),
    "shopping": (45, 0.10, 0.50),
    "hospital": (150, 0.11, 0.45),
    "bathing": (60, 0.08, 0.14),
    "phone": (30, 0.05, 0.12),
    "legal": (60, 0.05, 0.06),
}
WINDOWS = ((28_800, 41_400, 0.40), (46_800, 63_000, 0.30), (63_000, 72_000, 0.12))
NARROW = (28_800, 32_400, 36_000, 50_400, 54_000, 64_800)
WEIGHTS = ((1, 0.58), (2, 0.26), (4, 0.12), (10, 0.04))


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of day: shares of requests for two helpers and pinned ones, of helpers with something else to do; long
    days; requests with a usual helper."""

    pairs: float = 0.0
    pins: float = 0.0
    busy: float = 0.0
    usual: float = 0.0
    long: bool = False


PLAIN = Shape()
RICH = Shape(pairs=0.07, pins=0.03, busy=0.08, usual=0.25)
LONG = Shape(long=True)


def town(helpers: int, requests: int, seed: int, shape: Shape = PLAIN) -> dict[str, Any]:
    """One day."""
    dice = random.Random(f"{helpers} {requests} {seed} {shape}")  # noqa: S311 - nothing is secret here
    places = _places(max(1, math.ceil(helpers / 25)), dice)
    names = [place["id"] for place in places]
    people = [_helper(number, names, requests, shape, dice) for number in range(helpers)]
    asked = [_request(number, names, people, shape, dice) for number in range(requests)]
    day = {
        "format": "timebank-matching/1",
        "day": "2026-11-23",
        "travel": {"detour": 1.3, "metres_per_second": 1.17, "fixed_seconds": 120, "same_place_seconds": 60},
        "weight_seconds": 20_000,
        "continuity_seconds": 600,
        "places": places,
        "helpers": people,
        "requests": asked,
    }
    if shape.pins:
        _pin(day, shape, dice)
    return day


def week(helpers: int, requests: int, seed: int, shape: Shape = RICH, *, length: int = 5) -> list[dict[str, Any]]:
    """Some days of the same district: the helpers stay, their hours and the requests change."""
    days = [town(helpers, requests, seed * 100 + n, shape) for n in range(length)]
    keep = ("place", "max_distance_m", "skills", "sex", "languages")
    for day in days[1:]:
        day["places"] = days[0]["places"]
        for helper, first in zip(day["helpers"], days[0]["helpers"], strict=True):
            helper.update({key: first[key] for key in keep})
            for busy in helper["busy"]:
                busy["place"] = first["place"]
        for request in day["requests"]:
            request["pinned"] = None
    return days


def _places(communities: int, dice: random.Random) -> list[dict[str, Any]]:
    wide = math.ceil(math.sqrt(communities))
    found: list[dict[str, Any]] = []
    for community in range(communities):
        x, y = 700 * (community % wide), 700 * (community // wide)
        for _ in range(20):
            at = {"x": round(x + dice.uniform(-250, 250), 1), "y": round(y + dice.uniform(-250, 250), 1)}
            found.append({"id": f"p{len(found)}", **at})
    return found


def _helper(number: int, places: list[str], requests: int, shape: Shape, dice: random.Random) -> dict[str, Any]:
    start, end = _hours(shape, dice)
    place = dice.choice(places)
    minutes = dice.choices((60, 120, 180, 240), (0.19, 0.39, 0.30, 0.12))[0]
    busy = []
    if dice.random() < shape.busy and end - start >= 9_000:
        begin = dice.randrange(start + 1_200, end - 3_000)
        busy = [{"place": place if dice.random() < 0.5 else dice.choice(places), "from": begin, "to": begin + 1_800}]
    skills = [name for name, (_, _, share) in SERVICES.items() if dice.random() < share]
    return {
        "id": f"h{number}",
        "place": place,
        "from": start,
        "to": end,
        "max_minutes": dice.choice((240, 360, 480)) if shape.long else minutes,
        "max_visits": dice.choice((6, 7, 8)) if shape.long else 4,
        "max_distance_m": dice.choices((300, 800, 2000), (0.43, 0.43, 0.14))[0],
        "skills": skills or ["company"],
        "sex": "F" if dice.random() < 0.66 else "M",
        "languages": ["zh", "nanjing"] if dice.random() < 0.63 else ["zh"],
        "blocked": sorted({f"r{dice.randrange(requests)}" for _ in range(2)}),
        "busy": busy,
    }


def _hours(shape: Shape, dice: random.Random) -> tuple[int, int]:
    if shape.long:
        return dice.choice(((28_800, 57_600), (28_800, 54_000), (30_600, 59_400), (36_000, 64_800)))
    if dice.random() < 0.65:  # retired
        if dice.random() < 0.14:
            return 28_800, dice.choice((55_800, 57_600))
        start = dice.choice((28_800, 30_600, 32_400, 46_800, 48_600))
        return start, start + dice.choice((10_800, 14_400, 18_000))
    start = dice.choice((63_000, 64_800, 66_600))
    return start, min(75_600, start + dice.choice((7_200, 9_000, 10_800)))


def _request(
    number: int, places: list[str], helpers: list[dict[str, Any]], shape: Shape, dice: random.Random
) -> dict[str, Any]:
    service = dice.choices(list(SERVICES), [share for _, share, _ in SERVICES.values()])[0]
    wide = dice.choices((*WINDOWS, None), (0.40, 0.30, 0.12, 0.18))[0]
    narrow = dice.choice(NARROW)
    earliest, latest = wide[:2] if wide else (narrow, narrow + 3_600)
    two = dice.random() < shape.pairs
    offering = [helper["id"] for helper in dice.sample(helpers, min(40, len(helpers))) if service in helper["skills"]]
    usual = offering[0] if offering and dice.random() < shape.usual else None
    return {
        "id": f"q{number}",
        "recipient": f"r{number}",
        "place": dice.choice(places),
        "service": service,
        "minutes": SERVICES[service][0],
        "earliest_start": earliest,
        "latest_start": latest,
        "weight": dice.choices([w for w, _ in WEIGHTS], [s for _, s in WEIGHTS])[0] * (2 if two else 1),
        "helpers_needed": 2 if two else 1,
        "helper_sex": dice.choices((None, "F", "M"), (0.87, 0.08, 0.05))[0],
        "language": "nanjing" if dice.random() < 0.13 else None,
        "usual_helper": usual,
        "pinned": None,
    }


def _pin(day: dict[str, Any], shape: Shape, dice: random.Random) -> None:
    """Promises what a coordinator could have promised: single visits, to a helper who has no other pin."""
    at = {place["id"]: (place["x"], place["y"]) for place in day["places"]}
    taken: set[str] = set()
    for request in dice.sample(day["requests"], round(shape.pins * len(day["requests"]))):
        fits = [one for one in day["helpers"] if one["id"] not in taken and _fits(day["travel"], one, request, at)]
        if fits and request["helpers_needed"] == 1:
            chosen = dice.choice(fits)["id"]
            taken.add(chosen)
            request["pinned"] = [chosen]


def _fits(travel: dict[str, Any], helper: dict[str, Any], request: dict[str, Any], at: dict[str, Any]) -> bool:
    metres = travel["detour"] * math.dist(at[helper["place"]], at[request["place"]])
    walk = 60 + math.ceil(metres / travel["metres_per_second"] + travel["fixed_seconds"])
    start = -(-max(request["earliest_start"], helper["from"] + walk) // 900) * 900
    return (
        not helper["busy"]
        and request["service"] in helper["skills"]
        and request["helper_sex"] in (None, helper["sex"])
        and request["language"] in (None, *helper["languages"])
        and request["recipient"] not in helper["blocked"]
        and metres <= helper["max_distance_m"]
        and request["minutes"] <= helper["max_minutes"]
        and start <= request["latest_start"]
        and start + request["minutes"] * 60 + walk <= helper["to"]
    )
