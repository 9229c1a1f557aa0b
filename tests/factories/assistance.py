"""A case with everything a plan needs."""

from __future__ import annotations

from datetime import date, timedelta

from tests.factories import town
from timebank.assistance.rules.cases import CaseKind, LegalBasis, Urgency
from timebank.assistance.rules.plans import LineKind, NeedKind
from timebank.assistance.service import cases, plans
from timebank.assistance.service.cases import NewCase
from timebank.assistance.service.plans import NewLine
from timebank.core import clock
from timebank.core.authority import Actor


def new_case(actor: Actor, person_id: int, *, urgency: Urgency = Urgency.ORDINARY, **facts: object) -> int:
    """An open case of the actor; returns its id."""
    given: dict[str, object] = {
        "person_id": person_id,
        "kind": CaseKind.CHILD,
        "legal_basis": LegalBasis.STATUTORY_DUTY,
        "urgency": urgency,
        "summary": "女儿患罕见病，父母先后辞职。",
        **facts,
    }
    return cases.open_case(actor, NewCase(**given))


MEASURES = {
    LineKind.CASH: {"amount_fen": 124_000},
    LineKind.IN_KIND: {"quantity": 2},
    LineKind.SERVICE: {"minutes": 90},
}


def line(case_id: int, kind: LineKind = LineKind.CASH, **facts: object) -> NewLine:
    """A line due in ten days."""
    given: dict[str, object] = {
        "case_id": case_id,
        "kind": kind,
        "programme": "残疾人两项补贴",
        "provider": "尧化街道",
        "due_on": clock.today() + timedelta(days=10),
        **MEASURES[kind],
        **facts,
    }
    return NewLine(**given)


def planned_case(actor: Actor, person_id: int) -> tuple[int, int]:
    """A case whose plan waits for approval; returns the case's and the line's id."""
    case_id = new_case(actor, person_id)
    need_id = plans.add_need(actor, case_id, NeedKind.MONEY, "每月药费不够")
    line_id = plans.add_line(actor, line(case_id, need_id=need_id))
    cases.propose_plan(actor, case_id)
    return case_id, line_id


def client(name: str = "徐梅", **facts: object) -> int:
    """A person who has asked for help."""
    return town.person(name, birth_date=date(1994, 3, 8), is_recipient=False, is_volunteer=True, **facts)
