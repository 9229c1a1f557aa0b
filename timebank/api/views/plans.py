"""Plans: asked for, watched, stopped, changed by hand, accepted, made again."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import PageQuery
from timebank.api.schemas.plans import (
    AcceptPlan,
    Assigned,
    BoardQuery,
    NewPlan,
    PairAnswer,
    PairQuery,
    Pinned,
    PlanBoard,
    PlanChoices,
    PlanLine,
    PlansPage,
    Replan,
    Seen,
    SwapAnswer,
    Swapped,
    SwappedWith,
)
from timebank.core.paging import Page
from timebank.core.web import actor
from timebank.exchange.queries import schemes
from timebank.matching import words, words_plans
from timebank.matching.background import work_soon
from timebank.matching.queries import pairs
from timebank.matching.queries import plans as queries
from timebank.matching.queries.board import board
from timebank.matching.queries.board_shapes import Board, Shown
from timebank.matching.service import accepting, changes
from timebank.matching.service import plans as service

READ, PLAN, OFFER = "matching.read", "matching.plan", "matching.offer"
ONE = "/plans/<int:plan_id>"
VISIT = f"{ONE}/visits/<int:visit_id>"


@read("/plans", PlansPage, permission=READ, query=PageQuery)
def list_plans(query: PageQuery) -> Page[queries.PlanLine]:
    """The plans of one's territories, newest first."""
    return queries.plans(actor(), after=query.after, limit=query.limit)


@write("/plans", body=NewPlan, permission=PLAN, status=202)
def start_plan(body: Any, key: str) -> dict[str, Any]:
    """Asks for a plan of a day or a week; the search runs in the background."""
    return _soon(service.start_plan(actor(), body.command(), key=key))


@read(ONE, PlanLine, permission=READ)
def get_plan(plan_id: int) -> queries.PlanLine:
    """A plan: how far the search is, and how good its result."""
    return queries.plan(actor(), plan_id)


@read(f"{ONE}/board", PlanBoard, permission=READ, query=BoardQuery)
def get_plan_board(plan_id: int, query: BoardQuery) -> Board:
    """Who goes where on a day of a plan, and who is left over."""
    shown = Shown(query.day, query.territory, query.service, query.urgent, query.offset, all_left=True)
    return board(queries.plan(actor(), plan_id), shown)


@write(f"{ONE}/stop", permission=PLAN)
def stop_plan(plan_id: int, key: str) -> dict[str, Any]:
    """Ends the search; the best plan found so far is kept."""
    return {"id": service.stop_plan(actor(), plan_id, key=key)}


@write(f"{ONE}/repetition", body=Replan, permission=PLAN, status=202)
def plan_again(plan_id: int, body: Any, key: str) -> dict[str, Any]:
    """A new plan of the same days around what has happened."""
    return _soon(service.plan_again(actor(), plan_id, body.command(), key=key))


@write(f"{ONE}/acceptance", body=AcceptPlan, permission=OFFER, status=202)
def accept_plan(plan_id: int, body: Any, key: str) -> dict[str, Any]:
    """The helpers of a plan, a place or one helper are asked, in the background."""
    accepting.accept_plan(actor(), plan_id, body.command(), key=key)
    return _soon(plan_id)


def _soon(plan_id: int) -> dict[str, Any]:
    work_soon()
    return {"id": plan_id}


@read(f"{VISIT}/helpers", PlanChoices, permission=READ)
def list_plan_choices(plan_id: int, visit_id: int) -> dict[str, Any]:
    """Who could go to a visit beside the rest of the plan, and why the others could not."""
    found = pairs.choices(actor(), plan_id, visit_id)
    return {"possible": _answers(found.possible), "impossible": _answers(found.impossible)}


@read(f"{VISIT}/check", PairAnswer, permission=READ, query=PairQuery)
def check_plan_pair(plan_id: int, visit_id: int, query: PairQuery) -> dict[str, Any]:
    """Could this helper go?  Says why, or which rule it would break."""
    return _answers([pairs.pair(actor(), plan_id, visit_id, query.volunteer_id, query.starts_at)])[0]


@read(f"{VISIT}/swap", SwapAnswer, permission=READ, query=SwappedWith)
def check_plan_swap(plan_id: int, visit_id: int, query: SwappedWith) -> dict[str, Any]:
    """What exchanging the helpers of two visits would mean."""
    return {"items": _answers(pairs.swapped(actor(), plan_id, visit_id, query.other_id))}


def _answers(found: Any) -> list[dict[str, Any]]:
    names = {service.code: service.name for service in schemes.service_types(active_only=False)}
    return [
        {
            "visit_id": one.visit.visit_id,
            "person_id": one.person_id,
            "name": one.name,
            "possible": one.possible,
            "starts_at": one.starts_at,
            "rules": [broken.rule for broken in one.broken],
            "words": words_plans.conflicts(one, names) or words.reasons(one.reasons, one.day, names),
        }
        for one in found
    ]


@write(f"{VISIT}/assignment", body=Assigned, permission=PLAN)
def assign_planned_visit(plan_id: int, visit_id: int, body: Assigned, key: str) -> dict[str, Any]:
    """Gives the visit to a helper; what breaks a hard rule is refused."""
    made = changes.assign_visit(actor(), plan_id, visit_id, body.volunteer_id, body.starts_at, seen=body.seen, key=key)
    return {"id": made}


@write(f"{VISIT}/removal", body=Seen, permission=PLAN)
def take_out_planned_visit(plan_id: int, visit_id: int, body: Seen, key: str) -> dict[str, Any]:
    """Nobody goes, as far as this plan is concerned."""
    return {"id": changes.take_out_visit(actor(), plan_id, visit_id, seen=body.seen, key=key)}


@write(f"{VISIT}/pin", body=Pinned, permission=PLAN)
def pin_planned_visit(plan_id: int, visit_id: int, body: Pinned, key: str) -> dict[str, Any]:
    """Pins the visit to its helper and time, or releases it."""
    return {"id": changes.pin_visit(actor(), plan_id, visit_id, body.pinned, seen=body.seen, key=key)}


@write(f"{VISIT}/swap", body=Swapped, permission=PLAN)
def swap_planned_visits(plan_id: int, visit_id: int, body: Swapped, key: str) -> dict[str, Any]:
    """The helpers of two visits change places."""
    seen = (body.seen, body.other_seen)
    return {"id": changes.swap_visits(actor(), plan_id, visit_id, body.other_id, seen=seen, key=key)}
