"""A plan becomes offers.  Accepting only marks visits; a worker asks the helpers, one transaction for each visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select, update

from timebank.access.queries import actor_of
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotAllowed, NotFound, Refused, TimebankError
from timebank.exchange.service import offers
from timebank.matching.models import PlannedVisit
from timebank.matching.queries.board_shapes import mark, told
from timebank.matching.queries.emergencies import answer_minutes
from timebank.matching.queries.offers import is_open
from timebank.matching.queries.plans import is_promised, visits_in, waiting_visits
from timebank.matching.service.plans import plan_for_change

OFFER = "matching.offer"
MOVED = "planned anew / 重新排班"


@dataclass(frozen=True, slots=True)
class Accept:
    """Which visits of a plan: all, those of a place, of one helper (on one day), of one visit.

    `seen`: of these only the ones that stand as they were shown ("visit:mark", `board_shapes.told`); empty: all.
    """

    territory_code: str = ""
    volunteer_id: int | None = None
    visit_id: int | None = None
    day: date | None = None
    seen: tuple[str, ...] = ()


@command
def accept_plan(actor: Actor, plan_id: int, wanted: Accept, *, key: str | None = None) -> int:
    """Marks the visits whose helpers shall be asked ("matching.offer" where the plan is); answers with how many.

    Nothing is asked twice: what was accepted before stays as it is, and so does what was promised just so.
    Raises `Refused`: plan_not_ready, nothing_to_accept, plan_lane_changed (nothing stands as it was shown).
    """
    plan = plan_for_change(actor, plan_id)
    actor.require(OFFER, plan.territory_code)
    rows = _open(plan.id, wanted)
    ids = [row.id for row in rows if _was_seen(row, wanted)]
    if not ids:
        raise Refused("plan_lane_changed" if rows else "nothing_to_accept")
    marks = {"accepted_by": actor.account_id or 0, "accepted_at": clock.now(), "refusal": None}
    changed = update(PlannedVisit).where(PlannedVisit.id.in_(ids)).values(marks)
    db.session.execute(changed.execution_options(synchronize_session=False))
    audit.record(actor, "accept.plan", "plan", plan.id, plan.territory_code, visits=len(ids))
    return len(ids)


def not_seen(plan_id: int, wanted: Accept) -> list[int]:
    """The visits that could be accepted too, but were not shown: they came, or were changed, after that."""
    return [row.visit_id for row in _open(plan_id, wanted) if not _was_seen(row, wanted)]


def _open(plan_id: int, wanted: Accept) -> list[PlannedVisit]:
    return [row for row in db.session.scalars(_wanted(plan_id, wanted)) if row.moves or row.promised_to is None]


def _was_seen(row: PlannedVisit, wanted: Accept) -> bool:
    return not wanted.seen or told(row.visit_id, mark(row.volunteer_id, row.starts_at)) in wanted.seen


def _wanted(plan_id: int, wanted: Accept) -> Select[PlannedVisit]:
    """What was not accepted yet, or could not be offered then."""
    waits = or_(PlannedVisit.accepted_at.is_(None), PlannedVisit.refusal.is_not(None))
    rows = select(PlannedVisit).where(PlannedVisit.plan_id == plan_id, PlannedVisit.offer_id.is_(None), waits)
    rows = rows.where(PlannedVisit.visit_id.in_(waiting_visits()))
    if wanted.volunteer_id is not None:
        rows = rows.where(PlannedVisit.volunteer_id == wanted.volunteer_id)
    if wanted.visit_id is not None:
        rows = rows.where(PlannedVisit.visit_id == wanted.visit_id)
    if wanted.day is not None:
        begins = PlannedVisit.starts_at
        rows = rows.where(begins >= clock.at(wanted.day, 0), begins < clock.at(wanted.day, 1440))
    if wanted.territory_code:
        rows = rows.where(PlannedVisit.visit_id.in_(visits_in(wanted.territory_code)))
    return rows.order_by(PlannedVisit.id)


def work_offers() -> int:
    """Asks the helpers of every accepted visit; returns how many visits it dealt with.  For the job and the worker."""
    seen: set[int] = set()
    while (found := _next()) is not None and found[0] not in seen:
        planned_id, actor = found
        seen.add(planned_id)
        try:
            if actor is None:
                raise NotAllowed(OFFER)
            ask_helper(actor, planned_id)  # once, because the row is locked and keeps its offer
        except TimebankError as error:
            db.session.rollback()
            _refuse(planned_id, error)
    return len(seen)


def _next() -> tuple[int, Actor | None] | None:
    waits = (PlannedVisit.accepted_at.is_not(None), PlannedVisit.offer_id.is_(None), PlannedVisit.refusal.is_(None))
    row = db.session.execute(
        select(PlannedVisit.id, PlannedVisit.accepted_by).where(*waits).order_by(PlannedVisit.id).limit(1)
    ).first()
    actor = None
    if row is not None:
        actor = actor_of(row.accepted_by) if row.accepted_by else Actor.system("planner")
    db.session.rollback()
    return (row.id, actor) if row else None


@command
def ask_helper(actor: Actor, planned_id: int, *, key: str | None = None) -> int:
    """One visit of a plan becomes an offer (the exchange asks every hard rule again); answers with the offer.

    A visit that was promised to somebody else, or for another time, is freed in the same transaction.
    Raises `Refused` as `exchange.service.offers`.
    """
    row = db.session.get(PlannedVisit, planned_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no_such_visit")
    if row.offer_id is None:
        if row.moves and is_promised(row.visit_id, row.promised_to):
            offers.free_helper(actor, row.visit_id, MOVED)
        elif not is_open(row.visit_id):
            raise Refused("plan_asked_elsewhere")
        row.offer_id = offers.offer_visit(
            actor, row.visit_id, row.volunteer_id, row.starts_at, answer_minutes=answer_minutes(row.visit_id)
        )
    return row.offer_id


@transaction
def _refuse(planned_id: int, error: TimebankError) -> None:
    """The coordinator reads on the board why a helper could not be asked."""
    row = db.session.get(PlannedVisit, planned_id, with_for_update=True, populate_existing=True)
    if row is not None:
        facts = {name: packed(value) for name, value in error.facts.items()}
        row.refusal = {"code": error.code, "status": error.status, "facts": facts}


def packed(value: object) -> Any:
    """A fact of a refusal as JSON: days and moments keep their kind."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def unpacked(refusal: dict[str, Any]) -> TimebankError:
    """The refusal that was packed."""
    kind = {403: NotAllowed, 404: NotFound}.get(refusal["status"], Refused)
    facts = {name: _unpack(value) for name, value in refusal["facts"].items()}
    return kind(refusal["code"], **facts)


def _unpack(value: Any) -> Any:
    if isinstance(value, dict) and "moment" in value:
        return datetime.fromisoformat(value["moment"])
    if isinstance(value, dict) and "day" in value:
        return date.fromisoformat(value["day"])
    return value
