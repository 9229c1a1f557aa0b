"""Who plans which places, and who sees the plans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.architecture.cases import Case, Facts
from tests.factories import matching as factory
from tests.factories import town
from timebank.core import clock
from timebank.core.db import db
from timebank.matching.models import Emergency, Plan, PlannedVisit, PlanState

SEES = {"broker": 200, "operator": 200, "other_broker": 404}
DOES = {"broker": 303, "operator": 303, "other_broker": 404}


def _plan(facts: Facts, state: PlanState = PlanState.DONE) -> dict[str, Any]:
    """Two visits of two helpers on the Tuesday after next, in a plan of the street."""
    today = clock.today()
    day = today + timedelta(days=(1 - today.weekday()) % 7 + 7)
    plan = Plan(territory_code=town.YAOHUA, first_day=day, last_day=day, seconds=5, state=state, waiting=2, served=2)
    db.session.add(plan)
    db.session.flush()
    made = []
    for number, name in enumerate(("徐梅", "王芳")):
        helper = factory.volunteer(name, east_m=60 + number, hours=(8, 12))
        visit = factory.visit(facts["person"] if number else facts["neighbour"], day=day)
        starts = clock.at(day, 480)
        db.session.add(
            PlannedVisit(
                plan_id=plan.id,
                visit_id=visit,
                volunteer_id=helper,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
            )
        )
        made.append((visit, helper))
    db.session.commit()
    return {"plan": plan.id, "visit": made[0][0], "helper": made[0][1], "other": made[1][0]}


def _running(facts: Facts) -> dict[str, Any]:
    return _plan(facts, PlanState.RUNNING)


def _number(facts: Facts) -> dict[str, Any]:
    return {"plan_id": facts["plan"]}


def _visit(facts: Facts) -> dict[str, Any]:
    return {"plan_id": facts["plan"], "visit_id": facts["visit"]}


def _emergency(facts: Facts) -> dict[str, Any]:
    """A call for the person, whose visit nobody was asked for yet."""
    visit = factory.visit(facts["person"], urgent=True)
    row = Emergency(visit_id=visit, territory_code=town.YAOXIN)
    db.session.add(row)
    db.session.commit()
    return {"emergency": row.id}


ACCESS_CASES = [
    Case("matching.new_emergency", statuses=dict.fromkeys(("broker", "operator", "other_broker"), 200)),
    *(
        Case(
            endpoint,
            lambda facts: {"emergency_id": facts["emergency"]},
            {visitor: status if status != 200 else found for visitor, status in SEES.items()},
            make=_emergency,
        )
        for endpoint, found in (("matching.emergency", 200), ("matching.emergency_state", 303))
    ),
    Case("matching.plans", statuses={"broker": 200, "operator": 200, "other_broker": 200}),
    Case("matching.new_plan", statuses={"broker": 200, "operator": 200, "other_broker": 200}),
    Case(
        "matching.new_plan",
        statuses={"broker": 303, "operator": 303, "other_broker": 422},
        method="POST",
        form=lambda _: {
            "territory_code": town.YAOHUA,
            "first_day": clock.today().isoformat(),
            "days": "1",
            "seconds": "5",
        },
    ),
    *(Case(f"matching.{name}", _number, SEES, make=_plan) for name in ("plan", "plan_again")),
    *(Case(f"matching.{name}", _number, DOES, make=_plan) for name in ("plan_progress", "plan_asking")),
    Case("matching.plan", _number, SEES, make=_running),
    *(Case(f"matching.{name}", _number, DOES, method="POST", make=_plan) for name in ("stop_plan", "accept_plan")),
    Case("matching.plan_again", _number, DOES, method="POST", form=lambda _: {"seconds": "5"}, make=_plan),
    Case("matching.planned_visit", _visit, SEES, make=_plan),
    Case("matching.check_pair", lambda facts: {**_visit(facts), "volunteer_id": facts["helper"]}, SEES, make=_plan),
    Case("matching.check_swap", lambda facts: {**_visit(facts), "other_id": facts["other"]}, SEES, make=_plan),
    *(
        Case(f"matching.{name}", _visit, DOES, method="POST", form=form, make=_plan)
        for name, form in (
            ("assign_visit", lambda facts: {"volunteer_id": str(facts["helper"])}),
            ("pin_visit", lambda _: {"pinned": "1"}),
            ("swap_visits", lambda facts: {"other_id": str(facts["other"])}),
        )
    ),
    # what the coordinator has taken out is not there for the next one
    Case("matching.take_out_visit", _visit, {**DOES, "operator": 404}, method="POST", make=_plan),
]
