"""A plan is asked for, stopped, or asked for again around what has happened.  The search itself is `working`'s."""

from __future__ import annotations

from datetime import timedelta

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.matching.models import Plan
from timebank.matching.rules.plans import BUSY, READY, NewPlan, PlanState, Replan, check, check_seconds
from timebank.territory import queries as territory

PERMISSION = "matching.plan"


@command
def start_plan(actor: Actor, wanted: NewPlan, *, key: str | None = None) -> int:
    """Asks for a plan of a place ("matching.plan" there); returns its number.  The search runs in the background.

    Raises `Refused`: plan_of_no_place, day_past, plan_too_far, plan_too_long, plan_seconds.
    """
    actor.require(PERMISSION, wanted.territory_code)
    if wanted.territory_code and territory.info(wanted.territory_code) is None:
        raise Refused("plan_of_no_place", field="territory_code")
    check(wanted, clock.today())
    plan = Plan(
        territory_code=wanted.territory_code,
        first_day=wanted.first_day,
        last_day=wanted.first_day + timedelta(days=wanted.days - 1),
        seconds=wanted.seconds,
        seed=wanted.seed,
        created_by=actor.account_id,
        creator_name=actor.name[:80],
    )
    db.session.add(plan)
    db.session.flush()
    audit.record(actor, "start.plan", "plan", plan.id, plan.territory_code, day=plan.first_day.isoformat())
    return plan.id


def plan_for_change(actor: Actor, plan_id: int, *, ready: bool = True) -> Plan:
    """The plan, its row locked.  Raises `NotFound("no_such_plan")` and, `ready`, `Refused("plan_not_ready")`."""
    plan = db.session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None or not actor.may(PERMISSION, plan.territory_code):
        raise NotFound("no_such_plan")
    if ready and plan.state not in READY:
        raise Refused("plan_not_ready")
    return plan


@command
def stop_plan(actor: Actor, plan_id: int, *, key: str | None = None) -> int:
    """The search ends soon, in whichever process it runs, and what it has found is kept.

    A plan that nobody has begun to search ends at once.  Stopping what has ended changes nothing.
    """
    plan = plan_for_change(actor, plan_id, ready=False)
    if plan.state in BUSY:
        plan.stop_asked = True
        if plan.state is PlanState.WAITING or _deserted(plan):
            plan.error = "plan_called_off" if plan.state is PlanState.WAITING else "plan_worker_gone"
            plan.state, plan.finished_at, plan.lease = PlanState.FAILED, clock.now(), ""
        audit.record(actor, "stop.plan", "plan", plan.id, plan.territory_code)
    return plan.id


def _deserted(plan: Plan) -> bool:
    """The process that searched has not renewed its lease: it is gone."""
    return plan.state is PlanState.RUNNING and plan.leased_until is not None and plan.leased_until < clock.now()


@command
def plan_again(actor: Actor, plan_id: int, wanted: Replan, *, key: str | None = None) -> int:
    """A new plan of the same days around what has happened; returns its number.

    Pinned visits and promised ones stay as they are; `wanted.may_move` lets promised ones be given to others, each of
    which is counted, and those of the helpers `without` need somebody else in any case.
    Raises `Refused`: plan_not_ready, plan_over, plan_seconds.
    """
    old = plan_for_change(actor, plan_id)
    check_seconds(wanted.seconds)
    today = clock.today()
    if old.last_day < today:
        raise Refused("plan_over", day=old.last_day)
    plan = Plan(
        territory_code=old.territory_code,
        first_day=max(old.first_day, today),
        last_day=old.last_day,
        seconds=wanted.seconds,
        seed=old.seed,
        based_on_id=old.id,
        without=sorted({*wanted.without, *old.without}),
        may_move=wanted.may_move,
        created_by=actor.account_id,
        creator_name=actor.name[:80],
    )
    db.session.add(plan)
    db.session.flush()
    facts = {"without": plan.without, "may_move": plan.may_move, "based_on": old.id}
    audit.record(actor, "repeat.plan", "plan", plan.id, plan.territory_code, **facts)
    return plan.id
