"""A plan changed by hand: assign, take out, pin, swap.  What would break a hard rule is refused, never saved.

Two people may have the same visit before them.  `seen` is what the one who changes it was shown (`board_shapes.mark`,
or "nobody"): where the visit stands otherwise by now, nothing is done.  Without it nobody looks.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.matching.models import Plan, PlannedVisit, UnservedVisit
from timebank.matching.queries import pairs
from timebank.matching.queries.board_shapes import NOBODY, mark
from timebank.matching.queries.pairs import PairAnswer
from timebank.matching.queries.plans import still_waits
from timebank.matching.rules.plans import Unserved
from timebank.matching.service.plans import plan_for_change


@command
def assign_visit(
    actor: Actor,
    plan_id: int,
    visit_id: int,
    volunteer_id: int,
    starts_at: datetime | None = None,
    *,
    seen: str = "",
    key: str | None = None,
) -> int:
    """Gives a visit of a plan to a helper, at a start or at the best one; answers with the visit's number.

    Raises `Refused`: plan_not_ready, plan_visit_accepted, plan_changed_meanwhile, plan_asked_elsewhere (a partner has
    it, or it is settled), plan_conflict (the first hard rule it would break), and `NotFound`: no_such_plan,
    no_such_visit, no_such_volunteer.
    """
    plan = plan_for_change(actor, plan_id)
    _unchanged(plan, visit_id, seen)
    _still_waits(visit_id)
    answer = _possible(pairs.pair(actor, plan_id, visit_id, volunteer_id, starts_at))
    _put(plan, answer)
    _written(actor, plan, "assign.plan", visit=visit_id, volunteer=volunteer_id)
    return visit_id


@command
def take_out_visit(actor: Actor, plan_id: int, visit_id: int, *, seen: str = "", key: str | None = None) -> int:
    """Nobody goes, as far as this plan is concerned; answers with the visit's number.

    Raises `Refused`: plan_not_ready, plan_visit_accepted, plan_changed_meanwhile, and `NotFound`: no_such_plan,
    no_such_visit.
    """
    plan = plan_for_change(actor, plan_id)
    _unchanged(plan, visit_id, seen)
    db.session.delete(_row(plan, visit_id))
    db.session.flush()
    db.session.add(UnservedVisit(plan_id=plan.id, visit_id=visit_id, reason=Unserved.TAKEN_OUT))
    _written(actor, plan, "take_out.plan", visit=visit_id)
    return visit_id


@command
def pin_visit(
    actor: Actor, plan_id: int, visit_id: int, pinned: bool, *, seen: str = "", key: str | None = None
) -> int:
    """A pinned visit keeps its helper and its start when the plan is made again; answers with the visit's number.

    Raises `Refused`: plan_not_ready, plan_visit_accepted, plan_changed_meanwhile, and `NotFound`: no_such_plan,
    no_such_visit.
    """
    plan = plan_for_change(actor, plan_id)
    _unchanged(plan, visit_id, seen)
    _row(plan, visit_id).pinned = pinned
    _written(actor, plan, "pin.plan", visit=visit_id, pinned=pinned)
    return visit_id


@command
def swap_visits(
    actor: Actor,
    plan_id: int,
    visit_id: int,
    other_id: int,
    *,
    seen: tuple[str, str] = ("", ""),
    key: str | None = None,
) -> int:
    """The helpers of two visits change places; answers with the first visit's number.

    Raises `Refused`: plan_not_ready, plan_visit_accepted, plan_changed_meanwhile, plan_same_helper,
    plan_asked_elsewhere, plan_conflict, and `NotFound`.
    """
    plan = plan_for_change(actor, plan_id)
    for one, shown in zip((visit_id, other_id), seen, strict=True):
        _unchanged(plan, one, shown)
    first, second = _row(plan, visit_id), _row(plan, other_id)
    if first.volunteer_id == second.volunteer_id:
        raise Refused("plan_same_helper", field="other_id")
    for one in (visit_id, other_id):
        _still_waits(one)
    for answer in pairs.swapped(actor, plan_id, visit_id, other_id):
        _put(plan, _possible(answer))
    _written(actor, plan, "swap.plan", visit=visit_id, other=other_id)
    return visit_id


def _planned(plan: Plan, visit_id: int) -> PlannedVisit | None:
    return db.session.scalar(
        select(PlannedVisit).where(PlannedVisit.plan_id == plan.id, PlannedVisit.visit_id == visit_id)
    )


def _unchanged(plan: Plan, visit_id: int, seen: str) -> None:
    """Refuses where the visit does not stand any more as the page showed it."""
    row = _planned(plan, visit_id) if seen else None
    if seen and seen != (mark(row.volunteer_id, row.starts_at) if row else NOBODY):
        raise Refused("plan_changed_meanwhile")


def _row(plan: Plan, visit_id: int) -> PlannedVisit:
    row = _planned(plan, visit_id)
    if row is None:
        raise NotFound("no_such_visit")
    if row.accepted_at is not None:
        raise Refused("plan_visit_accepted")
    return row


def _still_waits(visit_id: int) -> None:
    if not still_waits(visit_id):
        raise Refused("plan_asked_elsewhere")


def _possible(answer: PairAnswer) -> PairAnswer:
    if not answer.possible:
        raise Refused("plan_conflict", helper=answer.name, recipient=answer.visit.recipient)
    return answer


def _put(plan: Plan, answer: PairAnswer) -> None:
    """Writes the pair down; what was unserved is planned from now on."""
    assert answer.starts_at is not None
    visit = answer.visit
    left = select(UnservedVisit).where(UnservedVisit.plan_id == plan.id, UnservedVisit.visit_id == visit.visit_id)
    unserved = db.session.scalar(left)
    if unserved is None:
        row = _row(plan, visit.visit_id)
    else:
        db.session.delete(unserved)
        row = PlannedVisit(plan_id=plan.id, visit_id=visit.visit_id)
        if visit.promise is not None:
            row.promised_to, row.promised_at = visit.promise
        db.session.add(row)
    row.volunteer_id, row.starts_at = answer.person_id, answer.starts_at
    row.ends_at = answer.starts_at + timedelta(minutes=visit.need.minutes)
    row.by_hand, row.refusal = True, None
    db.session.flush()


def _written(actor: Actor, plan: Plan, action: str, **facts: object) -> None:
    audit.record(actor, action, "plan", plan.id, plan.territory_code, **facts)
