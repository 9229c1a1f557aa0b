"""Plans from the database: searched in the background, changed by hand, accepted, made again (the board's deeds)."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.factories import matching as helpers
from tests.factories import partners, town
from timebank import worker
from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models import AvailabilityException, Offer, OfferState, Visit, VisitState
from timebank.exchange.service.partners import give_visit, take_visit_back
from timebank.matching import background
from timebank.matching.models import Plan, PlannedVisit, PlanState, Unserved, UnservedVisit
from timebank.matching.queries import board_idle
from timebank.matching.queries.board import board
from timebank.matching.queries.board_shapes import NOBODY, Shown, mark
from timebank.matching.queries.pairs import choices, pair
from timebank.matching.queries.plans import plan as plan_line
from timebank.matching.rules.plans import NewPlan, Replan
from timebank.matching.service.accepting import Accept, accept_plan, not_seen, packed, unpacked, work_offers
from timebank.matching.service.asking import ask_next
from timebank.matching.service.changes import assign_visit, pin_visit, swap_visits, take_out_visit
from timebank.matching.service.forgetting import forget_plans
from timebank.matching.service.plans import plan_again, start_plan, stop_plan
from timebank.matching.service.working import work_plans
from timebank.matching.waiting import Post, wake


@pytest.fixture(autouse=True)
def _monday(app: object) -> Iterator[None]:
    with time_machine.travel(helpers.NOON_BEFORE, tick=False):
        town.town()
        yield


def asked(day: date = helpers.TUESDAY, days: int = 1, territory: str = town.YAOHUA) -> NewPlan:
    return NewPlan(territory, day, days, 5)


def searched(wanted: NewPlan | None = None) -> Plan:
    """A plan of Tuesday in Yaohua street, found."""
    plan_id = start_plan(town.broker(), wanted or asked())
    assert work_plans() == 1
    return db.session.get_one(Plan, plan_id)


def rows(plan: Plan) -> dict[int, tuple[int, datetime]]:
    found = db.session.scalars(select(PlannedVisit).where(PlannedVisit.plan_id == plan.id))
    return {row.visit_id: (row.volunteer_id, row.starts_at) for row in found}


def left(plan: Plan) -> dict[int, str]:
    found = db.session.scalars(select(UnservedVisit).where(UnservedVisit.plan_id == plan.id))
    return {row.visit_id: row.reason for row in found}


def at(hour: int, minute: int = 0) -> datetime:
    return clock.at(helpers.TUESDAY, hour * 60 + minute)


def test_a_plan_gives_each_visit_to_who_may_do_it_and_says_why_others_are_left(app: object) -> None:
    near, cook = (
        helpers.volunteer("徐梅", hours=(8, 12)),
        helpers.volunteer("厨师", skills={"cooking": True}, hours=(8, 12)),
    )
    cleaning = helpers.visit(town.person("张大爷"))
    cooking = helpers.visit(town.person("李大爷"), service="cooking")
    bathing = helpers.visit(town.person("王奶奶"), service="bathing")
    plan = searched()
    assert plan.state is PlanState.DONE
    assert {visit: who for visit, (who, _) in rows(plan).items()} == {cleaning: near, cooking: cook}
    assert left(plan) == {bathing: Unserved.NO_SKILL}
    assert (plan.waiting, plan.served, plan.moved) == (3, 2, 0)
    assert plan.upper_bound is not None
    assert plan.upper_bound >= plan.objective > 0


def test_promises_absence_training_household_and_wishes_hold_in_a_plan_too(app: object) -> None:
    from timebank.core.authority import Actor
    from timebank.exchange.models import AvailabilityException, BlockedPair
    from timebank.exchange.rules.apart import AskedBy
    from timebank.people.service import set_household
    from timebank.people.service.commands import Joining

    zhang = town.person("张大爷")
    wife, apart, away = (helpers.volunteer(name, hours=(8, 12)) for name in ("老伴", "吵过", "出门"))
    set_household(Actor.system("tests"), zhang, Joining(wife, "spouse"))
    db.session.add(BlockedPair(helper_id=apart, recipient_id=zhang, asked_by=AskedBy.RECIPIENT))
    db.session.add(AvailabilityException(volunteer_id=away, first_day=helpers.TUESDAY, last_day=helpers.TUESDAY))
    busy = helpers.volunteer("忙人", hours=(8, 10))
    helpers.visit(town.person("李大爷"), helper=busy, state=VisitState.SCHEDULED, minutes=120)
    untrained = helpers.volunteer("没学", skills={"bathing": False}, hours=(8, 12))
    cleaning = helpers.visit(zhang)
    bathing = helpers.visit(zhang, service="bathing", window=(10, 11))
    plan = searched()
    assert rows(plan) == {}
    assert set(left(plan)) == {cleaning, bathing}
    assert untrained


def test_two_visits_of_one_helper_do_not_overlap_and_the_week_is_not_overdone(app: object) -> None:
    helpers.volunteer("徐梅", hours=(8, 18), max_minutes_per_week=120)
    for name in ("张大爷", "李大爷", "王奶奶"):
        helpers.visit(town.person(name), window=(9, 16))
        helpers.visit(town.person(name + "二"), window=(9, 16), day=helpers.TUESDAY + timedelta(days=7))
    plan = searched(asked(days=7))
    starts = sorted(start for _, start in rows(plan).values())
    assert len(starts) == 2
    assert starts[1] - starts[0] >= timedelta(minutes=60)


def test_a_week_is_planned_together_within_the_hours_of_each_helper(app: object) -> None:
    from timebank.exchange.models import AvailabilitySlot

    xu_mei = helpers.volunteer("徐梅", hours=(8, 12), max_minutes_per_week=120)
    db.session.add(AvailabilitySlot(volunteer_id=xu_mei, weekday=3, from_minute=480, to_minute=720))
    db.session.commit()
    visits = [
        helpers.visit(town.person(f"老人{number}"), window=(8, 11), day=helpers.TUESDAY + timedelta(days=day))
        for number, day in enumerate((0, 0, 2, 2))
    ]
    plan = searched(asked(days=7))
    assert len(rows(plan)) == 2
    assert set(rows(plan)) | set(left(plan)) == set(visits)


def test_who_said_nothing_yet_is_not_given_away_twice(app: object) -> None:
    from timebank.exchange.service.offers import offer_visit

    xu_mei = helpers.volunteer("徐梅", hours=(8, 10))
    first, second = helpers.visit(town.person("张大爷")), helpers.visit(town.person("李大爷"))
    offer_visit(town.broker(), first, xu_mei, at(8))
    plan = searched()
    assert rows(plan) == {}
    assert set(left(plan)) == {second}


def test_a_street_plans_only_its_own_visits_and_nobody_else_reads_it(app: object) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    here = helpers.visit(town.person("张大爷"))
    there = helpers.visit(town.person("李大爷"))
    db.session.get_one(Visit, there).territory_code = town.WULAOCUN_COMMUNITY
    db.session.commit()
    plan = searched()
    assert set(rows(plan)) == {here}
    for actor in (town.outsider(), town.clerk(), town.nobody()):
        with pytest.raises(NotFound):
            choices(actor, plan.id, here)
        with pytest.raises(NotFound):
            stop_plan(actor, plan.id)
        with pytest.raises(NotAllowed):
            start_plan(actor, asked())
    with pytest.raises(NotAllowed):
        start_plan(town.broker(), asked(territory=town.QIXIA))


def test_the_stop_button_is_heard_and_what_was_found_is_kept(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from timebank.matching.service import searching

    helpers.volunteer("徐梅", hours=(8, 12))
    visit = helpers.visit(town.person("张大爷"))
    real = searching.plan

    def slowly(*given: object, **settings: object) -> object:
        """Somebody presses stop in another process while the search runs."""
        stop_plan(town.broker(), plan_id)
        assert settings["should_stop"]() is True  # type: ignore[operator]
        return real(*given, **{**settings, "should_stop": None})  # type: ignore[arg-type]

    monkeypatch.setattr(searching, "plan", slowly)
    plan_id = start_plan(town.broker(), asked())
    work_plans()
    plan = db.session.get_one(Plan, plan_id)
    assert plan.state is PlanState.STOPPED
    assert set(rows(plan)) == {visit}


def test_a_plan_that_nobody_has_begun_is_called_off_and_one_whose_worker_died_is_given_up(app: object) -> None:
    first, second = (start_plan(town.broker(), asked()) for _ in range(2))
    stop_plan(town.broker(), first)
    gone = db.session.get_one(Plan, second)
    gone.state, gone.lease, gone.leased_until = PlanState.RUNNING, "x", clock.now() - timedelta(minutes=1)
    db.session.commit()
    assert work_plans() == 0
    assert db.session.get_one(Plan, first).error == "plan_called_off"
    assert (db.session.get_one(Plan, second).state, gone.error) == (PlanState.FAILED, "plan_worker_gone")


def test_a_search_that_breaks_off_says_so(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from timebank.matching.service import working

    def broken(*_given: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(working, "search", broken)
    plan = searched()
    assert (plan.state, plan.error) == (PlanState.FAILED, "plan_failed")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (NewPlan(town.YAOHUA, date(2026, 11, 22)), "day_past"),
        (NewPlan(town.YAOHUA, date(2027, 11, 22)), "plan_too_far"),
        (NewPlan(town.YAOHUA, helpers.TUESDAY, days=8), "plan_too_long"),
        (NewPlan(town.YAOHUA, helpers.TUESDAY, seconds=3600), "plan_seconds"),
    ],
)
def test_days_gone_by_and_searches_without_end_are_refused(app: object, wanted: NewPlan, code: str) -> None:
    with pytest.raises(Refused, match=code):
        start_plan(town.broker(), wanted)


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_a_change_that_breaks_a_rule_is_refused_and_the_rule_is_named_before(app: object) -> None:
    xu_mei = helpers.volunteer("徐梅", hours=(8, 12))
    late = helpers.volunteer("晚来", hours=(14, 16))
    first, second = helpers.visit(town.person("张大爷")), helpers.visit(town.person("李大爷"), window=(8, 11))
    plan = searched()
    assert set(rows(plan)) == {first, second}
    answer = pair(town.broker(), plan.id, first, late)
    assert [one.rule for one in answer.broken] == ["not_free"]
    taken = rows(plan)[second][1]
    clash = pair(town.broker(), plan.id, first, xu_mei, min(taken, at(9)))
    assert [one.rule for one in clash.broken] in (["overlaps"], [])
    assert "outside_window" in {one.rule for one in pair(town.broker(), plan.id, first, xu_mei, at(11)).broken}
    assert "no_quarter" in {one.rule for one in pair(town.broker(), plan.id, first, xu_mei, at(8, 5)).broken}
    with pytest.raises(Refused, match="plan_conflict"):
        assign_visit(town.broker(), plan.id, first, late)
    assert rows(plan)[first][0] == xu_mei


def test_helpers_of_other_places_are_looked_at_only_by_who_may_read_them(app: object) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    far = helpers.volunteer("远方", hours=(8, 12), east_m=9_000, territory=town.WULAOCUN_COMMUNITY)
    near = helpers.volunteer("邻街", hours=(8, 12), east_m=600, territory=town.WULAOCUN_COMMUNITY)
    visit = helpers.visit(town.person("张大爷"))
    plan = searched()
    with pytest.raises(NotFound, match="no_such_volunteer"):
        pair(town.broker(), plan.id, visit, far)
    assert pair(town.broker(), plan.id, visit, near).possible
    assert [one.rule for one in pair(town.operator(), plan.id, visit, far).broken] == ["too_far"]


def test_what_was_settled_otherwise_since_is_not_accepted(app: object) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    visit = helpers.visit(town.person("张大爷"))
    plan = searched()
    assert board(plan_line(town.broker(), plan.id), Shown()).served == 1
    db.session.get_one(Visit, visit).state = VisitState.CANCELLED
    db.session.commit()
    found = board(plan_line(town.broker(), plan.id), Shown())
    assert [stop.state for stop in found.lanes[0].stops] == ["gone"]
    assert (found.open, found.served) == (0, 0)
    with pytest.raises(Refused, match="nothing_to_accept"):
        accept_plan(town.broker(), plan.id, Accept())


def test_what_a_partner_gives_is_on_the_board_and_never_a_helpers(app: object) -> None:
    near = helpers.volunteer("徐梅", hours=(8, 12))
    planned, never = (helpers.visit(town.person(name), window=(8, 11)) for name in ("张大爷", "李大爷"))
    partner = partners.partner()
    give_visit(town.broker(), never, partner)
    plan = searched()
    assert set(rows(plan)) == {planned}
    assert left(plan) == {}
    give_visit(town.broker(), planned, partner)
    found = board(plan_line(town.broker(), plan.id), Shown())
    assert [stop.state for stop in found.lanes[0].stops] == ["partner"]
    assert [(one.visit_id, one.partner_id) for one in found.given] == [(planned, partner), (never, partner)]
    assert found.open == 0
    with pytest.raises(Refused, match="plan_asked_elsewhere"):
        assign_visit(town.broker(), plan.id, planned, near, at(9))
    with pytest.raises(Refused, match="nothing_to_accept"):
        accept_plan(town.broker(), plan.id, Accept())
    take_visit_back(town.broker(), planned, "nobody there is well", "王主任")
    take_out_visit(town.broker(), plan.id, planned)
    give_visit(town.broker(), planned, partner)
    found = board(plan_line(town.broker(), plan.id), Shown())
    assert (found.left, found.left_in_all, found.unserved, len(found.given)) == ([], 0, 0, 2)
    again = db.session.get_one(Plan, plan_again(town.broker(), plan.id, Replan(may_move=True)))
    work_plans()
    assert (rows(again), left(again)) == ({}, {})


def test_the_board_of_an_older_plan_shows_what_was_promised_since(app: object) -> None:
    one, other = helpers.volunteer("徐梅", hours=(8, 12)), helpers.volunteer("王芳", hours=(8, 12), east_m=900)
    first = helpers.visit(town.person("张大爷"), window=(8, 8))
    second = helpers.visit(town.person("李大爷"), window=(10, 10))
    plan = searched()
    for visit_id, helper in ((first, one), (second, other)):
        if rows(plan)[visit_id][0] != one:
            assign_visit(town.broker(), plan.id, visit_id, one)
        visit = db.session.get_one(Visit, visit_id)
        visit.volunteer_id, visit.state = helper, VisitState.SCHEDULED
        visit.starts_at, visit.ends_at = at(8 if visit_id == first else 10), at(9 if visit_id == first else 11)
    db.session.commit()
    found = board(plan_line(town.broker(), plan.id), Shown())
    lanes = {lane.person_id: lane for lane in (*found.lanes, *found.idle)}
    assert [(stop.visit_id, stop.state) for stop in lanes[one].stops] == [(first, "promised"), (second, "gone")]
    assert [(stop.visit_id, stop.state) for stop in lanes[other].stops] == [(second, "promised")]
    assert (lanes[one].minutes, lanes[other].minutes) == (60, 60)


def test_who_is_away_leaves_their_place_among_the_free_to_others(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_idle, "MOST", 2)
    away, partly, free, fourth = (helpers.volunteer(name, hours=(8, 10)) for name in ("陈一", "李二", "王三", "张四"))
    for helper, end in ((away, 1440), (partly, 700)):
        gone = {"first_day": helpers.TUESDAY, "last_day": helpers.TUESDAY, "from_minute": 0, "to_minute": end}
        db.session.add(AvailabilityException(volunteer_id=helper, **gone))
    db.session.commit()
    plan = searched()
    found = board(plan_line(town.broker(), plan.id), Shown())
    assert ([lane.person_id for lane in found.idle], found.idle_goes_on) == ([free], True)
    monkeypatch.setattr(board_idle, "MOST", 4)
    found = board(plan_line(town.broker(), plan.id), Shown())
    assert ([lane.person_id for lane in found.idle], found.idle_goes_on) == ([free, fourth], False)


def test_on_a_public_holiday_only_those_are_free_who_help_then(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_idle, "MOST", 1)
    pausing, helping = (helpers.volunteer(name, helps_on_holidays=name == "王三") for name in ("陈一", "王三"))
    monkeypatch.setattr(board_idle, "public_holidays", lambda year: frozenset({helpers.TUESDAY}))
    line = plan_line(town.broker(), searched().id)
    assert board_idle.idle(line, Shown(), helpers.TUESDAY, ()) == ([helping], False)
    monkeypatch.setattr(board_idle, "public_holidays", lambda year: frozenset())
    assert board_idle.idle(line, Shown(), helpers.TUESDAY, ()) == ([pausing], True)


def test_of_what_a_helper_does_for_another_place_only_the_hours_are_told(app: object) -> None:
    near = helpers.volunteer("邻街", hours=(8, 12), territory=town.WULAOCUN_COMMUNITY)
    there = helpers.visit(town.person("李大爷", town.WULAOCUN_COMMUNITY), window=(8, 8))
    moved = db.session.get_one(Visit, there)
    moved.territory_code, moved.volunteer_id, moved.state = town.WULAOCUN_COMMUNITY, near, VisitState.SCHEDULED
    moved.starts_at, moved.ends_at = at(8), at(9)
    db.session.commit()
    helpers.visit(town.person("张大爷"), window=(10, 11))
    plan = searched()
    lane = board(plan_line(town.broker(), plan.id), Shown()).lanes[0]
    assert (lane.person_id, lane.lat, lane.lon) == (near, None, None)
    assert [stop.kind for stop in lane.stops] == ["elsewhere", "planned"]
    hidden = lane.stops[0]
    assert (hidden.recipient, hidden.service, hidden.lat, hidden.lon) == ("", "", None, None)
    assert (hidden.starts_at, hidden.ends_at) == (at(8), at(9))


def test_a_visit_is_taken_out_given_to_somebody_else_and_pinned(app: object) -> None:
    helpers.volunteer("徐梅", hours=(8, 10))
    other = helpers.volunteer("王芳", hours=(8, 10), east_m=700)
    visit = helpers.visit(town.person("张大爷"))
    plan = searched()
    take_out_visit(town.broker(), plan.id, visit)
    assert (rows(plan), left(plan)) == ({}, {visit: Unserved.TAKEN_OUT})
    assign_visit(town.broker(), plan.id, visit, other, at(8, 30))
    pin_visit(town.broker(), plan.id, visit, True)
    assert (rows(plan), left(plan)) == ({visit: (other, at(8, 30))}, {})
    again = db.session.get_one(Plan, plan_again(town.broker(), plan.id, Replan()))
    work_plans()
    assert rows(again) == {visit: (other, at(8, 30))}


def test_two_helpers_swap_their_visits(app: object) -> None:
    one, other = helpers.volunteer("徐梅", hours=(8, 10)), helpers.volunteer("王芳", hours=(8, 10), east_m=90)
    first, second = helpers.visit(town.person("张大爷")), helpers.visit(town.person("李大爷"))
    plan = searched()
    before = {visit: who for visit, (who, _) in rows(plan).items()}
    assert set(before.values()) == {one, other}
    swap_visits(town.broker(), plan.id, first, second)
    db.session.expire_all()
    assert {visit: who for visit, (who, _) in rows(plan).items()} == {first: before[second], second: before[first]}


def test_a_change_of_what_somebody_else_has_changed_meanwhile_is_refused(app: object) -> None:
    one, other = helpers.volunteer("徐梅", hours=(8, 10)), helpers.volunteer("王芳", hours=(8, 10), east_m=90)
    first, second = helpers.visit(town.person("张大爷")), helpers.visit(town.person("李大爷"))
    plan = searched()
    seen = {visit: mark(who, starts_at) for visit, (who, starts_at) in rows(plan).items()}
    swap_visits(town.broker(), plan.id, first, second, seen=(seen[first], seen[second]))
    db.session.expire_all()
    swapped = rows(plan)
    assert {who for who, _ in swapped.values()} == {one, other}
    stale: list[Callable[[], int]] = [
        lambda: swap_visits(town.broker(), plan.id, first, second, seen=(seen[first], seen[second])),
        lambda: assign_visit(town.broker(), plan.id, first, one, seen=seen[first]),
        lambda: assign_visit(town.broker(), plan.id, first, one, seen=NOBODY),
        lambda: pin_visit(town.broker(), plan.id, first, True, seen=seen[first]),
        lambda: take_out_visit(town.broker(), plan.id, first, seen=seen[first]),
    ]
    for change in stale:
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code == "plan_changed_meanwhile"
        db.session.rollback()
    assert rows(plan) == swapped
    take_out_visit(town.broker(), plan.id, first, seen=mark(*swapped[first]))
    with pytest.raises(Refused) as gone:
        pin_visit(town.broker(), plan.id, first, True, seen=mark(*swapped[first]))
    assert gone.value.code == "plan_changed_meanwhile"
    db.session.rollback()
    assign_visit(town.broker(), plan.id, first, swapped[first][0], seen=NOBODY)


def test_everybody_who_could_go_beside_the_plan_is_listed_with_reasons(app: object) -> None:
    xu_mei, other = helpers.volunteer("徐梅", hours=(8, 9)), helpers.volunteer("王芳", hours=(8, 9), east_m=90)
    first, second = (
        helpers.visit(town.person("张大爷"), window=(8, 8)),
        helpers.visit(town.person("李大爷"), window=(8, 8)),
    )
    plan = searched()
    assert len(rows(plan)) in (0, 2)
    if not rows(plan):
        return
    mine = rows(plan)[first][0]
    found = choices(town.broker(), plan.id, first)
    assert [one.person_id for one in found.possible] == [mine]
    assert [one.broken[0].rule for one in found.impossible] == ["overlaps"]
    assert {xu_mei, other} == {who for who, _ in rows(plan).values()}
    assert second in rows(plan)


# -- accepting ---------------------------------------------------------------------------------------------------------


def test_accepting_asks_the_helpers_once_each_in_a_transaction_of_its_own(app: object) -> None:
    one, other = helpers.volunteer("徐梅", hours=(8, 10)), helpers.volunteer("王芳", hours=(8, 10), east_m=90)
    helpers.visit(town.person("张大爷"))
    second = helpers.visit(town.person("李大爷"))
    plan = searched()
    gone = rows(plan)[second][0]
    assert accept_plan(town.broker(), plan.id, Accept(), key="twice-clicked") == 2
    assert accept_plan(town.broker(), plan.id, Accept(), key="twice-clicked") == 2
    with pytest.raises(Refused, match="nothing_to_accept"):
        accept_plan(town.broker(), plan.id, Accept())
    from timebank.exchange.models import Volunteer, VolunteerState

    db.session.get_one(Volunteer, gone).state = VolunteerState.SUSPENDED
    db.session.commit()
    assert work_offers() == 2
    assert work_offers() == 0
    offers = db.session.scalars(select(Offer)).all()
    assert [offer.volunteer_id for offer in offers] == [({one, other} - {gone}).pop()]
    refused = db.session.scalars(select(PlannedVisit).where(PlannedVisit.visit_id == second)).one()
    assert refused.refusal is not None
    assert refused.refusal["code"] == "helper_not_active"
    with pytest.raises(Refused, match="plan_visit_accepted"):
        take_out_visit(town.broker(), plan.id, second)


def test_one_street_or_one_helper_can_be_accepted_alone(app: object) -> None:
    one = helpers.volunteer("徐梅", hours=(8, 10))
    helpers.volunteer("王芳", hours=(8, 10), east_m=90)
    for name in ("张大爷", "李大爷"):
        helpers.visit(town.person(name))
    plan = searched()
    with pytest.raises(Refused, match="nothing_to_accept"):
        accept_plan(town.broker(), plan.id, Accept(territory_code=town.WULAOCUN))
    assert accept_plan(town.broker(), plan.id, Accept(volunteer_id=one)) == 1
    assert accept_plan(town.broker(), plan.id, Accept(territory_code=town.YAOHUA)) == 1
    assert work_offers() == 2


def test_only_what_was_shown_is_accepted_and_what_came_after_it_waits(app: object) -> None:
    one = helpers.volunteer("徐梅", hours=(8, 12))
    helpers.visit(town.person("张大爷"), window=(8, 8))
    second = helpers.visit(town.person("李大爷"), window=(10, 10))
    plan = searched()
    take_out_visit(town.broker(), plan.id, second)
    [shown] = board(plan_line(town.broker(), plan.id), Shown()).lanes
    assign_visit(town.broker(), plan.id, second, one, seen=NOBODY)
    wanted = Accept(volunteer_id=one, day=helpers.TUESDAY, seen=shown.acceptable)
    assert accept_plan(town.broker(), plan.id, wanted) == 1
    assert not_seen(plan.id, wanted) == [second]
    with pytest.raises(Refused, match="plan_lane_changed"):
        accept_plan(town.broker(), plan.id, wanted)
    assert accept_plan(town.broker(), plan.id, Accept(volunteer_id=one)) == 1


def test_silence_and_a_no_go_on_to_the_next_helper_until_nobody_is_left(app: object) -> None:
    from timebank.exchange.service.offers import answer_offer, expire_offers

    helpers.volunteer("徐梅", hours=(8, 10))
    helpers.volunteer("王芳", hours=(8, 10), east_m=300)
    visit = helpers.visit(town.person("张大爷"))
    plan = searched()
    accept_plan(town.broker(), plan.id, Accept())
    work_offers()
    first = db.session.scalars(select(Offer)).one()
    assert ask_next() == 0
    answer_offer(town.member(first.volunteer_id), first.id, False)
    assert ask_next() == 1
    second = db.session.scalars(select(Offer).where(Offer.state == OfferState.OFFERED)).one()
    assert second.volunteer_id != first.volunteer_id
    second.expires_at = clock.now()
    db.session.commit()
    expire_offers(town.broker())
    assert ask_next() == 0
    assert left(plan) == {visit: Unserved.ALL_SAID_NO}
    third = helpers.volunteer("赵敏", hours=(8, 10), east_m=200)
    assign_visit(town.broker(), plan.id, visit, third)
    accept_plan(town.broker(), plan.id, Accept())
    assert work_offers() == 1
    asked = select(Offer.volunteer_id).where(Offer.state == OfferState.OFFERED)
    assert db.session.scalars(asked).all() == [third]


def test_two_plans_of_the_same_day_ask_one_helper(app: object) -> None:
    from timebank.exchange.service.offers import answer_offer

    for name, east in (("徐梅", 60), ("王芳", 300), ("赵敏", 400)):
        helpers.volunteer(name, hours=(8, 10), east_m=east)
    visit = helpers.visit(town.person("张大爷"))
    plans = [searched(), searched()]
    for plan in plans:
        accept_plan(town.broker(), plan.id, Accept())
    assert work_offers() == 2
    offers = db.session.scalars(select(Offer)).all()
    assert len(offers) == 1
    refusals = [one.refusal for one in db.session.scalars(select(PlannedVisit).order_by(PlannedVisit.id))]
    assert [refusal and refusal["code"] for refusal in refusals] == [None, "plan_asked_elsewhere"]
    answer_offer(town.member(offers[0].volunteer_id), offers[0].id, False)
    for _ in range(2):
        ask_next()
    assert db.session.get_one(Visit, visit).state is VisitState.OFFERED
    assert len(db.session.scalars(select(Offer).where(Offer.state == OfferState.OFFERED)).all()) == 1


# -- again -------------------------------------------------------------------------------------------------------------


def test_illness_moves_only_what_the_helper_had_promised_unless_more_is_allowed(app: object) -> None:
    ill = helpers.volunteer("徐梅", hours=(8, 12))
    steady = helpers.volunteer("王芳", hours=(8, 12), east_m=200)
    lost = helpers.visit(town.person("张大爷"), helper=ill, state=VisitState.SCHEDULED)
    kept = helpers.visit(town.person("李大爷"), helper=steady, state=VisitState.SCHEDULED, window=(10, 11))
    plan = searched()
    assert (rows(plan), left(plan)) == ({}, {})
    again_id = plan_again(town.broker(), plan.id, Replan(without=(ill,)))
    work_plans()
    again = db.session.get_one(Plan, again_id)
    assert {visit: who for visit, (who, _) in rows(again).items()} == {lost: steady}
    assert again.moved == 1
    accept_plan(town.broker(), again.id, Accept())
    work_offers()
    assert db.session.get_one(Visit, lost).state is VisitState.OFFERED
    assert db.session.scalars(select(Offer.volunteer_id)).all() == [steady]
    assert db.session.get_one(Visit, kept).state is VisitState.SCHEDULED


def test_promised_visits_that_may_move_and_need_not_stay_without_a_new_offer(app: object) -> None:
    xu_mei = helpers.volunteer("徐梅", hours=(8, 12))
    promised = helpers.visit(town.person("张大爷"), helper=xu_mei, state=VisitState.SCHEDULED)
    new = helpers.visit(town.person("李大爷"), window=(9, 11))
    plan = searched()
    again_id = plan_again(town.broker(), plan.id, Replan(may_move=True))
    work_plans()
    again = db.session.get_one(Plan, again_id)
    assert rows(again)[promised] == (xu_mei, at(8))
    assert set(rows(again)) == {promised, new}
    assert again.moved == 0
    assert accept_plan(town.broker(), again.id, Accept()) == 1


# -- whom to look for --------------------------------------------------------------------------------------------------


def test_the_recruiting_list_names_the_help_and_place_that_would_serve_most(app: object) -> None:
    for number in range(3):
        helpers.visit(town.person(f"老人{number}"), service="bathing", window=(9, 9))
    helpers.visit(town.person("张大爷"), service="cooking", window=(9, 9))
    plan = searched()
    first, second = plan.recruiting
    assert (first["service"], first["waiting"], first["served"], first["helpers"]) == ("bathing", 3, 3, 3)
    assert (second["service"], second["served"], second["place"]) == ("cooking", 1, town.YAOXIN)


# -- the worker --------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a name short enough for sockets in it."""
    with TemporaryDirectory(dir="/tmp") as name:
        yield Path(name)


def test_a_page_wakes_or_starts_a_process_which_does_what_waits(
    app: Flask, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The page does not wait for it; a test server starts none."""
    begun: list[list[str]] = []
    monkeypatch.setitem(app.config, "TIMEBANK_INSTANCE", str(folder))

    def start(command: list[str], **_settings: object) -> SimpleNamespace:
        begun.append(command)
        return SimpleNamespace(poll=lambda: 0)

    monkeypatch.setattr(background.subprocess, "Popen", start)
    background.work_soon()
    assert begun == []
    monkeypatch.setitem(app.config, background.SWITCH, True)
    background.work_soon()
    assert begun[0][1:] == ["-m", "timebank.worker", background.address()]
    post = Post(background.address())
    background.work_soon()
    assert (len(begun), post.heard()) == (1, True), "who waits is called, nobody is started"
    post.leave()
    helpers.volunteer("徐梅", hours=(8, 12))
    helpers.visit(town.person("张大爷"))
    plan_id = start_plan(town.broker(), asked())
    monkeypatch.setitem(sys.modules, "wsgi", SimpleNamespace(app=app))
    worker.main()
    assert db.session.get_one(Plan, plan_id).state is PlanState.DONE
    assert background.work() == "0 plans searched, 0 helpers asked"


def test_a_copy_of_the_process_does_what_waits_and_leaves_the_post_to_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    helpers.visit(town.person("张大爷"))
    plan_id = start_plan(town.broker(), asked())
    monkeypatch.setattr("timebank.app.create_app", lambda: app)
    fork, made, children = os.fork, signal.getsignal(signal.SIGCHLD), []
    monkeypatch.setattr(os, "fork", lambda: children.append(fork()) or children[-1])
    post = Post(str(folder / "worker"))
    try:
        worker.copies(post)()
        with pytest.raises(ChildProcessError):  # it has ended, and nobody asks how
            os.waitpid(children[0], 0)
    finally:
        signal.signal(signal.SIGCHLD, made)
        gc.unfreeze()
    db.session.expire_all()
    assert db.session.get_one(Plan, plan_id).state is PlanState.DONE
    assert wake(str(folder / "worker"))
    post.leave()


def test_plans_of_days_long_gone_are_erased(app: object) -> None:
    helpers.volunteer("徐梅", hours=(8, 12))
    helpers.visit(town.person("张大爷"))
    helpers.visit(town.person("陈奶奶"), service="bathing")
    old = searched()
    again = plan_again(town.broker(), old.id, Replan())
    db.session.get_one(Plan, again).last_day = clock.today() + timedelta(days=60)
    db.session.commit()
    assert forget_plans() == 0
    with time_machine.travel(helpers.NOON_BEFORE + timedelta(days=95), tick=False):
        assert forget_plans() == 1
    db.session.expire_all()
    assert db.session.get_one(Plan, again).based_on_id is None
    assert db.session.scalars(select(UnservedVisit)).all() == []


def test_a_refusal_keeps_its_days_and_moments() -> None:
    given = Refused("overlap", begins=at(8), day=helpers.TUESDAY, service="cleaning", cap_minutes=30)
    kept = {
        "code": given.code,
        "status": given.status,
        "facts": {name: packed(one) for name, one in given.facts.items()},
    }
    assert unpacked(json.loads(json.dumps(kept))).facts == given.facts
