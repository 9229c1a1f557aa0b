"""Reading and writing `timebank-matching/1` and `timebank-plan/1` (formats.md §3)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from timebank.matching.planner.fields import BadFile, Record
from timebank.matching.rules.day import BusyStretch, DayHelper, DayPlan, Instance, PlannedVisit, Request
from timebank.matching.rules.model import Place, Travel

INSTANCE = "timebank-matching/1"
PLAN = "timebank-plan/1"

__all__ = ["BadFile", "document_of", "instance_document", "instance_of", "plan_document", "plan_of", "read_instance"]


def document_of(path: Path) -> Any:
    """The JSON of a file: UTF-8 (also with a BOM) or GB18030.  Raises `BadFile`, `OSError`."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return json.loads(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
        except (ValueError, RecursionError) as error:
            raise BadFile(f"{path}: not JSON: {error}") from error
    raise BadFile(f"{path}: neither UTF-8 nor GB18030")


def read_instance(path: Path) -> Instance:
    """The instance of a file.  Raises `BadFile` with a sentence, `OSError`."""
    try:
        return instance_of(document_of(path))
    except BadFile as error:
        raise BadFile(str(error) if str(error).startswith(str(path)) else f"{path}: {error}") from error


def instance_of(document: Any) -> Instance:
    """The instance of a JSON document.  Raises `BadFile`: a key that is missing or wrong, an id twice or unknown."""
    whole = Record(document, "instance")
    whole.is_format(INSTANCE)
    places = {one.text("id"): _place(one) for one in whole.unique("places")}
    helpers = tuple(_helper(one, places) for one in whole.unique("helpers"))
    known = {one.id for one in helpers}
    requests = tuple(_request(one, places, known) for one in whole.unique("requests"))
    return Instance(
        day=_day(whole),
        places=places,
        helpers=helpers,
        requests=requests,
        travel=_travel(whole.record("travel")),
        weight_seconds=whole.whole("weight_seconds", 20_000),
        continuity_seconds=whole.whole("continuity_seconds", 600),
    )


def _day(one: Record) -> str:
    day = one.text("day", "")
    try:
        return day and date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise BadFile(f"{one.name}: 'day' must be a day like 2026-11-23, not {day!r}") from error


def _place(one: Record) -> Place:
    return Place(one.number("x"), one.number("y"))


def _travel(one: Record) -> Travel:
    travel = Travel(
        detour=one.number("detour", 1.3),
        metres_per_second=one.number("metres_per_second", 1.17),
        fixed_seconds=one.whole("fixed_seconds", 120),
        same_place_seconds=one.whole("same_place_seconds", 60),
    )
    if travel.metres_per_second <= 0 or min(travel.detour, travel.fixed_seconds, travel.same_place_seconds) < 0:
        raise BadFile("travel: speeds are above zero, the rest is not below it")
    return travel


def _helper(one: Record, places: Mapping[str, Place]) -> DayHelper:
    return DayHelper(
        id=one.text("id"),
        place=one.known("place", places),
        start=one.whole("from"),
        end=one.whole("to"),
        max_minutes=one.whole("max_minutes"),
        max_visits=one.whole("max_visits"),
        max_distance_m=one.number("max_distance_m"),
        skills=one.texts("skills"),
        sex=one.maybe("sex"),
        languages=one.texts("languages"),
        blocked=one.texts("blocked"),
        busy=tuple(sorted((_busy(busy, places) for busy in one.several("busy")), key=lambda busy: busy.start)),
    )


def _busy(one: Record, places: Mapping[str, Place]) -> BusyStretch:
    busy = BusyStretch(one.known("place", places), one.whole("from"), one.whole("to"))
    if busy.end < busy.start:
        raise BadFile(f"{one.name}: ends before it begins")
    return busy


def _request(one: Record, places: Mapping[str, Place], helpers: set[str]) -> Request:
    request = Request(
        id=one.text("id"),
        recipient=one.text("recipient"),
        place=one.known("place", places),
        service=one.text("service"),
        minutes=one.whole("minutes"),
        earliest_start=one.whole("earliest_start"),
        latest_start=one.whole("latest_start"),
        weight=one.whole("weight", 1),
        helpers_needed=one.whole("helpers_needed", 1),
        helper_sex=one.maybe("helper_sex"),
        language=one.maybe("language"),
        usual_helper=one.maybe("usual_helper"),
        pinned=_pinned(one, helpers),
    )
    if request.helpers_needed < 1 or request.minutes < 1 or request.weight < 0:
        raise BadFile(f"{one.name}: helpers_needed and minutes are at least 1, weight at least 0")
    if request.usual_helper is not None and request.usual_helper not in helpers:
        raise BadFile(f"{one.name}: usual_helper {request.usual_helper!r} is not known")
    return request


def _pinned(one: Record, helpers: set[str]) -> tuple[str, ...] | None:
    names = one.listed("pinned")
    if not names:
        return None
    unknown = [name for name in names if name not in helpers]
    if unknown:
        raise BadFile(f"{one.name}: pinned {unknown[0]!r} is not known")
    return names


def plan_of(document: Any) -> DayPlan:
    """The plan of a JSON document.  Raises `BadFile`."""
    whole = Record(document, "plan")
    whole.is_format(PLAN)
    return DayPlan(
        visits=tuple(
            PlannedVisit(one.text("request"), one.listed("helpers"), one.whole("start"))
            for one in whole.several("visits")
        ),
        unserved={one.text("request"): one.text("reason") for one in whole.several("unserved")},
        objective=whole.whole("objective"),
        upper_bound=None if whole.maybe_value("upper_bound") is None else math.ceil(whole.number("upper_bound")),
    )


def plan_document(plan: DayPlan) -> dict[str, Any]:
    """The plan as JSON."""
    return {
        "format": PLAN,
        "visits": [
            {"request": visit.request, "helpers": list(visit.helpers), "start": visit.start} for visit in plan.visits
        ],
        "unserved": [{"request": request, "reason": reason} for request, reason in plan.unserved.items()],
        "objective": plan.objective,
        "upper_bound": plan.upper_bound,
    }


def instance_document(instance: Instance) -> dict[str, Any]:
    """The instance as JSON.  What only the caller knows (``barred``) is told as skills that nobody else asks for."""
    travel = instance.travel
    return {
        "format": INSTANCE,
        "day": instance.day,
        "travel": {
            "detour": travel.detour,
            "metres_per_second": travel.metres_per_second,
            "fixed_seconds": travel.fixed_seconds,
            "same_place_seconds": travel.same_place_seconds,
        },
        "weight_seconds": instance.weight_seconds,
        "continuity_seconds": instance.continuity_seconds,
        "places": [{"id": name, "x": place.x, "y": place.y} for name, place in instance.places.items()],
        "helpers": [_helper_document(one) for one in instance.helpers],
        "requests": [_request_document(one) for one in instance.requests],
    }


def _helper_document(one: DayHelper) -> dict[str, Any]:
    return {
        "id": one.id,
        "place": one.place,
        "from": one.start,
        "to": one.end,
        "max_minutes": one.max_minutes,
        "max_visits": one.max_visits,
        "max_distance_m": one.max_distance_m,
        "skills": sorted(one.skills),
        "sex": one.sex,
        "languages": sorted(one.languages),
        "blocked": sorted(one.blocked),
        "busy": [{"place": busy.place, "from": busy.start, "to": busy.end} for busy in one.busy],
    }


def _request_document(one: Request) -> dict[str, Any]:
    names = Request.__slots__
    values = {name: getattr(one, name) for name in names}
    return {**values, "pinned": None if one.pinned is None else list(one.pinned)}


def write(path: Path, lines: Iterable[str]) -> None:
    """The file appears whole or not at all.  Raises `OSError`."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.writelines(lines)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
