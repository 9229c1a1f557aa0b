"""The waiting visits and the helpers of some days, read with a fixed number of statements for planner and board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import get_locale

from timebank.core import clock
from timebank.core.parameters import Values
from timebank.exchange.models import VisitState
from timebank.exchange.queries import schemes
from timebank.exchange.queries.volunteers import HelperInfo, helpers_for
from timebank.matching.queries import days_rows
from timebank.matching.queries.candidates import Past, Promise, helper_of
from timebank.matching.queries.days_rows import LEAD, Point, Wanted
from timebank.matching.queries.visits import Occasion, need_of, origin_of, seconds
from timebank.matching.rules.model import Helper, Need, Place, Stretch
from timebank.matching.rules.plans import Weights
from timebank.people import queries as people

__all__ = ["Day", "Days", "Waiting", "Wanted", "read_days"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A visit that a plan may give to somebody.  `promise`: helper and start, where it was promised before."""

    visit_id: int
    recipient_id: int
    recipient: str
    territory_code: str
    service_code: str
    service: str
    urgent: bool
    earliest_start: datetime
    latest_start: datetime
    point: Point | None
    weight: int
    need: Need
    usual: int | None
    promise: tuple[int, datetime] | None
    together: UUID | None = None  # the same for all helpers of an occasion
    with_start: datetime | None = None  # when the others of the occasion begin

    @property
    def day(self) -> date:
        return self.need.day

    def at(self, start: datetime) -> Waiting:
        """The visit as it is once the others of its occasion begin at this moment."""
        at = seconds(start, self.need.day)
        need = replace(self.need, window=Stretch(at, at))
        return replace(self, need=need, earliest_start=start, latest_start=start, with_start=start)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as the planner sees it; places lie on the plane that touches the earth at `origin`."""

    day: date
    origin: Point | None
    waiting: tuple[Waiting, ...]
    helpers: Mapping[int, Helper]
    visited: Mapping[tuple[int, int], int]  # (helper, recipient): how often before

    def visit(self, visit_id: int) -> Waiting:
        """One of the waiting visits."""
        return next(one for one in self.waiting if one.visit_id == visit_id)

    def meeting(self, helper_id: int, visit: Waiting) -> Helper:
        """The helper as the score sees them before this recipient."""
        return replace(self.helpers[helper_id], visits_before=self.visited.get((helper_id, visit.recipient_id), 0))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the helpers, by their number."""

    promises: Mapping[int, Sequence[Promise]]
    households: Mapping[int, frozenset[int]]
    apart: Mapping[int, frozenset[int]]
    ratings: Mapping[int, float]
    visited: Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Days:
    """Everything read; `infos` by helper for names and homes."""

    visits: tuple[Waiting, ...]
    infos: Mapping[int, HelperInfo]
    facts: Facts
    origin: Point | None

    def of(self, day: date, besides: Mapping[int, Sequence[Promise]] | None = None) -> Day:
        """One day; `besides`: other visits of a plan by helper, which do not wait and replace what was promised."""
        more = besides or {}
        given = {promise.visit_id for promises in more.values() for promise in promises}
        starts = {one.together: one.starts_at for promises in more.values() for one in promises if one.together}
        waiting = (one for one in self.visits if one.day == day and one.visit_id not in given)
        visits = tuple(self._beside(one, starts) for one in waiting)
        helpers = {}
        for person in self.infos:
            kept = [one for one in self.facts.promises.get(person, ()) if one.visit_id not in given]
            helpers[person] = self._helper(person, day, [*kept, *more.get(person, ())])
        return Day(day, self.origin, visits, helpers, self.facts.visited)

    def _beside(self, visit: Waiting, starts: Mapping[UUID, datetime]) -> Waiting:
        """All of an occasion begin together: with those a plan gives already, and as somebody has promised."""
        if visit.together is None:
            return visit
        if visit.together in starts:
            return visit.at(starts[visit.together])
        promised = visit.promise is not None and visit.promise[0] in self.infos
        return visit.at(visit.promise[1]) if visit.promise is not None and promised else visit

    def _helper(self, person: int, day: date, promises: Sequence[Promise]) -> Helper:
        return helper_of(
            self.infos[person],
            day,
            self.origin,
            promises,
            past=Past(0, self.facts.ratings.get(person), None),
            household=self.facts.households.get(person, frozenset()),
            blocked=self.facts.apart.get(person, frozenset()),
        )


def read_days(wanted: Wanted) -> Days:
    """What waits on the days and who could help; about twenty statements, however many there are."""
    rows = days_rows.visits(wanted)
    origin = _middle(origin_of(row) for row in rows)
    ids = days_rows.helper_ids(wanted, [point for row in rows if (point := origin_of(row))])
    infos = {info.person_id: info for info in helpers_for(ids=ids, states=wanted.states, exceptions_from=clock.today())}
    recipients = {row.Visit.recipient_id for row in rows}
    facts = Facts(
        promises=days_rows.promises(infos, wanted, {row.Visit.id for row in rows}),
        households=_turned(people.household_ids(recipients)),
        apart=days_rows.apart(infos),
        ratings=days_rows.ratings(infos),
        visited=days_rows.visited(recipients),
    )
    return Days(tuple(_waitings(rows, wanted, origin, facts.visited)), infos, facts, origin)


def _middle(points: Iterable[Point | None]) -> Point | None:
    known = [point for point in points if point]
    if not known:
        return None
    return sum(lat for lat, _ in known) / len(known), sum(lon for _, lon in known) / len(known)


def _turned(households: Mapping[int, frozenset[int]]) -> dict[int, frozenset[int]]:
    """Recipient → people living with them becomes helper → recipients living with them."""
    found: dict[int, set[int]] = defaultdict(set)
    for recipient, members in households.items():
        for member in members:
            found[member].add(recipient)
    return {member: frozenset(recipients) for member, recipients in found.items()}


def _waitings(
    rows: Sequence[Any], wanted: Wanted, origin: Point | None, visited: Mapping[tuple[int, int], int]
) -> list[Waiting]:
    parameters: dict[int, Values] = {}
    for row in rows:
        if row.Visit.scheme_id not in parameters:
            parameters[row.Visit.scheme_id] = schemes.parameters(row.Visit.scheme_id, wanted.first_day)
    usual, asked = _most_often(visited), days_rows.asked_starts(rows)
    found = []
    for row in rows:
        one = _waiting(row, wanted, origin, parameters[row.Visit.scheme_id], usual)
        start = asked.get(one.together) if one.together is not None and one.with_start is None else None
        found.append(one if start is None else one.at(start))
    return found


def _weights(parameters: Values) -> Weights:
    return Weights(
        urgent=parameters.number("tb.weight_urgent"),
        partial_care=parameters.number("tb.weight_partial_care"),
        full_care=parameters.number("tb.weight_full_care"),
        lives_alone=parameters.number("tb.weight_lives_alone"),
    )


def _waiting(row: Any, wanted: Wanted, origin: Point | None, parameters: Values, usual: Mapping[int, int]) -> Waiting:
    visit, request, person, point = row.Visit, row.ServiceRequest, row.Person, origin_of(row)
    earliest = visit.earliest_start
    if wanted.now is not None:
        earliest = max(earliest, wanted.now + LEAD)
    occasion = Occasion(visit.id, earliest, visit.latest_start)
    place = Place.on_earth(*point, origin) if point and origin else None
    urgent = bool(request and request.urgent)
    promised = visit.volunteer_id is not None and visit.state is VisitState.SCHEDULED
    return Waiting(
        visit_id=visit.id,
        recipient_id=visit.recipient_id,
        recipient=person.name,
        territory_code=visit.territory_code,
        service_code=visit.service_code,
        service=row.ServiceType.name_en if _english() else row.ServiceType.name_zh,
        urgent=urgent,
        earliest_start=visit.earliest_start,
        latest_start=visit.latest_start,
        point=point,
        weight=_weights(parameters).of(
            urgent=urgent, self_care=str(person.self_care or "able"), lives_alone=bool(person.lives_alone)
        ),
        need=need_of(row, occasion, parameters, place),
        usual=(request.regular_helper_id if request else None) or usual.get(visit.recipient_id),
        promise=(visit.volunteer_id, visit.starts_at) if promised else None,
        together=visit.together,
        with_start=visit.earliest_start if visit.window_from is not None else None,
    )


def _english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def _most_often(visited: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """For each recipient the helper who was there most often (the lowest number among equals)."""
    best: dict[int, tuple[int, int]] = {}
    for (helper, recipient), times in visited.items():
        found = (-times, helper)
        best[recipient] = min(best.get(recipient, found), found)
    return {recipient: helper for recipient, (_, helper) in best.items()}
