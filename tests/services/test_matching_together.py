"""Plans with visits of several helpers at once: all at the same start or nobody, also after changes by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import matching as helpers
from tests.factories import town
from tests.services.test_matching_plans import at, left, rows, searched
from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.models import Offer, OfferState, ServiceRequest, Visit, VisitState
from timebank.exchange.service import offers
from timebank.matching.models import Plan, PlannedVisit
from timebank.matching.queries.board import board
from timebank.matching.queries.board_shapes import Shown
from timebank.matching.queries.pairs import choices, pair
from timebank.matching.queries.plans import plan as plan_line
from timebank.matching.queries.suggestions import suggestions
from timebank.matching.rules.plans import Replan
from timebank.matching.service.accepting import Accept, accept_plan, work_offers
from timebank.matching.service.asking import ask_next
from timebank.matching.service.changes import assign_visit, pin_visit, swap_visits, take_out_visit
from timebank.matching.service.plans import plan_again
from timebank.matching.service.working import work_plans


@pytest.fixture(autouse=True)
def _monday(app: object) -> Iterator[None]:
    with time_machine.travel(helpers.NOON_BEFORE, tick=False):
        town.town()
        yield


def together(recipient: int, number: int = 2, **facts: object) -> list[int]:
    """Open visits of one occasion, straight into the tables; ids in order."""
    first = db.session.get_one(Visit, helpers.visit(recipient, helpers_needed=number, **facts))  # type: ignore[arg-type]
    first.together = uuid4()
    copied = "request_id scheme_id recipient_id territory_code service_code state together earliest_start latest_start"
    facts_of = {name: getattr(first, name) for name in (*copied.split(), "minutes_planned", "starts_at")}
    others = [Visit(**facts_of) for _ in range(number - 1)]
    db.session.add_all(others)
    db.session.commit()
    return [first.id, *(one.id for one in others)]


def again(plan: Plan, **facts: object) -> Plan:
    plan_id = plan_again(town.broker(), plan.id, Replan(seconds=5, **facts))  # type: ignore[arg-type]
    assert work_plans() == 1
    return db.session.get_one(Plan, plan_id)


def say(visit_id: int, helper: int, yes: bool) -> None:
    wanted = select(Offer.id).where(
        Offer.visit_id == visit_id, Offer.volunteer_id == helper, Offer.state == OfferState.OFFERED
    )
    offers.answer_offer(town.broker(), db.session.scalars(wanted).one(), yes)


def starts(plan: Plan, ids: list[int]) -> set[datetime]:
    found = rows(plan)
    return {found[one][1] for one in ids if one in found}


def test_both_helpers_are_planned_for_the_same_start_or_nobody_is(app: object) -> None:
    early = helpers.volunteer("早上", hours=(8, 10))
    late = helpers.volunteer("晚些", hours=(9, 11))
    both = together(town.person("张大爷"), window=(8, 10))
    alone = together(town.person("李大爷"), window=(8, 8))
    plan = searched()
    found = rows(plan)
    assert {found[one][0] for one in both} == {early, late}
    assert starts(plan, both) <= {at(9), at(9, 15)}
    assert len(starts(plan, both)) == 1
    assert set(left(plan)) == set(alone)
    assert (plan.waiting, plan.served) == (4, 2)
    shown = board(plan_line(town.broker(), plan.id), Shown())
    [lane, other] = shown.lanes
    assert {lane.stops[0].together, other.stops[0].together} == {("早上",), ("晚些",)}
    assert [one.together for one in shown.left] == [True, True]


def test_three_may_go_together_and_two_are_not_enough(app: object) -> None:
    for name in ("一", "二"):
        helpers.volunteer(name, hours=(8, 12))
    three = together(town.person("张大爷"), 3)
    assert set(left(searched())) == set(three)
    helpers.volunteer("三", hours=(8, 12))
    plan = searched()
    assert len({who for who, _ in rows(plan).values()}) == 3
    assert len(starts(plan, three)) == 1


def test_the_one_still_needed_is_planned_for_when_the_other_comes(app: object) -> None:
    xu, li = helpers.volunteer("徐梅", hours=(8, 12)), helpers.volunteer("李秀兰", hours=(8, 12))
    first, other = together(town.person("张大爷"), window=(8, 11))
    offer = offers.offer_visit(town.broker(), first, xu, at(9, 30))
    plan = searched()
    assert rows(plan) == {other: (li, at(9, 30))}  # who was asked may still say yes
    offers.answer_offer(town.broker(), offer, True)
    assert [one.starts_at for one in suggestions(town.broker(), other).ranked] == [at(9, 30)]
    plan = searched()
    assert rows(plan) == {other: (li, at(9, 30))}
    [lane] = board(plan_line(town.broker(), plan.id), Shown()).lanes
    assert lane.stops[0].together == ("徐梅",)
    assert [one.rule for one in pair(town.broker(), plan.id, other, li, at(10)).broken] == ["other_start"]


def test_by_hand_their_starts_cannot_be_parted(app: object) -> None:
    names = [helpers.volunteer(name, hours=(8, 12)) for name in ("徐梅", "李秀兰", "王芳")]
    first, other = together(town.person("张大爷"), window=(8, 10))
    plan = searched()
    start, spare = (
        rows(plan)[first][1],
        next(one for one in names if one not in {who for who, _ in rows(plan).values()}),
    )
    with pytest.raises(Refused, match="plan_conflict"):
        assign_visit(town.broker(), plan.id, first, spare, start + (at(9) - at(8, 45)))
    db.session.rollback()
    assign_visit(town.broker(), plan.id, first, spare)
    assert rows(plan)[first] == (spare, start)
    kept = rows(plan)[other][0]
    swap_visits(town.broker(), plan.id, first, other)
    assert rows(plan) == {first: (kept, start), other: (spare, start)}
    assert all(one.starts_at == start for one in choices(town.broker(), plan.id, first).possible)
    take_out_visit(town.broker(), plan.id, first)
    assert {one.starts_at for one in choices(town.broker(), plan.id, first).possible} == {start}


def test_a_pinned_one_draws_the_other_and_a_dropout_is_replaced_at_the_same_start(app: object) -> None:
    for name in ("徐梅", "李秀兰", "王芳"):
        helpers.volunteer(name, hours=(8, 12))
    first, other = together(town.person("张大爷"), window=(8, 10))
    plan = searched()
    before = rows(plan)
    pin_visit(town.broker(), plan.id, first, True)
    new = again(plan, without=(before[other][0],))
    assert rows(new)[first] == before[first]
    assert rows(new)[other][1] == before[first][1]
    assert rows(new)[other][0] not in {before[first][0], before[other][0]}
    assert rows(again(plan)) == before


def test_accepting_asks_both_and_a_no_goes_to_the_next_at_that_start(app: object) -> None:
    names = [helpers.volunteer(name, hours=(8, 12)) for name in ("徐梅", "李秀兰", "王芳")]
    first, other = together(town.person("张大爷"), window=(8, 10))
    plan = searched()
    accept_plan(town.broker(), plan.id, Accept())
    assert work_offers() == 2
    (one, start), (two, _) = rows(plan)[first], rows(plan)[other]
    say(first, one, True)
    say(other, two, False)
    assert ask_next() == 1
    [third] = set(names) - {one, two}
    assert rows(plan)[other] == (third, start)
    say(other, third, True)
    db.session.expire_all()
    found = [db.session.get_one(Visit, visit_id) for visit_id in (first, other)]
    assert {(visit.state, visit.starts_at) for visit in found} == {(VisitState.SCHEDULED, start)}
    moving = again(plan, without=(one,), may_move=True)
    assert {start for _, start in rows(moving).values()} == {start}


def test_of_a_series_of_two_a_helper_is_tried_for_one_visit_a_week(app: object) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    first = helpers.visit(town.person("张大爷"), weeks=3, helpers_needed=2)
    request_id = db.session.get_one(Visit, first).request_id
    for visit in db.session.scalars(select(Visit).where(Visit.request_id == request_id)).all():
        visit.together = uuid4()
        twin = {name: getattr(visit, name) for name in ("scheme_id", "recipient_id", "territory_code", "service_code")}
        twin |= {"request_id": request_id, "together": visit.together, "minutes_planned": 60}
        window = {name: getattr(visit, name) for name in ("earliest_start", "latest_start", "starts_at", "state")}
        db.session.add(Visit(**twin, **window))
    db.session.commit()
    assert db.session.get_one(ServiceRequest, request_id).helpers_needed == 2
    found = suggestions(town.broker(), first)
    assert found.visit.series == 3
    assert [one.series_fits for one in found.ranked] == [3]
    assert clock.civil(found.ranked[0].starts_at).date() == helpers.TUESDAY
    assert db.session.scalars(select(PlannedVisit)).all() == []
