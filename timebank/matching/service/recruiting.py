"""What more helpers would do: for each kind of help and place, how many of those left over a few more could serve.

The new helpers are imagined: they live in the middle of the place, are free from eight to six, walk a kilometre, and
are of the sex and language that is asked for.  The planner itself says how many they could serve between them.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from timebank.matching.planner import plan
from timebank.matching.queries.days import Waiting
from timebank.matching.rules.instance import Ask, instance
from timebank.matching.rules.model import Helper, Place, Stretch, Travel

NEW_HELPERS = 5
FREE = Stretch(8 * 3600, 18 * 3600)
REACH_M = 1_000
MINUTES = 240
LOOKED_AT, LONGEST_LIST = 20, 8
MOST_VISITS = 40  # of a day and place: five helpers could not do half of them
SECONDS_EACH, SECONDS_ALL = 0.5, 10.0


def recruiting(left: Sequence[Waiting]) -> list[dict[str, Any]]:
    """Lines {service, place, waiting, served, helpers}, the most people served first; of the days together."""
    groups: dict[tuple[str, str], list[Waiting]] = defaultdict(list)
    for visit in left:
        groups[visit.service_code, visit.territory_code[:12]].append(visit)
    until = time.monotonic() + SECONDS_ALL
    lines: list[dict[str, Any]] = []
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    for (service, place), visits in ranked[:LOOKED_AT]:
        if time.monotonic() < until:
            lines.append(_line(service, place, visits))
    lines.sort(key=lambda line: (-line["served"], line["helpers"]))
    return [line for line in lines if line["served"]][:LONGEST_LIST]


def _line(service: str, place: str, visits: Sequence[Waiting]) -> dict[str, Any]:
    served, used = 0, 0
    for day in sorted({visit.day for visit in visits}):
        asks = [_plain(visit) for visit in visits if visit.day == day][:MOST_VISITS]
        found = plan(instance(asks, _imagined(service, asks), Travel()), seconds=SECONDS_EACH)
        served += len(found.visits)
        used = max(used, len({helper for visit in found.visits for helper in visit.helpers}))
    return {"service": service, "place": place, "waiting": len(visits), "served": served, "helpers": used}


def _plain(visit: Waiting) -> Ask:
    need = replace(visit.need, needs_insurance=False, helper_sex=None, language=None)
    return Ask(visit.visit_id, need, visit.weight)


def _imagined(service: str, asks: Sequence[Ask]) -> list[Helper]:
    places = [ask.need.place for ask in asks if ask.need.place]
    home = None
    if places:
        home = Place(sum(one.x for one in places) / len(places), sum(one.y for one in places) / len(places))
    return [
        Helper(
            id=-number,
            home=home,
            skills={service: True},
            max_distance_m=REACH_M,
            free=(FREE,),
            max_week_minutes=MINUTES,
        )
        for number in range(1, NEW_HELPERS + 1)
    ]
