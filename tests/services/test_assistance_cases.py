"""Cases: who may open, read, plan, approve and close, and what is written down about it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import assistance as factory
from tests.factories import town
from timebank.assistance.models import AssistanceCase, CaseEvent
from timebank.assistance.models.plans import VisitKind
from timebank.assistance.queries import cases as lists
from timebank.assistance.queries import file as files
from timebank.assistance.rules.cases import CaseKind, CaseState, CloseReason, LegalBasis, Urgency
from timebank.assistance.rules.plans import LineKind, NeedKind
from timebank.assistance.service import cases, plans
from timebank.assistance.service.plans import NewHomeVisit
from timebank.core import clock, hooks
from timebank.core.audit import AuditEvent, SensitiveRead
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import Conflict, NotAllowed, NotFound, Refused
from timebank.people import queries as people
from timebank.people.models import Agent, Household, HouseholdMember


def worker_person(actor: Actor, person_id: int) -> Actor:
    """The same account, belonging to somebody of the registry."""
    from dataclasses import replace

    from timebank.access.models import Account

    db.session.get_one(Account, actor.account_id).person_id = person_id
    db.session.commit()
    return replace(actor, person_id=person_id)


def live_together(*person_ids: int) -> None:
    house = Household(territory_code=town.YAOXIN)
    db.session.add(house)
    db.session.flush()
    for person_id in person_ids:
        db.session.add(HouseholdMember(household_id=house.id, person_id=person_id, joined_on=date(2020, 1, 1)))
    db.session.commit()


def state_of(case_id: int) -> CaseState:
    db.session.expire_all()
    return db.session.get_one(AssistanceCase, case_id).state


def refused(code: str) -> object:
    return pytest.raises(Refused, match=code)


def test_a_case_lives_from_opening_to_closing(app: Flask) -> None:
    town.town()
    worker, head = town.social_worker(), town.street_head()
    case_id, line_id = factory.planned_case(worker, factory.client())
    assert state_of(case_id) is CaseState.PLANNED
    cases.approve_plan(head, case_id)
    plans.deliver_line(worker, line_id, clock.today(), "收据 12")
    cases.close_case(worker, case_id, CloseReason.NEEDS_MET)
    states = db.session.scalars(select(CaseEvent.to_state).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id))
    assert [state.value for state in states] == ["opened", "assessing", "planned", "active", "closed"]


def test_opening_a_case_makes_the_person_a_client_and_is_audited(app: Flask) -> None:
    town.town()
    person_id = factory.client()
    case_id = factory.new_case(town.social_worker(), person_id)
    assert people.brief(person_id).is_client
    actions = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == str(case_id))))
    assert "case.opened" in actions


def test_a_double_click_opens_one_case(app: Flask) -> None:
    town.town()
    worker, person_id = town.social_worker(), factory.client()
    new = cases.NewCase(person_id, CaseKind.MEDICAL, LegalBasis.STATUTORY_DUTY)
    assert cases.open_case(worker, new, key="k") == cases.open_case(worker, new, key="k")


def test_a_second_open_case_of_the_same_kind_is_refused(app: Flask) -> None:
    town.town()
    worker, person_id = town.social_worker(), factory.client()
    factory.new_case(worker, person_id)
    with pytest.raises(Conflict, match="case_open_already"):
        factory.new_case(worker, person_id)
    factory.new_case(worker, person_id, kind=CaseKind.MEDICAL)


def test_the_helper_side_sees_no_case(app: Flask) -> None:
    town.town()
    case_id = factory.new_case(town.social_worker(), factory.client())
    for actor in (town.broker(), town.clerk(), town.operator()):
        with pytest.raises(NotFound):
            files.head(actor, case_id)
        assert not lists.page(actor, lists.Filters()).items
        with pytest.raises(NotFound):
            cases.open_file(actor, case_id, "curious")


def test_another_street_neither_sees_nor_opens(app: Flask) -> None:
    town.town()
    person_id = factory.client()
    case_id = factory.new_case(town.social_worker(), person_id)
    other = town.social_worker(town.WULAOCUN)
    with pytest.raises(NotFound):
        files.file(other, case_id)
    with pytest.raises(NotAllowed):
        factory.new_case(other, person_id, kind=CaseKind.MEDICAL)
    assert not lists.page(other, lists.Filters()).items


def test_every_look_is_written_down_with_its_purpose(app: Flask) -> None:
    town.town()
    person_id = factory.client()
    case_id = factory.new_case(town.social_worker(), person_id)
    with refused("case_purpose_missing"):
        cases.open_file(town.auditor(), case_id, " ")
    cases.open_file(town.auditor(), case_id, "audit: 抽查")
    read = db.session.scalars(select(SensitiveRead)).one()
    assert (read.person_id, read.fields, read.purpose) == (person_id, "case", "audit: 抽查")
    assert files.file(town.auditor(), case_id).reads[0].purpose == "audit: 抽查"


def test_the_case_worker_does_not_approve_the_own_plan(app: Flask) -> None:
    town.town()
    head = town.street_head()
    case_id, _ = factory.planned_case(head, factory.client())
    with refused("approver_worked_on_case"):
        cases.approve_plan(head, case_id)
    with pytest.raises(NotAllowed):
        cases.approve_plan(town.social_worker(), case_id)


def test_a_plan_can_be_sent_back_and_revised(app: Flask) -> None:
    town.town()
    worker, head = town.social_worker(), town.street_head()
    case_id, _ = factory.planned_case(worker, factory.client())
    with refused("words_missing"):
        cases.return_plan(head, case_id, "")
    cases.return_plan(head, case_id, "请补充服务")
    plans.add_line(worker, factory.line(case_id, LineKind.SERVICE))
    cases.propose_plan(worker, case_id)
    cases.approve_plan(head, case_id)
    with refused("plan_is_fixed"):
        plans.add_line(worker, factory.line(case_id, LineKind.IN_KIND))
    cases.revise_plan(worker, case_id, "孩子住院")
    plans.add_line(worker, factory.line(case_id, LineKind.IN_KIND))
    assert state_of(case_id) is CaseState.ASSESSING


def test_nobody_handles_the_case_of_somebody_they_live_with(app: Flask) -> None:
    town.town()
    person_id, relative = factory.client(), town.person("徐强")
    live_together(person_id, relative)
    worker = worker_person(town.social_worker(), relative)
    with refused("relative_of_client"):
        factory.new_case(worker, person_id)
    colleague = town.street_head()
    with refused("case_worker_relative"):
        factory.new_case(colleague, person_id, case_worker_id=worker.account_id)
    case_id = factory.new_case(colleague, person_id)
    with refused("relative_of_client"):
        cases.open_file(worker, case_id, "other: 好奇")


def test_a_child_needs_a_guardian_or_another_basis(app: Flask) -> None:
    town.town()
    mother = factory.client()
    child = town.person("徐小雨", birth_date=clock.today() - timedelta(days=6 * 365))
    worker = town.social_worker()
    with refused("guardian_missing"):
        factory.new_case(worker, child, legal_basis=LegalBasis.CONSENT)
    db.session.add(Agent(person_id=child, agent_person_id=mother, kind="guardian", valid_from=date(2020, 1, 1)))
    db.session.commit()
    assert factory.new_case(worker, child, legal_basis=LegalBasis.CONSENT)


def test_in_an_emergency_help_comes_before_the_plan_is_approved(app: Flask) -> None:
    town.town()
    worker = town.social_worker()
    ordinary = factory.new_case(worker, factory.client())
    line_id = plans.add_line(worker, factory.line(ordinary))
    with refused("plan_not_approved"):
        plans.deliver_line(worker, line_id, clock.today())
    urgent = factory.new_case(worker, factory.client("王盲"), urgency=Urgency.EMERGENCY)
    plans.deliver_line(worker, plans.add_line(worker, factory.line(urgent, amount_fen=200_000)), clock.today())


def test_a_case_with_promises_left_stays_open_and_is_reopened_once(app: Flask) -> None:
    town.town()
    worker = town.social_worker()
    case_id, line_id = factory.planned_case(worker, factory.client())
    with refused("case_lines_open"):
        cases.close_case(worker, case_id, CloseReason.DECLINED)
    plans.cancel_line(worker, line_id, "不再需要")
    cases.close_case(worker, case_id, CloseReason.DECLINED)
    with refused("case_closed"):
        plans.add_need(worker, case_id, NeedKind.FOOD, "米")
    cases.reopen_case(worker, case_id, "情况变化")
    cases.close_case(worker, case_id, CloseReason.NEEDS_MET)
    with refused("case_reopened_before"):
        cases.reopen_case(worker, case_id, "再次变化")


def test_a_visit_sets_the_next_one_and_an_overdue_one_is_found(app: Flask) -> None:
    town.town()
    worker = town.social_worker()
    case_id = factory.new_case(worker, factory.client())
    factory.new_case(worker, factory.client("李芳"))
    seen = clock.now() - timedelta(days=9)
    due = clock.civil(seen).date() + timedelta(days=7)
    plans.record_visit(worker, visit(case_id, seen, next_due_on=due))
    assert state_of(case_id) is CaseState.ASSESSING
    found = lists.page(worker, lists.Filters(overdue=True)).items
    assert [(row.id, row.overdue_days) for row in found] == [(case_id, 2)]
    assert lists.waiting(worker) == lists.Waiting(mine=2, overdue=1, plans=0)


def visit(case_id: int, at: datetime, minutes: int = 40, **facts: object) -> NewHomeVisit:
    return NewHomeVisit(
        case_id, VisitKind.SCREENING, ("张力", "李静"), at, at + timedelta(minutes=minutes), "看到…", **facts
    )


def test_absurd_visits_are_refused(app: Flask) -> None:
    town.town()
    worker = town.social_worker()
    case_id = factory.new_case(worker, factory.client())
    for at, minutes, code in (
        (clock.now(), 60, "home_visit_in_future"),
        (clock.now() - timedelta(days=1), -5, "home_visit_order"),
        (clock.now() - timedelta(days=2), 900, "home_visit_too_long"),
    ):
        with refused(code):
            plans.record_visit(worker, visit(case_id, at, minutes))


def test_the_list_is_searched_by_name_and_read_page_by_page(app: Flask) -> None:
    from timebank.people.service.loading import write_keys

    town.town()
    worker, person_id = town.social_worker(), factory.client()
    write_keys(person_id, "徐梅")
    db.session.commit()
    case_id = factory.new_case(worker, person_id)
    others = [
        factory.new_case(worker, factory.client("李芳"), kind=kind) for kind in (CaseKind.LIVING, CaseKind.SUDDEN)
    ]
    assert [row.id for row in lists.page(worker, lists.Filters(text="xumei")).items] == [case_id]
    first = lists.page(worker, lists.Filters(), limit=2)
    assert [row.id for row in first.items] == others[::-1]
    assert [row.id for row in lists.page(worker, lists.Filters(), before=int(first.next or 0)).items] == [case_id]


@transaction
def moved(person_id: int, code: str) -> None:
    """As the registry tells of it: in its own transaction."""
    hooks.fire("person_moved", person_id=person_id, territory_code=code)


def test_a_case_follows_the_person_to_another_street(app: Flask) -> None:
    town.town()
    worker, person_id = town.social_worker(), factory.client()
    case_id = factory.new_case(worker, person_id)
    moved(person_id, town.WULAOCUN_COMMUNITY)
    with pytest.raises(NotFound):
        files.head(worker, case_id)
    assert files.head(town.social_worker(town.WULAOCUN), case_id).id == case_id


def test_words_of_a_case_are_not_in_clear_in_the_database(app: Flask) -> None:
    town.town()
    case_id = factory.new_case(town.social_worker(), factory.client(), summary="罕见病")
    raw = db.session.execute(select(AssistanceCase.__table__.c.id)).scalar()
    stored = db.session.connection().exec_driver_sql("SELECT summary FROM assistance_case").scalar()
    assert raw == case_id
    assert "罕见病".encode() not in bytes(stored)
