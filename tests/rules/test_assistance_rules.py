"""Rules of assistance: cases, self-care, plans, separation, categories."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from timebank.assistance.rules import cases, plans, self_care, separation, status
from timebank.assistance.rules.cases import CaseFacts, CaseState, LegalBasis, Urgency
from timebank.assistance.rules.plans import Line, LineKind, LineState
from timebank.assistance.rules.self_care import CareItem, Level
from timebank.assistance.rules.separation import Closeness
from timebank.assistance.rules.status import Category, Held


def case(state: CaseState, **facts: int) -> CaseFacts:
    return CaseFacts(state, Urgency.ORDINARY, **facts)


@pytest.mark.parametrize(
    "path", [("opened", "assessing", "planned", "active", "closed"), ("opened", "closed"), ("planned", "assessing")]
)
def test_a_case_walks_its_states(path: tuple[str, ...]) -> None:
    for here, there in itertools.pairwise(path):
        assert cases.refuse_move(case(CaseState(here)), CaseState(there)) is None


@pytest.mark.parametrize(("here", "there"), [("opened", "active"), ("assessing", "active"), ("closed", "active")])
def test_a_case_cannot_skip_the_plan_or_its_approval(here: str, there: str) -> None:
    assert cases.refuse_move(case(CaseState(here)), CaseState(there)) == "case_state"


def test_a_case_is_reopened_once() -> None:
    assert cases.refuse_move(case(CaseState.CLOSED), CaseState.ASSESSING) is None
    assert cases.refuse_move(case(CaseState.CLOSED, reopened=1), CaseState.ASSESSING) == "case_reopened_before"


def test_a_case_with_promises_left_cannot_be_closed() -> None:
    assert cases.refuse_move(case(CaseState.ACTIVE, open_lines=2), CaseState.CLOSED) == "case_lines_open"


def test_nothing_is_delivered_before_approval_except_in_an_emergency() -> None:
    assert cases.refuse_delivery(case(CaseState.PLANNED)) == "plan_not_approved"
    assert cases.refuse_delivery(case(CaseState.ACTIVE)) is None
    assert cases.refuse_delivery(CaseFacts(CaseState.OPENED, Urgency.EMERGENCY)) is None
    assert cases.refuse_delivery(CaseFacts(CaseState.CLOSED, Urgency.EMERGENCY)) == "case_closed"


def test_a_child_under_14_needs_a_guardian_for_consent() -> None:
    assert cases.refuse_basis(LegalBasis.CONSENT, 13, 0) == "guardian_missing"
    assert cases.refuse_basis(LegalBasis.CONSENT, 13, 1) is None
    assert cases.refuse_basis(LegalBasis.CONSENT, 14, 0) is None
    assert cases.refuse_basis(LegalBasis.EMERGENCY, 3, 0) is None


def test_the_due_day_itself_is_in_time() -> None:
    assert cases.days_overdue(date(2026, 5, 12), date(2026, 5, 12)) == 0
    assert cases.days_overdue(date(2026, 5, 12), date(2026, 5, 15)) == 3
    assert cases.days_overdue(None, date(2026, 5, 15)) == 0


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "able"), (1, "partial"), (3, "partial"), (4, "full_loss"), (6, "full_loss")]
)
def test_self_care_levels_follow_the_six_items(count: int, expected: str) -> None:
    assert self_care.level(list(CareItem)[:count]) is Level(expected)


def test_the_worked_example_of_self_care() -> None:  # domain.md F15
    failed = [CareItem.TOILET, CareItem.BATHE, CareItem.DRESS]
    assert self_care.level(failed) is Level.PARTIAL
    assert self_care.level([*failed, CareItem.WALK]) is Level.FULL_LOSS


def line(kind: LineKind, need: int | None = None, state: LineState = LineState.PLANNED) -> Line:
    return Line(kind, state, need, 1)


def test_a_plan_of_funds_materials_and_services_is_three_ways() -> None:
    plan = plans.completeness([line(kind) for kind in LineKind], [])
    assert plan.three_ways
    assert plans.refuse_plan(plan) is None


def test_a_cancelled_line_covers_nothing() -> None:
    plan = plans.completeness([line(LineKind.CASH, 1, LineState.CANCELLED)], [1])
    assert plan.kinds == frozenset()
    assert plans.refuse_plan(plan) == "plan_empty"


def test_every_open_need_wants_a_line() -> None:
    plan = plans.completeness([line(LineKind.CASH, 1)], [1, 2])
    assert plan.needs_without_line == (2,)
    assert plans.refuse_plan(plan) == "needs_without_line"


def test_a_line_has_the_measure_of_its_kind_and_no_other() -> None:
    assert plans.refuse_line(LineKind.CASH, 200_000, None, None) is None
    assert plans.refuse_line(LineKind.CASH, None, 2, None) == "line_needs_cash"
    assert plans.refuse_line(LineKind.IN_KIND, None, 0, None) == "line_needs_in_kind"
    assert plans.refuse_line(LineKind.SERVICE, 5, None, 60) == "line_has_other_measure"


def test_nobody_handles_the_case_of_a_relative() -> None:
    assert separation.refuse_handling(Closeness(1, 2)) is None
    assert separation.refuse_handling(Closeness(None, 2)) is None
    assert separation.refuse_handling(Closeness(2, 2)) == "own_case"
    assert separation.refuse_handling(Closeness(1, 2, client_household=frozenset({1}))) == "relative_of_client"
    assert separation.refuse_handling(Closeness(1, 2, client_agents=frozenset({1}))) == "relative_of_client"
    assert separation.refuse_handling(Closeness(1, 2, worker_wards=frozenset({2}))) == "relative_of_client"


def test_who_investigates_does_not_approve() -> None:
    assert separation.refuse_approval(7, frozenset({7, 8})) == "approver_worked_on_case"
    assert separation.refuse_approval(9, frozenset({7, 8})) is None


def test_income_categories_exclude_each_other() -> None:
    dibao = Held(Category.DIBAO, date(2026, 1, 1), date(2026, 6, 30))
    assert status.refuse_status(Held(Category.TEKUN, date(2026, 6, 30), None), [dibao]) == "status_overlaps"
    assert status.refuse_status(Held(Category.TEKUN, date(2026, 7, 1), None), [dibao]) is None
    assert status.refuse_status(Held(Category.DISABLED, date(2026, 2, 1), None), [dibao]) is None
    assert (
        status.refuse_status(Held(Category.DISABLED, date(2026, 2, 1), date(2026, 1, 1)), [])
        == "status_ends_before_start"
    )


def test_the_first_and_last_day_of_a_category_count() -> None:
    dibao = Held(Category.DIBAO, date(2026, 1, 1), date(2026, 6, 30))
    assert dibao.on(date(2026, 1, 1))
    assert dibao.on(date(2026, 6, 30))
    assert not dibao.on(date(2026, 7, 1))
