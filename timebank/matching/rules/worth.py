"""The objective of a plan (formats.md §3): weight served, visits by the usual helper, walking."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from timebank.matching.rules.day import DayHelper, Instance, PlannedVisit


def objective_of(instance: Instance, visits: Iterable[PlannedVisit]) -> int:
    """Weight and continuity in seconds, less the walking."""
    visits = tuple(visits)
    asked = [(instance.request[visit.request], visit) for visit in visits]
    weight = sum(request.weight for request, _ in asked)
    usual = sum(1 for request, visit in asked if request.usual_helper in visit.helpers)
    gain = weight * instance.weight_seconds + usual * instance.continuity_seconds
    return gain - travel_of(instance, visits)


def travel_of(instance: Instance, visits: Iterable[PlannedVisit]) -> int:
    """Seconds of walking of all helpers who have a visit, the ways to busy stretches and home included."""
    stops: dict[str, list[tuple[int, str]]] = {}
    for visit in visits:
        for helper in visit.helpers:
            stops.setdefault(helper, []).append((visit.start, instance.request[visit.request].place))
    return sum(_walk(instance, instance.helper[name], found) for name, found in stops.items())


def _walk(instance: Instance, helper: DayHelper, visits: list[tuple[int, str]]) -> int:
    busy = [(one.start, one.place) for one in helper.busy]
    places = [helper.place, *(place for _, place in sorted([*visits, *busy])), helper.place]
    return sum(instance.seconds(one, other) for one, other in pairwise(places))
