"""Plans as pages show them: the list, and the facts of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from timebank.core.authority import Actor
from timebank.core.db import below, db, in_scope
from timebank.core.errors import NotFound
from timebank.core.paging import PER_PAGE, Page, cut
from timebank.exchange.models import Visit, VisitState
from timebank.matching.models import Plan, PlannedVisit
from timebank.matching.rules.plans import BUSY, READY, PlanState, gap_permille
from timebank.territory import queries as territory

READ = "matching.read"
SAME = (
    *("id", "territory_code", "first_day", "last_day", "state", "seconds", "based_on_id", "may_move", "stop_asked"),
    *("created_at", "started_at", "finished_at", "stage", "waiting", "helpers", "served", "moved", "weight"),
    *("weight_served", "travel_seconds", "objective", "upper_bound", "error"),
)


@dataclass(frozen=True, slots=True)
class Recruits:
    """So many more helpers of a kind in a place would serve so many of those left over."""

    service: str
    place: str
    place_name: str
    waiting: int
    served: int
    helpers: int


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan: what it is of, how far it is, how good it is.  Times in UTC, walking in seconds."""

    id: int
    territory_code: str
    place: str
    first_day: date
    last_day: date
    state: PlanState
    seconds: int
    based_on_id: int | None
    without: tuple[int, ...]
    may_move: bool
    stop_asked: bool
    creator: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stage: str
    waiting: int
    helpers: int
    served: int
    moved: int
    weight: int
    weight_served: int
    travel_seconds: int
    objective: int
    upper_bound: int | None
    error: str
    recruiting: tuple[Recruits, ...]

    @property
    def busy(self) -> bool:
        """Does the search still wait or run?"""
        return self.state in BUSY

    @property
    def ready(self) -> bool:
        """Is there a result?"""
        return self.state in READY

    @property
    def gap(self) -> int | None:
        """How far at most a better plan lies above, in thousandths; None where nothing is proven."""
        return gap_permille(self.objective, self.upper_bound)

    @property
    def percent(self) -> int:
        """How much of those who wait is served."""
        return 100 * self.served // self.waiting if self.waiting else 100


def plans(actor: Actor, *, after: str | None = None, limit: int = PER_PAGE) -> Page[PlanLine]:
    """The plans of the actor's territories ("matching.read"), the newest first; two statements."""
    wanted = select(Plan).where(in_scope(Plan.territory_code, actor.scopes(READ))).order_by(Plan.id.desc())
    if after and after.isdecimal() and len(after) < 10:
        wanted = wanted.where(Plan.id < int(after))
    rows = db.session.scalars(wanted.limit(limit + 1)).all()
    lines = _lines(list(rows))
    return cut(lines, [str(line.id) for line in lines], limit)


def plan(actor: Actor, plan_id: int, *, named: bool = True) -> PlanLine:
    """One plan (`named`: with its places' names); raises `NotFound("no_such_plan")`, also outside one's territories."""
    row = db.session.get(Plan, plan_id, populate_existing=True)
    if row is None or not actor.may(READ, row.territory_code):
        raise NotFound("no_such_plan")
    return _lines([row])[0] if named else line_of(row, {})


def _lines(rows: list[Plan]) -> list[PlanLine]:
    places = {row.territory_code for row in rows} | {one["place"] for row in rows for one in row.recruiting}
    names = territory.path_names({row.territory_code for row in rows if row.territory_code})
    names |= territory.names(places - names.keys())
    return [line_of(row, names) for row in rows]


def line_of(row: Plan, names: dict[str, str]) -> PlanLine:
    """A plan as pages show it, its places by these names."""
    facts: dict[str, Any] = {name: getattr(row, name) for name in SAME}
    return PlanLine(
        **facts,
        place=names.get(row.territory_code, row.territory_code),
        without=tuple(row.without),
        creator=row.creator_name,
        recruiting=tuple(Recruits(place_name=names.get(one["place"], ""), **one) for one in row.recruiting),
    )


def still_to_ask(plan_id: int) -> int:
    """How many accepted visits of a plan have no offer yet; one statement."""
    waits = (PlannedVisit.accepted_at.is_not(None), PlannedVisit.offer_id.is_(None), PlannedVisit.refusal.is_(None))
    found = select(func.count()).select_from(PlannedVisit).where(PlannedVisit.plan_id == plan_id, *waits)
    return int(db.session.scalar(found) or 0)


def visits_in(code: str) -> Select[int]:
    """The numbers of visits in a place, as a part of another statement."""
    return select(Visit.id).where(below(Visit.territory_code, code))


def waiting_visits() -> Select[int]:
    """The numbers of visits that look for a helper, or are promised, as a part of another statement."""
    return select(Visit.id).where(Visit.state.in_((VisitState.OPEN, VisitState.SCHEDULED)))


def still_waits(visit_id: int) -> bool:
    """Does the visit look for a helper, or is it promised to one?  Nobody was asked elsewhere, no partner gives it."""
    return db.session.scalar(waiting_visits().where(Visit.id == visit_id)) is not None


def is_promised(visit_id: int, volunteer_id: int | None) -> bool:
    """Is the visit still promised to this helper?"""
    found = select(Visit.id).where(
        Visit.id == visit_id, Visit.volunteer_id == volunteer_id, Visit.state == VisitState.SCHEDULED
    )
    return volunteer_id is not None and db.session.scalar(found) is not None
