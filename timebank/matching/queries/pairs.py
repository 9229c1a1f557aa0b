"""May this helper do this visit of a plan?  The hard rules that hold everywhere, beside the rest of the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.models import ServiceRequest, Visit, VolunteerState
from timebank.exchange.queries.volunteers import HelperInfo
from timebank.matching.models import Plan, PlannedVisit, UnservedVisit
from timebank.matching.queries.board_left import looks_still
from timebank.matching.queries.candidates import AROUND_M, Promise
from timebank.matching.queries.days import Day, Days, Waiting, Wanted, read_days
from timebank.matching.queries.plans import PlanLine, line_of
from timebank.matching.queries.visits import seconds
from timebank.matching.rules.hard import broken_rules
from timebank.matching.rules.model import QUARTER, Broken, Helper, Need, Stretch, Travel, Why
from timebank.matching.rules.ranking import Ranking, rank
from timebank.matching.rules.score import Part, score
from timebank.people.models import Person

WALKING = Travel()
STATES = (VolunteerState.ACTIVE, VolunteerState.TRAINING, VolunteerState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """Whether a helper may do a visit, and from when.  `broken` empty: possible, for the `reasons`.

    `starts_at`: the start that was asked for, else the best one; None where there is none.
    """

    visit: Waiting
    person_id: int
    name: str
    starts_at: datetime | None
    broken: tuple[Broken, ...]
    reasons: tuple[Why, ...] = ()

    @property
    def possible(self) -> bool:
        return not self.broken and self.starts_at is not None

    @property
    def day(self) -> date:
        return self.visit.day


@dataclass(frozen=True, slots=True)
class VisitChoice:
    """A visit of a plan with everybody who could do it beside the rest of the plan, and who could not."""

    plan: PlanLine
    visit: Waiting
    possible: Sequence[PairAnswer]
    impossible: Sequence[PairAnswer]
    usual: str | None  # name of the helper who mostly comes to this recipient, where known
    looks: bool  # for a helper, still


def pair(actor: Actor, plan_id: int, visit_id: int, volunteer_id: int, starts_at: datetime | None = None) -> PairAnswer:
    """One helper and one visit of a plan ("matching.read" where the plan is).

    Raises `NotFound`: no_such_plan, no_such_visit, no_such_volunteer.
    """
    plan = _plan(actor, plan_id)
    days = _read(plan, _known(plan, [visit_id]), [volunteer_id])
    if not _visible(actor, plan, days, volunteer_id):
        raise NotFound("no_such_volunteer")
    day = days.of(days.visits[0].day, given(plan.id, besides=[visit_id]))
    return _answer(day, day.visit(visit_id), days.infos, volunteer_id, starts_at)


def swapped(actor: Actor, plan_id: int, visit_id: int, other_id: int) -> tuple[PairAnswer, PairAnswer]:
    """Two visits of a plan with their helpers exchanged; each keeps its start where that is possible.

    Raises `NotFound`: no_such_plan, no_such_visit.
    """
    plan = _plan(actor, plan_id)
    rows = {
        row.visit_id: row
        for row in db.session.scalars(
            select(PlannedVisit).where(PlannedVisit.plan_id == plan.id, PlannedVisit.visit_id.in_([visit_id, other_id]))
        )
    }
    if len(rows) != 2:
        raise NotFound("no_such_visit")
    helpers = {visit_id: rows[other_id].volunteer_id, other_id: rows[visit_id].volunteer_id}
    days = _read(plan, _known(plan, [visit_id, other_id]), list(helpers.values()))
    besides = given(plan.id, besides=[visit_id, other_id])
    first = _kept(days, besides, visit_id, helpers[visit_id], rows[visit_id].starts_at)
    same_helper, second = helpers[visit_id] == helpers[other_id], _visit(days, other_id)
    together = first.visit.together is not None and first.visit.together == second.together
    if first.starts_at is not None and (same_helper or together):
        besides[helpers[visit_id]].append(_promise(first.visit, first.starts_at))
    return first, _kept(days, besides, other_id, helpers[other_id], rows[other_id].starts_at)


def _visit(days: Days, visit_id: int) -> Waiting:
    return next(one for one in days.visits if one.visit_id == visit_id)


def _kept(
    days: Days, besides: dict[int, list[Promise]], visit_id: int, volunteer_id: int, starts_at: datetime
) -> PairAnswer:
    day = days.of(_visit(days, visit_id).day, besides)
    visit = day.visit(visit_id)
    answer = _answer(day, visit, days.infos, volunteer_id, starts_at)
    return answer if answer.possible else _answer(day, visit, days.infos, volunteer_id, None)


def choices(actor: Actor, plan_id: int, visit_id: int) -> VisitChoice:
    """Everybody near a visit of a plan, the best first.  Raises `NotFound`: no_such_plan, no_such_visit."""
    plan = _plan(actor, plan_id)
    [known] = _known(plan, [visit_id])
    days = _read(plan, [known], None)
    day = days.of(days.visits[0].day, given(plan.id, besides=[visit_id]))
    visit = day.visit(visit_id)
    found: Ranking = rank((day.meeting(person, visit) for person in day.helpers), visit.need, WALKING)
    could = [_could(visit, one.helper, days.infos, one.score.start.at, one.score.parts) for one in found.suitable]
    could_not = [
        PairAnswer(visit, one.helper.id, days.infos[one.helper.id].name, None, one.broken) for one in found.out
    ]
    return VisitChoice(line_of(plan, {}), visit, could, could_not, _usual(visit, days, known), bool(known.looks))


def _usual(visit: Waiting, days: Days, known: Any) -> str | None:
    """Who took the whole series, also from far away; else whoever mostly comes, of those near."""
    near = days.infos.get(visit.usual or 0)
    return known.regular or (near.name if near else None)


def _plan(actor: Actor, plan_id: int) -> Plan:
    plan = db.session.get(Plan, plan_id)
    if plan is None or not actor.may("matching.read", plan.territory_code):
        raise NotFound("no_such_plan")
    return plan


def _known(plan: Plan, visit_ids: Sequence[int]) -> Sequence[Any]:
    """The visits, which must belong to the plan: place, whether they look for somebody still, and who took the series.

    Raises `NotFound("no_such_visit")`.
    """
    of_plan = [select(table.visit_id).where(table.plan_id == plan.id) for table in (PlannedVisit, UnservedVisit)]
    facts = (Visit.id, Visit.territory_code, looks_still(plan.without).label("looks"), Person.name.label("regular"))
    found = select(*facts).outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
    found = found.outerjoin(Person, Person.id == ServiceRequest.regular_helper_id).where(Visit.id.in_(visit_ids))
    known = db.session.execute(found.where(or_(*(Visit.id.in_(part) for part in of_plan)))).all()
    if {row.id for row in known} != set(visit_ids):
        raise NotFound("no_such_visit")
    return known


def _read(plan: Plan, known: Sequence[Any], helper_ids: Collection[int] | None) -> Days:
    """These visits of the plan, and the helpers named or near.  Raises `NotFound("no_such_volunteer")`."""
    states = STATES if helper_ids is None else tuple(VolunteerState)
    # helpers are looked for in the visit's street first; those around it come besides
    place = plan.territory_code if helper_ids is not None else known[0].territory_code[:9]
    days = read_days(
        Wanted(
            place,
            plan.first_day,
            plan.last_day,
            now=clock.now(),
            visit_ids=[row.id for row in known],
            helper_ids=helper_ids,
            states=states,
        )
    )
    if helper_ids is not None and set(helper_ids) - set(days.infos):
        raise NotFound("no_such_volunteer")
    return days


def _visible(actor: Actor, plan: Plan, days: Days, volunteer_id: int) -> bool:
    """Helpers of the plan's place, those around the visit, and whom else the actor may read."""
    info, visit = days.infos[volunteer_id], days.visits[0]
    if info.territory_code.startswith(plan.territory_code) or actor.may("volunteers.read", info.territory_code):
        return True
    home, place = days.of(visit.day).helpers[volunteer_id].home, visit.need.place
    return home is not None and place is not None and home.metres_to(place) <= AROUND_M


def given(plan_id: int, besides: Collection[int] = ()) -> dict[int, list[Promise]]:
    """What a plan gives to each helper, as if promised, without the visits `besides`; one statement."""
    rows = db.session.execute(
        select(
            PlannedVisit.volunteer_id,
            PlannedVisit.visit_id,
            PlannedVisit.starts_at,
            Visit.minutes_planned,
            Visit.together,
            func.coalesce(ServiceRequest.lat, Person.lat),
            func.coalesce(ServiceRequest.lon, Person.lon),
        )
        .join(Visit, Visit.id == PlannedVisit.visit_id)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .where(PlannedVisit.plan_id == plan_id, PlannedVisit.visit_id.not_in(besides))
    )
    found: dict[int, list[Promise]] = defaultdict(list)
    for helper, visit_id, starts_at, minutes, together, lat, lon in rows:
        found[helper].append(Promise(visit_id, starts_at, minutes, lat, lon, planned=True, together=together))
    return found


def _promise(visit: Waiting, starts_at: datetime) -> Promise:
    lat, lon = visit.point or (None, None)
    return Promise(visit.visit_id, starts_at, visit.need.minutes, lat, lon, planned=True, together=visit.together)


def _answer(
    day: Day, visit: Waiting, infos: Mapping[int, HelperInfo], volunteer_id: int, starts_at: datetime | None
) -> PairAnswer:
    helper = day.meeting(volunteer_id, visit)
    need = visit.need if starts_at is None else _at(visit.need, starts_at)
    broken = (*_window(visit, starts_at), *broken_rules(helper, need, WALKING))
    found = None if broken else score(helper, need, WALKING)
    if found is None:
        return PairAnswer(visit, volunteer_id, infos[volunteer_id].name, starts_at, broken)
    return _could(visit, helper, infos, found.start.at, found.parts)


def _at(need: Need, starts_at: datetime) -> Need:
    """The need at this start; beside a full quarter at those around it, or every other rule would seem broken too."""
    start = seconds(starts_at, need.day)
    return replace(need, window=Stretch(start - start % QUARTER, start + -start % QUARTER))


def _window(visit: Waiting, starts_at: datetime | None) -> list[Broken]:
    """What the recipient asked for, and the quarter hours that plans are made of."""
    if starts_at is None:
        return []
    found = []
    if visit.with_start is not None and starts_at != visit.with_start:
        found.append(Broken("other_start", {"start": seconds(visit.with_start, visit.day)}))
    elif not visit.earliest_start <= starts_at <= visit.latest_start:
        window = visit.need.window
        found.append(Broken("outside_window", {"start": window.start, "end": window.end}))
    if starts_at < clock.now():
        found.append(Broken("too_soon"))
    if seconds(starts_at, visit.day) % QUARTER:
        found.append(Broken("no_quarter"))
    return found


def _could(
    visit: Waiting, helper: Helper, infos: Mapping[int, HelperInfo], start: int, parts: Sequence[Part]
) -> PairAnswer:
    return PairAnswer(
        visit,
        helper.id,
        infos[helper.id].name,
        clock.at(visit.day, 0) + timedelta(seconds=start),
        (),
        tuple(part.why for part in parts),
    )
