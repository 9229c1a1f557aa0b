"""A plan as the board shows it: a lane for each helper, and who is left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from timebank.core import clock
from timebank.core.db import below, db
from timebank.exchange.models import Offer, OfferState, ServiceRequest, Visit, VisitState, VolunteerState
from timebank.exchange.models.partners import PartnerVisit
from timebank.exchange.queries import partners, schemes
from timebank.exchange.queries.volunteers import HelperInfo, helpers_for
from timebank.exchange.rules.visits import FINAL, PLANNED
from timebank.matching.models import PlannedVisit, UnservedVisit
from timebank.matching.queries.board_days import days_of, first_shown, parts_of
from timebank.matching.queries.board_idle import idle
from timebank.matching.queries.board_left import looks_still
from timebank.matching.queries.board_mates import with_whom
from timebank.matching.queries.board_shapes import LANES, Board, Given, Lane, Left, Shown, Stop
from timebank.matching.queries.plans import PlanLine, visits_in, waiting_visits
from timebank.people.models import Person
from timebank.people.rules.name_keys import by_name
from timebank.territory.models import Territory

LEFT_OVER = 50


def board(line: PlanLine, shown: Shown) -> Board:
    """The board of a plan for one of its days; about fifteen statements."""
    days = days_of(line)
    within = shown.day is not None and line.first_day <= shown.day <= line.last_day
    day = shown.day if shown.day and within else first_shown(line, days)
    rows = _planned(line, shown, day)
    names = by_name({(row.PlannedVisit.volunteer_id, row.helper_name) for row in rows})
    ids = [person for person, _ in names[shown.offset : shown.offset + LANES]]
    left = _left(line, shown, day)
    open_left = left[0].looking if left else 0
    services = {one.code: one.name for one in schemes.service_types(active_only=False)}
    others, idle_goes_on = idle(line, shown, day, {person for person, _ in names})
    mine = _whole_days(line, day, [*ids, *others]) if shown.filtered else _of(rows, ids)
    lanes = _lanes(line.territory_code, [*ids, *others], mine, day, services)
    if shown.filtered:
        lanes = _told_apart(lanes, {row.Visit.id for row in rows})
    return Board(
        plan=line,
        days=days,
        day=day,
        lanes=lanes[: len(ids)],
        idle=[lane for lane in lanes[len(ids) :] if lane.free],
        idle_goes_on=idle_goes_on,
        lanes_in_all=len(names),
        left=[_left_line(row, services) for row in left if row.looks],
        left_in_all=open_left,
        settled=[_left_line(row, services) for row in left if not row.looks],
        settled_in_all=left[0].in_all - open_left if left else 0,
        given=_given(line, shown, day, services),
        **_counts(line, shown.territory),
        streets=parts_of(line),
        services=services,
    )


def _filtered(found: Any, shown: Shown, day: date) -> Any:
    found = found.where(
        Visit.earliest_start >= clock.at(day, 0),
        Visit.earliest_start < clock.at(day, 1440),
        below(Visit.territory_code, shown.territory),
    )
    if shown.service:
        found = found.where(Visit.service_code == shown.service)
    return found.where(ServiceRequest.urgent) if shown.urgent else found


_LAT = func.coalesce(ServiceRequest.lat, Person.lat, Territory.lat).label("lat")
_LON = func.coalesce(ServiceRequest.lon, Person.lon, Territory.lon).label("lon")
_VISIT = (
    Visit,
    Person.name.label("recipient"),
    func.coalesce(ServiceRequest.urgent, False).label("urgent"),
    _LAT,
    _LON,
)


def _with_visit(found: Any, visit_id: Any) -> Any:
    return (
        found.join(Visit, Visit.id == visit_id)
        .join(Person, Person.id == Visit.recipient_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id)
        .outerjoin(Territory, Territory.code == Visit.territory_code)
    )


def _planned(line: PlanLine, shown: Shown, day: date) -> Sequence[Any]:
    found = _filtered(rows_of(line.id), shown, day)
    return db.session.execute(found.order_by(PlannedVisit.starts_at, PlannedVisit.id)).all()


def _of(rows: Sequence[Any], ids: Collection[int]) -> Sequence[Any]:
    wanted = set(ids)
    return [row for row in rows if row.PlannedVisit.volunteer_id in wanted]


def _whole_days(line: PlanLine, day: date, ids: list[int]) -> Sequence[Any]:
    """All that the plan gives these helpers on the day, whatever the filter: their day is shown as it will be."""
    found = _filtered(rows_of(line.id), Shown(), day).where(PlannedVisit.volunteer_id.in_(ids))
    return db.session.execute(found.order_by(PlannedVisit.starts_at, PlannedVisit.id)).all()


def _told_apart(lanes: list[Lane], asked_for: set[int]) -> list[Lane]:
    """What the filter did not ask for is marked."""
    return [
        replace(lane, stops=tuple(replace(stop, beside=stop.visit_id not in asked_for) for stop in lane.stops))
        for lane in lanes
    ]


def rows_of(plan_id: int) -> Any:
    """The planned visits of a plan with their facts, as a statement to narrow."""
    helper = aliased(Person)
    of_helper = (helper.name.label("helper_name"), Offer.state.label("offer"), Offer.expires_at)
    found: Any = select(PlannedVisit, *_VISIT, *of_helper)
    found = _with_visit(found.select_from(PlannedVisit), PlannedVisit.visit_id)
    found = found.join(helper, helper.id == PlannedVisit.volunteer_id).outerjoin(
        Offer, Offer.id == PlannedVisit.offer_id
    )
    return found.where(PlannedVisit.plan_id == plan_id)


_NOT_GIVEN = UnservedVisit.visit_id.not_in(select(Visit.id).where(Visit.state == VisitState.WITH_PARTNER))


def _left(line: PlanLine, shown: Shown, day: date) -> Sequence[Any]:
    """First those that look for somebody still, then those settled since; how many there are stands in each row."""
    looks = case((looks_still(line.without), 1), else_=0)
    counts = (func.sum(looks).over().label("looking"), func.count().over().label("in_all"))
    found: Any = select(UnservedVisit.reason, *_VISIT, Territory.name.label("place"), looks.label("looks"), *counts)
    found = _with_visit(found.select_from(UnservedVisit), UnservedVisit.visit_id)
    found = _filtered(found.where(UnservedVisit.plan_id == line.id, _NOT_GIVEN), shown, day)
    urgent = func.coalesce(ServiceRequest.urgent, False)
    found = found.order_by(looks.desc(), urgent.desc(), Visit.earliest_start, Visit.id)
    return db.session.execute(found if shown.all_left else found.limit(LEFT_OVER)).all()


def _left_line(row: Any, services: dict[str, str]) -> Left:
    visit = row.Visit
    return Left(
        visit_id=visit.id,
        recipient=row.recipient,
        service_code=visit.service_code,
        service=services.get(visit.service_code, visit.service_code),
        territory_code=visit.territory_code,
        place=row.place or "",
        earliest_start=visit.earliest_start,
        latest_start=visit.latest_start,
        minutes=visit.minutes_planned,
        urgent=row.urgent,
        reason=row.reason,
        lat=row.lat,
        lon=row.lon,
        promised=bool(row.looks) and visit.state is VisitState.SCHEDULED,
        together=visit.together is not None,
    )


def _given(line: PlanLine, shown: Shown, day: date, services: dict[str, str]) -> list[Given]:
    """What partner organisations give on the day in the plan's place, whether it was in the plan or never."""
    found: Any = select(*_VISIT, PartnerVisit.partner_id).select_from(PartnerVisit)
    found = _filtered(_with_visit(found, PartnerVisit.visit_id), shown, day)
    found = found.where(below(Visit.territory_code, line.territory_code), Visit.state == VisitState.WITH_PARTNER)
    rows = db.session.execute(found.order_by(Visit.starts_at, Visit.id)).all()
    names = partners.names(row.partner_id for row in rows)
    return [
        Given(
            visit_id=row.Visit.id,
            recipient=row.recipient,
            service_code=row.Visit.service_code,
            service=services.get(row.Visit.service_code, row.Visit.service_code),
            territory_code=row.Visit.territory_code,
            starts_at=row.Visit.starts_at,
            minutes=row.Visit.minutes_planned,
            urgent=row.urgent,
            partner_id=row.partner_id,
            partner=names[row.partner_id],
        )
        for row in rows
    ]


def _lanes(territory_code: str, ids: list[int], rows: Sequence[Any], day: date, services: dict[str, str]) -> list[Lane]:
    """Helpers in the order of the ids, with what they have promised outside the plan.

    Helpers come from around: of what they do for other places only the hours are told, of who lives there no address.
    """
    infos = (
        {info.person_id: info for info in helpers_for(ids=ids, states=tuple(VolunteerState), exceptions_from=day)}
        if ids
        else {}
    )
    stops: dict[int, list[Stop]] = defaultdict(list)
    mates = with_whom(rows)
    for row in rows:
        others = mates.get((row.Visit.together, row.PlannedVisit.volunteer_id), ())
        stops[row.PlannedVisit.volunteer_id].append(replace(stop_of(row, services), together=others))
    planned = {(row.PlannedVisit.volunteer_id, row.Visit.id) for row in rows}
    for helper, stop in _promised(ids, day, services):
        if (helper, stop.visit_id) in planned:
            continue
        stops[helper].append(stop if stop.territory_code.startswith(territory_code) else _elsewhere(stop))
    return [_lane(person, infos.get(person), stops[person], day, territory_code) for person in ids]


def _elsewhere(stop: Stop) -> Stop:
    return replace(stop, kind="elsewhere", service_code="", service="", recipient="", urgent=False, lat=None, lon=None)


def _lane(person: int, info: HelperInfo | None, stops: list[Stop], day: date, territory_code: str) -> Lane:
    ordered = tuple(sorted(stops, key=lambda stop: (stop.starts_at, stop.visit_id)))
    if info is None:
        return Lane(person, "", None, None, (), ordered)
    near = info.territory_code.startswith(territory_code)
    home = (info.lat, info.lon) if near else (None, None)
    return Lane(person, info.name, *home, tuple(info.free(day)), ordered)


def stop_of(row: Any, services: dict[str, str]) -> Stop:
    """A row of `rows_of` as the board shows it."""
    planned, visit = row.PlannedVisit, row.Visit
    return Stop(
        kind="planned",
        visit_id=visit.id,
        service_code=visit.service_code,
        service=services.get(visit.service_code, visit.service_code),
        recipient=row.recipient,
        territory_code=visit.territory_code,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        lat=row.lat,
        lon=row.lon,
        urgent=row.urgent,
        state=_state(row),
        pinned=planned.pinned,
        by_hand=planned.by_hand,
        moves=planned.moves,
        refusal=planned.refusal,
        until=row.expires_at if row.offer is OfferState.OFFERED else None,
        volunteer_id=planned.volunteer_id,
        helper=row.helper_name,
    )


def _state(row: Any) -> str:
    """What has become of a planned visit."""
    planned = row.PlannedVisit
    if row.offer is not None:
        return "scheduled" if row.offer is OfferState.ACCEPTED else str(row.offer.value)
    if row.Visit.state is VisitState.WITH_PARTNER:
        return "partner"
    if not (row.Visit.state is VisitState.OPEN or _still_promised(row)):
        return "promised" if _promised_just_so(row) else "gone"
    if planned.refusal is not None:
        return "refused"
    if planned.accepted_at is not None:
        return "accepted"
    return "kept" if planned.promised_to is not None and not planned.moves else "planned"


def _promised_just_so(row: Any) -> bool:
    """Promised by this helper at this time, but not through this plan."""
    promised = row.Visit.state is VisitState.SCHEDULED and row.Visit.volunteer_id == row.PlannedVisit.volunteer_id
    return bool(promised and row.Visit.starts_at == row.PlannedVisit.starts_at)


def _still_promised(row: Any) -> bool:
    return row.Visit.state is VisitState.SCHEDULED and row.Visit.volunteer_id == row.PlannedVisit.promised_to


def _promised(ids: list[int], day: date, services: dict[str, str]) -> list[tuple[int, Stop]]:
    """What the helpers have promised on the day, to whomever: also visits that the plan would give to others."""
    found: Any = select(*_VISIT).select_from(Visit).join(Person, Person.id == Visit.recipient_id)
    found = found.outerjoin(ServiceRequest, ServiceRequest.id == Visit.request_id).outerjoin(
        Territory, Territory.code == Visit.territory_code
    )
    rows = db.session.execute(
        found.where(
            Visit.volunteer_id.in_(ids),
            Visit.state.in_(PLANNED),
            Visit.starts_at >= clock.at(day, 0),
            Visit.starts_at < clock.at(day, 1440),
        )
    ).all()
    return [(row.Visit.volunteer_id or 0, _promise(row, services)) for row in rows]


def _promise(row: Any, services: dict[str, str]) -> Stop:
    visit = row.Visit
    ends = visit.ends_at or visit.starts_at + timedelta(minutes=visit.minutes_planned)
    return Stop(
        kind="promised",
        visit_id=visit.id,
        service_code=visit.service_code,
        service=services.get(visit.service_code, visit.service_code),
        recipient=row.recipient,
        territory_code=visit.territory_code,
        starts_at=visit.starts_at,
        ends_at=ends,
        lat=row.lat,
        lon=row.lon,
        urgent=row.urgent,
        state="promised",
    )


def _counts(line: PlanLine, place: str) -> dict[str, int]:
    """Of the whole plan as it stands now, after changes by hand and without visits called off since (`open_here`: in
    the place); one statement."""
    asked, accepted, refused = PlannedVisit.offer_id, PlannedVisit.accepted_at, PlannedVisit.refusal
    its = aliased(Visit)  # the statements within read visits of their own
    moved = and_(
        PlannedVisit.promised_to.is_not(None),
        or_(PlannedVisit.promised_to != PlannedVisit.volunteer_id, PlannedVisit.promised_at != PlannedVisit.starts_at),
    )
    waits = and_(asked.is_(None), accepted.is_(None) | refused.is_not(None))
    fresh = or_(PlannedVisit.promised_to.is_(None), moved)
    opened = and_(waits, fresh, PlannedVisit.visit_id.in_(waiting_visits()))
    left = select(func.count()).select_from(UnservedVisit).join(Visit, Visit.id == UnservedVisit.visit_id)
    left = left.where(UnservedVisit.plan_id == line.id, looks_still(line.without))
    row = db.session.execute(
        select(
            func.sum(case((its.state.not_in(FINAL), 1), else_=0)),
            left.scalar_subquery(),
            func.sum(case((moved, 1), else_=0)),
            func.sum(case((opened, 1), else_=0)),
            func.sum(case((and_(opened, PlannedVisit.visit_id.in_(visits_in(place))), 1), else_=0)),
            func.sum(case((and_(asked.is_(None), accepted.is_not(None), refused.is_(None)), 1), else_=0)),
        )
        .join(its, its.id == PlannedVisit.visit_id)
        .where(PlannedVisit.plan_id == line.id)
    ).one()
    names = ("served", "unserved", "moved", "open", "open_here", "asking")
    return dict(zip(names, (int(value or 0) for value in row), strict=True))
