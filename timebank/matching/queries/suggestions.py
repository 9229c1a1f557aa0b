"""Who could help with a visit: ranked, with reasons for and against (domain.md F19, C3.2).

The database narrows a whole city down to those whom no standing fact keeps out (`nearby`), the rules decide and rank:
the answer is that of asking the rules about everybody (a test proves it), in a time that hardly depends on the city.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.matching.queries.calendars import candidates
from timebank.matching.queries.candidates import Candidates
from timebank.matching.queries.nearby import reachable
from timebank.matching.queries.series import Dated, SeriesFit, Tried, dated, told, tried
from timebank.matching.queries.visits import Occasion, VisitNeed, series, visit_need
from timebank.matching.rules.model import Need, Travel, Why
from timebank.matching.rules.ranking import Could, could
from timebank.matching.rules.score import Part

TOP = 10
MOST = 200  # further down nobody looks
WALKING = Travel()
SAID_NO = ("declined", "accepted")  # accepted, and the visit looks for somebody again: it was given back


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
    need: Need  # with what the recipient asks of whoever comes
    usual: str | None  # name of the helper who took the whole series


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suitable helper: when to come, points, reasons; of a series, which visits they could do."""

    person_id: int
    name: str
    starts_at: datetime
    day: date
    total: float
    parts: tuple[Part, ...]
    series: SeriesFit | None
    asked: str | None  # state of the last offer for this visit

    @property
    def reasons(self) -> tuple[Why, ...]:
        return tuple(part.why for part in self.parts)

    @property
    def reasons_for(self) -> tuple[Why, ...]:
        return tuple(part.why for part in self.parts if part.points >= 0)

    @property
    def reasons_against(self) -> tuple[Why, ...]:
        return tuple(part.why for part in self.parts if part.points < 0)

    @property
    def series_fits(self) -> int:
        """How many visits of the series, this one included; 0 for a single visit."""
        return self.series.fits if self.series else 0


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best, and how many are suitable.  `by_series`: who can do more visits of the series comes first."""

    visit: VisitHead
    ranked: Sequence[Suggestion]
    suitable: int
    by_series: bool


def suggestions(actor: Actor, visit_id: int, *, top: int = TOP, by_series: bool = True) -> Suggestions:
    """Ranked helpers for a visit; who said no to it or gave it back stands behind the others.

    `by_series`: for a weekly request, whoever can do more of the coming visits stands before the others.  Nine
    statements.  Needs requests.read where the visit is; raises `NotFound("no_such_visit")`.
    """
    found = visit_need(actor, visit_id)
    occasions = series(found)
    return suggested(found, occasions, top=min(top, MOST), by_series=by_series and len(occasions) > 1)


def suggested(found: VisitNeed, occasions: Sequence[Occasion], *, top: int, by_series: bool) -> Suggestions:
    """The same for a visit that has been read."""
    day = found.occasion.day
    last_day = occasions[-1].day if occasions else day
    who = candidates(found, reachable(found, [day]), last_day)
    ranked = could((who.on(info, found, day) for info in who.infos), found.need, WALKING)
    willing = sorted(ranked, key=lambda one: found.looking and who.past[one.helper.id].asked in SAID_NO)
    shown = _Shown(found, who, dated(found, occasions) if len(occasions) > 1 else None)
    best = shown.by_series(willing, top) if by_series else [shown.made(one) for one in willing[:top]]
    return Suggestions(head(found, occasions), best, len(willing), by_series)


def head(found: VisitNeed, occasions: Sequence[Occasion]) -> VisitHead:
    """What a page says about the visit."""
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
        need=found.need,
        usual=found.usual,
    )


class _Shown:
    """Makes suggestions of those who could come; of a series with what of it they could do."""

    def __init__(self, found: VisitNeed, who: Candidates, days: Dated | None) -> None:
        self.found, self.who, self.days = found, who, days
        self.infos = {info.person_id: info for info in who.infos}

    def by_series(self, willing: Sequence[Could], top: int) -> list[Suggestion]:
        """Who can do more of the series comes first; as soon as enough can do all of it, nobody after them is asked."""
        asked: list[tuple[bool, int, Could, Tried]] = []
        whole = 0
        for one in willing:
            tried = self._tried(one)
            said_no = self.who.past[one.helper.id].asked in SAID_NO
            asked.append((said_no, -tried.fits, one, tried))
            whole += not said_no and self.days is not None and tried.fits == len(self.days.days)
            if whole == top:
                break
        best = sorted(asked, key=itemgetter(0, 1))[:top]
        return [self.made(one, tried) for _, _, one, tried in best]

    def made(self, one: Could, tried: Tried | None = None) -> Suggestion:
        """With points and reasons."""
        info, found, days = self.infos[one.helper.id], self.found, self.days
        day = found.occasion.day
        return Suggestion(
            person_id=info.person_id,
            name=info.name,
            starts_at=clock.at(day, one.start.at // 60),
            day=day,
            total=one.total,
            parts=one.score(found.need, WALKING).parts,
            series=told(info, found, self.who, days, tried or self._tried(one)) if days else None,
            asked=self.who.past[info.person_id].asked,
        )

    def _tried(self, one: Could) -> Tried:
        assert self.days is not None
        return tried(self.infos[one.helper.id], self.found, self.who, self.days, one.start.at)
