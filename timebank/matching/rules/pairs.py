"""The hard rules of a visit (hard.py) asked about a helper and a request of a planned day."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from timebank.matching.rules.day import DayHelper, DayPlan, Instance, PlannedVisit, Request
from timebank.matching.rules.hard import broken_rules
from timebank.matching.rules.model import Broken, Helper, Limits, Need, Stop, Stretch, Travel
from timebank.matching.rules.ranking import Out, Ranking, Suitable
from timebank.matching.rules.score import order, score

RECIPIENT = -1  # the rules know persons by number: helpers are counted from 0, the recipient is nobody of them


def broken_in_day(
    instance: Instance, request_id: str, helper_id: str, current: DayPlan | None, start: int | None
) -> tuple[Broken, ...]:
    """Every rule that keeps the helper from the request, beside the helper's other visits of the plan."""
    request, helper = instance.request[request_id], instance.helper[helper_id]
    beside = [visit for visit in current.visits if helper_id in visit.helpers] if current else []
    beside = [visit for visit in beside if visit.request != request_id]
    need = need_of(instance, request, helper)
    if start is not None:
        need = replace(need, window=Stretch(start, start))
    asked = helper_of(instance, helper, request, beside)
    return (*_of_the_day(helper, request, len(beside)), *broken_rules(asked, need, way(instance.travel)))


def _of_the_day(helper: DayHelper, request: Request, visits: int) -> Iterable[Broken]:
    if request.pinned is not None and helper.id not in request.pinned:
        yield Broken("pinned_elsewhere")
    if visits + 1 > helper.max_visits:
        yield Broken("most_visits", {"visits": visits, "limit": helper.max_visits})
    if request.id in helper.barred:
        yield Broken(helper.barred[request.id])


def ranking(instance: Instance, request_id: str) -> Ranking:
    """Every helper of the day for one request: the suitable best first (F19), the others with every rule that keeps
    them out.  Helpers are told by their place in the list."""
    request, travel = instance.request[request_id], way(instance.travel)
    suitable: list[Suitable] = []
    out: list[Out] = []
    for helper in instance.helpers:
        need = need_of(instance, request, helper)
        asked = helper_of(instance, helper, request)
        broken = (*_of_the_day(helper, request, 0), *broken_rules(asked, need, travel))
        found = None if broken else score(asked, need, travel)
        if found is None:
            out.append(Out(asked, broken))
        else:
            suitable.append(Suitable(asked, found))
    suitable.sort(key=lambda one: order(one.helper, one.score))
    return Ranking(tuple(suitable), tuple(out))


def way(travel: Travel) -> Travel:
    """In a planned day the walk from and to home is part of the free stretch."""
    return replace(travel, commute=True)


def helper_of(instance: Instance, helper: DayHelper, request: Request, visits: Iterable[PlannedVisit] = ()) -> Helper:
    """A helper of the day, with visits given already, as the hard rules see one before this recipient."""
    given = [(visit.start, instance.request[visit.request]) for visit in visits]
    stops = [Stop(one.start, one.end, instance.places[one.place]) for one in helper.busy]
    stops += [Stop(start, start + one.minutes * 60, instance.places[one.place]) for start, one in given]
    return Helper(
        id=instance.number[helper.id],
        home=instance.places[helper.place],
        sex=helper.sex,
        languages=helper.languages,
        skills=dict.fromkeys(helper.skills, True),
        max_distance_m=math.floor(helper.max_distance_m),
        blocked=frozenset({RECIPIENT}) if request.recipient in helper.blocked else frozenset(),
        free=(Stretch(helper.start, helper.end),),
        busy=tuple(sorted(stops, key=lambda stop: stop.start)),
        visits_before=1 if request.usual_helper == helper.id else 0,
        day_minutes=sum(one.minutes for _, one in given),
    )


def need_of(instance: Instance, request: Request, helper: DayHelper) -> Need:
    """A request as the hard rules see one; the limit of the day is the helper's own."""
    return Need(
        recipient_id=RECIPIENT,
        service=request.service,
        minutes=request.minutes,
        day=_day(instance.day),
        window=Stretch(request.earliest_start, request.latest_start),
        place=instance.places[request.place],
        helper_sex=request.helper_sex,
        language=request.language,
        limits=Limits(daily_cap_minutes=helper.max_minutes),
    )


def _day(day: str) -> date:
    return date.fromisoformat(day) if day else date.min
