"""Who could help with a visit: ranked with reasons, and why the others are out (domain.md F19, C3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.matching.queries.candidates import Candidates, candidates
from timebank.matching.queries.visits import Occasion, VisitNeed, series, visit_need
from timebank.matching.rules.model import Broken, Travel, Why
from timebank.matching.rules.ranking import Suitable, rank
from timebank.matching.rules.score import Part
from timebank.matching.rules.timing import best_start

TOP = 10
WALKING = Travel()


@dataclass(frozen=True, slots=True)
class VisitHead:
    """The visit the suggestions are for."""

    id: int
    request_id: int | None
    recipient_id: int
    recipient_name: str
    territory_code: str
    service_code: str
    service_name: str
    earliest_start: datetime
    latest_start: datetime
    minutes: int
    looking: bool
    series: int  # open visits of the weekly request, this one included; 0 for a single visit


SAID_NO = ("declined", "accepted")  # accepted, and the visit looks for somebody again: it was given back


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suitable helper: when to come, points, reasons; how many visits of the series they could do."""

    person_id: int
    name: str
    starts_at: datetime
    day: date
    total: float
    parts: tuple[Part, ...]
    series_fits: int
    asked: str | None  # state of the last offer for this visit

    @property
    def reasons(self) -> tuple[Why, ...]:
        return tuple(part.why for part in self.parts)


@dataclass(frozen=True, slots=True)
class OutLine:
    """A helper who is out, with every rule that says so."""

    person_id: int
    name: str
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The answer: the best ten, how many are suitable, who is out by which rule."""

    visit: VisitHead
    ranked: Sequence[Suggestion]
    suitable: int
    out: Sequence[OutLine]
    out_by_rule: Mapping[str, int]

    @property
    def looked_at(self) -> int:
        return self.suitable + len(self.out)


def suggestions(actor: Actor, visit_id: int, *, top: int = TOP) -> Suggestions:
    """Ranked helpers for a visit; who said no to it or gave it back stands behind the others.

    Needs requests.read where the visit is; raises `NotFound("no_such_visit")`.
    """
    found = visit_need(actor, visit_id)
    occasions = series(found)
    last_day = occasions[-1].day if occasions else found.occasion.day
    who = candidates(found, last_day)
    day = found.occasion.day
    ranking = rank((who.on(info, found, day) for info in who.infos), found.need, WALKING)
    names = {info.person_id: info.name for info in who.infos}
    willing = sorted(ranking.suitable, key=lambda one: found.looking and who.past[one.helper.id].asked in SAID_NO)
    return Suggestions(
        visit=_head(found, occasions),
        ranked=[_suggestion(one, found, who, occasions, names) for one in willing[:top]],
        suitable=len(ranking.suitable),
        out=[OutLine(one.helper.id, names[one.helper.id], one.broken) for one in ranking.out],
        out_by_rule=ranking.out_by_rule,
    )


def _head(found: VisitNeed, occasions: Sequence[Occasion]) -> VisitHead:
    return VisitHead(
        id=found.occasion.visit_id,
        request_id=found.request_id,
        recipient_id=found.recipient_id,
        recipient_name=found.recipient_name,
        territory_code=found.territory_code,
        service_code=found.service_code,
        service_name=found.service_name,
        earliest_start=found.occasion.earliest_start,
        latest_start=found.occasion.latest_start,
        minutes=found.need.minutes,
        looking=found.looking,
        series=len(occasions),
    )


def _suggestion(
    one: Suitable, found: VisitNeed, who: Candidates, occasions: Sequence[Occasion], names: Mapping[int, str]
) -> Suggestion:
    helper, day = one.helper, found.occasion.day
    past = who.past[helper.id]
    return Suggestion(
        person_id=helper.id,
        name=names[helper.id],
        starts_at=clock.at(day, one.score.start.at // 60),
        day=day,
        total=one.score.total,
        parts=one.score.parts,
        series_fits=_series_fits(helper.id, found, who, occasions),
        asked=past.asked,
    )


def _series_fits(person_id: int, found: VisitNeed, who: Candidates, occasions: Sequence[Occasion]) -> int:
    """How many visits of the series fit into the helper's weeks (each within its own window)."""
    info = next(one for one in who.infos if one.person_id == person_id)
    fits = 0
    for occasion in occasions:
        need = replace(found.need, day=occasion.day, window=occasion.window)
        fits += best_start(who.on(info, found, occasion.day), need, WALKING) is not None
    return fits
