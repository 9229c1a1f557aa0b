"""The queue of plans: a worker takes the oldest, searches, says how far it is, hears the stop button, keeps the result.

The worker may be another process than the one that shows the page: both meet in the plan's row.
"""

from __future__ import annotations

import logging
import secrets
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.matching.models import Plan, PlannedVisit, PlanState, UnservedVisit
from timebank.matching.planner.api import Progress
from timebank.matching.rules.plans import Unserved
from timebank.matching.service.emergencies import accept_found
from timebank.matching.service.recruiting import recruiting
from timebank.matching.service.searching import Found, Task, search

log = logging.getLogger("timebank.matching")
LEASE = timedelta(minutes=5)
AT_ONCE = 2  # searches that run at the same time in the whole installation
TOUCH_SECONDS = 0.5
CLOCK = Actor.system("planner")


def work_plans() -> int:
    """Searches every plan that waits, one after the other; returns how many.  For the job and the worker process."""
    worked = 0
    while (claimed := _claim()) is not None:
        worked += 1
        _work(*claimed)
    return worked


@transaction
def _claim() -> tuple[Task, str] | None:
    """Takes the oldest waiting plan while fewer than AT_ONCE run; a plan whose worker died ends here."""
    now = clock.now()
    dead = (Plan.state == PlanState.RUNNING) & (Plan.leased_until < now)
    ended = {"state": PlanState.FAILED, "error": "plan_worker_gone", "finished_at": now, "lease": ""}
    db.session.execute(update(Plan).where(dead).values(ended).execution_options(synchronize_session=False))
    running = db.session.scalar(select(func.count()).where(Plan.state == PlanState.RUNNING)) or 0
    oldest = select(Plan).where(Plan.state == PlanState.WAITING).order_by(Plan.id).limit(1)
    plan = db.session.scalar(oldest.with_for_update(skip_locked=True)) if running < AT_ONCE else None
    if plan is None:
        return None
    plan.state, plan.lease, plan.leased_until = PlanState.RUNNING, secrets.token_hex(16), now + LEASE
    plan.started_at = now
    return _task(plan), plan.lease


def _task(plan: Plan) -> Task:
    rows = select(PlannedVisit).where(PlannedVisit.plan_id == plan.based_on_id, PlannedVisit.offer_id.is_(None))
    before = db.session.scalars(rows.order_by(PlannedVisit.id)).all() if plan.based_on_id else []
    return Task(
        plan_id=plan.id,
        territory_code=plan.territory_code,
        first_day=plan.first_day,
        last_day=plan.last_day,
        seconds=plan.seconds,
        seed=plan.seed,
        again=plan.based_on_id is not None,
        without=frozenset(plan.without),
        may_move=plan.may_move,
        before={row.visit_id: (row.volunteer_id, row.starts_at, row.pinned) for row in before},
    )


def _work(task: Task, lease: str) -> None:
    watch = Watch(task.plan_id, lease)
    try:
        found = search(task, watch.progress, watch.should_stop)
        _keep(task.plan_id, lease, found, stopped=watch.stopped)
        if not task.again:
            _recruit(task.plan_id, recruiting(found.left))
    except Exception as error:
        # whatever it is, the person waiting for the page must learn that it ended
        db.session.rollback()
        log.exception("plan %s failed", task.plan_id)
        _fail(task.plan_id, lease, type(error).__name__)


class Watch:
    """Tells the plan's row how far the search is, and asks it whether to stop; twice a second at most."""

    def __init__(self, plan_id: int, lease: str) -> None:
        self._plan_id, self._lease = plan_id, lease
        self._seen: dict[str, Any] = {}
        self._at = 0.0
        self.stopped = False

    def progress(self, step: Progress, waiting: int, helpers: int) -> None:
        """How far it is; kept at the next touch."""
        bound = None if step.upper_bound is None else max(step.upper_bound, step.objective)
        self._seen = {
            "stage": step.phase,
            "waiting": waiting,
            "helpers": helpers,
            "served": min(step.served, waiting),
            "objective": step.objective,
            "upper_bound": bound,
        }
        self.should_stop()

    def should_stop(self) -> bool:
        """Has somebody pressed stop, or has another worker taken the plan?"""
        now = time.monotonic()
        if not self.stopped and now - self._at >= TOUCH_SECONDS:
            self._at = now
            self.stopped = _touch(self._plan_id, self._lease, self._seen)
        return self.stopped


@transaction
def _touch(plan_id: int, lease: str, seen: dict[str, Any]) -> bool:
    mine = (Plan.id == plan_id) & (Plan.lease == lease)
    values = {**seen, "leased_until": clock.now() + LEASE}
    kept: Any = db.session.execute(update(Plan).where(mine).values(values).execution_options(synchronize_session=False))
    return not kept.rowcount or bool(db.session.scalar(select(Plan.stop_asked).where(Plan.id == plan_id)))


@transaction
def _keep(plan_id: int, lease: str, found: Found, *, stopped: bool) -> None:
    """The result in one transaction: every visit that waited is planned or unserved."""
    plan = db.session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None or plan.lease != lease:
        return
    for table in (PlannedVisit, UnservedVisit):
        db.session.execute(delete(table).where(table.plan_id == plan_id))
    for row in found.planned:
        db.session.add(
            PlannedVisit(
                plan_id=plan_id,
                visit_id=row.visit_id,
                volunteer_id=row.volunteer_id,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                pinned=row.pinned,
                promised_to=row.promise[0] if row.promise else None,
                promised_at=row.promise[1] if row.promise else None,
            )
        )
    db.session.add_all(
        UnservedVisit(plan_id=plan_id, visit_id=visit_id, reason=Unserved(reason))
        for visit_id, reason in found.unserved.items()
    )
    _figures(plan, found)
    db.session.flush()
    accept_found(plan)
    plan.state = PlanState.STOPPED if stopped else PlanState.DONE
    plan.finished_at, plan.lease, plan.stage = clock.now(), "", ""
    audit.record(CLOCK, "finish.plan", "plan", plan.id, plan.territory_code, served=plan.served, waiting=plan.waiting)


def _figures(plan: Plan, found: Found) -> None:
    plan.waiting, plan.helpers = len(found.planned) + len(found.unserved), found.helpers
    plan.served = len(found.planned)
    plan.weight, plan.weight_served = found.weight, found.weight_served
    plan.travel_seconds, plan.moved = found.travel_seconds, found.moved
    plan.objective = found.objective
    plan.upper_bound = None if found.upper_bound is None else max(found.upper_bound, found.objective)


@transaction
def _recruit(plan_id: int, lines: list[dict[str, Any]]) -> None:
    """The plan is there already; the list of whom to look for comes a moment later."""
    plan = db.session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if plan is not None:
        plan.recruiting = lines


@transaction
def _fail(plan_id: int, lease: str, error: str) -> None:
    plan = db.session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if plan is not None and plan.lease == lease:
        plan.state, plan.lease, plan.finished_at, plan.error = PlanState.FAILED, "", clock.now(), "plan_failed"
        plan.stage = error[:32]
