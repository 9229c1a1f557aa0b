"""From a request to credited minutes: what happens, what is refused, what cannot happen twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import new_client
from tests.factories import exchange_visits as make
from tests.factories import town as places
from tests.factories.exchange_visits import Cast, at
from timebank.access import service as access
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, Refused
from timebank.core.parameters import Parameter
from timebank.exchange.models import Offer, OfferState, Visit, VisitState
from timebank.exchange.models.requests import RequestState, ServiceRequest
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import grants, schemes
from timebank.exchange.queries.holds import short_holds
from timebank.exchange.service import holds, offers, payment, requests, visits
from timebank.ledger import service as ledger
from timebank.ledger.models import Entry, Transfer
from timebank.ledger.queries.statements import open_holds
from timebank.notices.models import Notice
from timebank.people import service as registry

SIGNATURE = "M10 10L20 30L40 20L60 45L80 12"


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


def visit(visit_id: int) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, visit_id)


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=rf"^\('{code}'")


def worked(people: Cast, begin: int = 543, end: int = 640, **facts: Any) -> int:
    """A visit from 9:03 to 10:40, waiting for a word."""
    visit_id = make.scheduled(people, **facts)
    with time_machine.travel(at(begin), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(end), tick=False):
        visits.check_out(people.helper, visit_id)
    return visit_id


def state_of(visit_id: int) -> RequestState:
    return db.session.get_one(ServiceRequest, visit(visit_id).request_id).state


# -- requests ----------------------------------------------------------------------------------------------------------


def test_approval_puts_the_price_of_each_visit_on_hold(people: Cast) -> None:
    request_id = make.published(people, weekdays="1")
    made = make.visits_of(request_id)
    assert len(made) == 4  # the four weeks of tb.roll_forward_weeks
    balance = make.balance(people.zhang)
    assert (balance.posted, balance.held, balance.available) == (600, 480, 120)


def test_too_few_hours_are_said_with_numbers_and_nothing_is_kept(people: Cast) -> None:
    request_id = requests.submit_request(people.broker, make.cleaning(people.zhang, weekdays="135"))
    with pytest.raises(Refused) as refusal:
        requests.approve_request(people.broker, request_id)
    assert refusal.value.code == "not_enough_hours"
    assert refusal.value.facts == {"available_minutes": 600, "needed_minutes": 1440, "visits": 12}
    assert make.visits_of(request_id) == []
    assert make.balance(people.zhang).held == 0


def test_a_grant_may_pay_instead(people: Cast) -> None:
    make.give_hours(people.zhang, 240, "grant")
    request_id = requests.submit_request(people.broker, make.cleaning(people.zhang))
    requests.approve_request(people.broker, request_id, "grant")
    assert make.balance(people.zhang, "grant").held == 120
    assert make.balance(people.zhang).held == 0


def test_the_daughter_may_ask_for_her_father_but_not_choose_the_pot(people: Cast) -> None:
    daughter = places.person("张丽", birth_date=date(1972, 1, 1), sex="F", is_recipient=False)
    actor = Actor(person_id=daughter, account_id=None, name="daughter", wards=frozenset({people.zhang}))
    with refused("funding_not_yours"):
        requests.submit_request(actor, make.cleaning(people.zhang, funding="pot"))
    request_id = requests.submit_request(actor, make.cleaning(people.zhang))
    assert db.session.get_one(ServiceRequest, request_id).entered_by_person_id == daughter


def test_a_stranger_may_not_ask_for_him(people: Cast) -> None:
    with pytest.raises(NotAllowed):
        requests.submit_request(people.helper, make.cleaning(people.zhang))


def test_nobody_approves_their_own_request(people: Cast) -> None:
    own = Actor(people.broker.account_id, people.zhang, "broker", people.broker.grants)
    request_id = requests.submit_request(own, make.cleaning(people.zhang))
    with refused("not_your_own_request"):
        requests.approve_request(own, request_id)


def test_a_double_click_makes_one_request(people: Cast) -> None:
    first = requests.submit_request(people.broker, make.cleaning(people.zhang), key="k1")
    assert requests.submit_request(people.broker, make.cleaning(people.zhang), key="k1") == first
    assert db.session.scalar(select(func.count()).select_from(ServiceRequest)) == 1


def test_cancelling_a_series_frees_its_holds(people: Cast) -> None:
    request_id = make.published(people, weekdays="1")
    requests.cancel_request(people.elder, request_id, "my daughter comes")
    assert make.balance(people.zhang).held == 0
    assert {visit(each).state for each in make.visits_of(request_id)} == {VisitState.CANCELLED}


def test_nobody_goes_to_somebody_who_has_died(people: Cast) -> None:
    promised, waiting = make.scheduled(people), make.published(people, weekdays="1")
    assert make.balance(people.zhang).held > 0
    registry.record_death(make.SYSTEM, people.zhang, clock.today())
    states = {visit(each).state for each in (promised, *make.visits_of(waiting))}
    assert (states, make.balance(people.zhang).held) == ({VisitState.CANCELLED}, 0)
    told = db.session.scalars(select(Notice.person_id).where(Notice.kind == "visit_cancelled")).all()
    assert told == [people.xu], "only the helper, who would have come"
    with pytest.raises(Refused):
        requests.cancel_request(make.SYSTEM, waiting, "once is enough")


def test_cancelling_one_visit_keeps_the_others(people: Cast) -> None:
    request_id = make.published(people, weekdays="1")
    first, *others = make.visits_of(request_id)
    requests.cancel_visit(people.elder, first, "at the doctor's")
    assert make.balance(people.zhang).held == 360
    assert all(visit(each).state is VisitState.OPEN for each in others)


def test_a_visit_nobody_took_runs_out_and_frees_its_hold(people: Cast) -> None:
    request_id = make.published(people)
    with time_machine.travel(at(601), tick=False):
        assert requests.expire_visits(make.SYSTEM) == 1
    db.session.expire_all()
    assert db.session.get_one(ServiceRequest, request_id).state is RequestState.EXPIRED
    assert make.balance(people.zhang).held == 0


def test_rolling_forward_makes_what_the_hours_allow_and_tells_once(people: Cast) -> None:
    request_id = make.published(people, weekdays="1")  # 480 of 600 on hold
    with time_machine.travel(at(0, make.TUESDAY + timedelta(days=14)), tick=False):
        assert requests.roll_request(make.SYSTEM, request_id) == 1
        assert requests.roll_request(make.SYSTEM, request_id) == 0
    told = db.session.scalars(select(Notice).where(Notice.kind == "hours_short")).all()
    assert len(told) == 1
    assert make.balance(people.zhang).available == 0


# -- offers ------------------------------------------------------------------------------------------------------------


def test_accepting_plans_the_visit_and_withdraws_other_offers(people: Cast) -> None:
    other = make.helper("李芳", people.scheme)
    visit_id = make.visits_of(make.published(people))[0]
    first = offers.offer_visit(people.broker, visit_id, people.xu, at(540))
    second = offers.offer_visit(people.broker, visit_id, other, at(570))
    offers.answer_offer(people.helper, first, True)
    assert (visit(visit_id).state, visit(visit_id).volunteer_id) == (VisitState.SCHEDULED, people.xu)
    assert db.session.get_one(Offer, second).state is OfferState.WITHDRAWN
    with refused("offer_over"):
        offers.answer_offer(places.member(other), second, True)


def test_nobody_is_asked_for_more_than_they_give_a_week(people: Cast) -> None:
    db.session.get_one(Volunteer, people.xu).max_minutes_per_week = 180
    db.session.commit()
    make.scheduled(people)
    again = make.visits_of(make.published(people, first_day=make.TUESDAY + timedelta(days=1)))[0]
    with refused("week_full") as found:
        offers.offer_visit(people.broker, again, people.xu, clock.at(make.TUESDAY + timedelta(days=1), 540))
    assert found.value.facts == {"cap_minutes": 180, "has_minutes": 120}
    following = make.visits_of(make.published(people, first_day=make.TUESDAY + timedelta(days=7)))[0]
    assert offers.offer_visit(people.broker, following, people.xu, clock.at(make.TUESDAY + timedelta(days=7), 540))


def test_declining_opens_the_visit_again(people: Cast) -> None:
    visit_id = make.visits_of(make.published(people))[0]
    offer_id = offers.offer_visit(people.broker, visit_id, people.xu, at(540))
    offers.answer_offer(people.helper, offer_id, False, "my daughter is ill")
    assert visit(visit_id).state is VisitState.OPEN


def test_an_offer_runs_out(people: Cast) -> None:
    visit_id = make.visits_of(make.published(people))[0]
    offer_id = offers.offer_visit(people.broker, visit_id, people.xu, at(540))
    with time_machine.travel(make.SUNDAY_NOON + timedelta(hours=25), tick=False):
        with refused("offer_over"):
            offers.answer_offer(people.helper, offer_id, True)
        assert offers.expire_offers(make.SYSTEM) == 1
    assert visit(visit_id).state is VisitState.OPEN


def test_a_series_gives_the_helper_every_week_and_the_weeks_to_come(people: Cast) -> None:
    make.give_hours(people.zhang, 1000)
    request_id = make.published(people, weekdays="1")
    made = make.visits_of(request_id)
    offer_id = offers.offer_visit(people.broker, made[0], people.xu, at(570), True)
    offers.answer_offer(people.helper, offer_id, True)
    assert {visit(each).state for each in made} == {VisitState.SCHEDULED}
    with time_machine.travel(at(0, make.TUESDAY + timedelta(days=14)), tick=False):
        requests.roll_request(make.SYSTEM, request_id)
    assert [visit(each).volunteer_id for each in make.visits_of(request_id)] == [people.xu] * 6


def test_the_same_household_is_refused(people: Cast) -> None:
    make.live_together(people.zhang, people.xu)
    visit_id = make.visits_of(make.published(people))[0]
    with refused("same_household"):
        offers.offer_visit(people.broker, visit_id, people.xu, at(540))


def test_a_time_outside_the_window_is_refused(people: Cast) -> None:
    visit_id = make.visits_of(make.published(people))[0]
    with refused("outside_window"):
        offers.offer_visit(people.broker, visit_id, people.xu, at(660))


def test_an_overlapping_visit_is_refused_and_named(people: Cast) -> None:
    make.scheduled(people)
    other = make.visits_of(make.published(people))[0]
    with pytest.raises(Refused) as refusal:
        offers.offer_visit(people.broker, other, people.xu, at(600))
    assert refusal.value.code == "overlap"
    assert (refusal.value.facts["begins"], refusal.value.facts["until"]) == (at(540), "11:00")


def test_a_broker_of_another_street_may_not_offer(people: Cast) -> None:
    visit_id = make.visits_of(make.published(people))[0]
    with pytest.raises(NotAllowed):
        offers.offer_visit(places.broker(places.WULAOCUN), visit_id, people.xu, at(540))


@pytest.mark.concurrency
def test_two_acceptances_at_once_never_overlap(people: Cast, at_once: Callable[..., list[Any]]) -> None:
    make.give_hours(people.zhang, 2000)
    made = [make.visits_of(make.published(people))[0] for _ in range(4)]
    asked = [
        offers.offer_visit(people.broker, each, people.xu, at(540 + 15 * place)) for place, each in enumerate(made)
    ]
    answers = at_once(
        *[lambda offer_id=offer_id: offers.answer_offer(people.helper, offer_id, True) for offer_id in asked]
    )
    good = [answer for answer in answers if isinstance(answer, int)]
    assert len(good) == 1
    assert all(
        isinstance(answer, Refused) and answer.code in {"overlap", "overlap_now"}
        for answer in answers
        if answer not in good
    )
    planned = db.session.scalar(select(func.count()).where(Visit.state == VisitState.SCHEDULED))
    assert planned == 1


def test_the_database_itself_refuses_an_overlap(people: Cast) -> None:
    from sqlalchemy.exc import IntegrityError

    make.scheduled(people)
    other = visit(make.visits_of(make.published(people))[0])
    other.volunteer_id, other.state = people.xu, VisitState.SCHEDULED
    other.starts_at, other.ends_at = at(600), at(720)
    with pytest.raises(IntegrityError, match="visit_plan_overlap"):
        db.session.flush()
    db.session.rollback()


def test_a_replaced_helper_leaves_the_hold_and_an_open_visit(people: Cast) -> None:
    visit_id = make.scheduled(people)
    offers.free_helper(people.helper, visit_id, "ill")
    assert (visit(visit_id).state, visit(visit_id).volunteer_id) == (VisitState.OPEN, None)
    assert make.balance(people.zhang).held == 120


def test_a_moved_visit_keeps_its_helper(people: Cast) -> None:
    visit_id = make.scheduled(people)
    offers.move_visit(people.broker, visit_id, at(840), "the lift is repaired in the morning")
    assert (visit(visit_id).starts_at, visit(visit_id).ends_at) == (at(840), at(960))
    assert visit(visit_id).volunteer_id == people.xu


def test_the_hours_of_a_visit_moved_far_stay_on_hold_and_pay_for_it(people: Cast) -> None:
    visit_id = make.scheduled(people)
    first = visit(visit_id).hold_until
    assert first is not None
    days_kept = first - visit(visit_id).latest_start
    far = at(540, make.TUESDAY + timedelta(days=40))
    for _ in range(2):
        offers.move_visit(people.broker, visit_id, far, "he is away until then", key="move")
    kept = visit(visit_id)
    assert (kept.hold_until, kept.held_minutes) == (far + days_kept, 120)
    assert make.balance(people.zhang).held == 120
    account = ledger.ensure_account(make.TENANT, "member", people.zhang)
    [promised] = open_holds(make.TENANT, [account])
    assert (promised.transfer_id, promised.expires_at, promised.amount) == (kept.hold_id, far + days_kept, 120)
    assert "(moved to 3 January)" in promised.memo
    freed = db.session.scalars(select(Transfer.memo).where(Transfer.kind == "release")).all()
    assert freed == ["改期，预留至新日期 / Moved; kept on hold for the new day"]
    with time_machine.travel(first + timedelta(days=1), tick=False):
        ledger.sweep_holds()
        assert make.balance(people.zhang).available == 480
    with time_machine.travel(far, tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(far + timedelta(minutes=97), tick=False):
        visits.check_out(people.helper, visit_id)
        visits.confirm(people.elder, visit_id, "portal")
    assert make.balance(people.xu).posted == 97
    assert (make.balance(people.zhang).posted, make.balance(people.zhang).held) == (503, 0)


def test_a_visit_moved_again_and_cancelled_frees_each_hold_once_and_a_near_move_none(people: Cast) -> None:
    visit_id = make.scheduled(people)
    before = visit(visit_id).hold_id
    offers.move_visit(people.broker, visit_id, at(500))
    assert visit(visit_id).hold_id == before
    for days in (10, 20):
        offers.move_visit(people.broker, visit_id, at(540, make.TUESDAY + timedelta(days=days)))
        assert make.balance(people.zhang).held == 120
    requests.cancel_visit(people.elder, visit_id, "at the daughter's")
    assert make.balance(people.zhang).held == 0
    count = select(func.count()).select_from(Transfer)
    assert [db.session.scalar(count.where(Transfer.kind == kind)) for kind in ("hold", "release")] == [3, 3]


def test_a_visit_whose_hold_ran_out_is_moved_only_where_its_hours_are_still_there(people: Cast) -> None:
    visit_id = make.scheduled(people)
    ran_out = visit(visit_id).hold_until
    assert ran_out is not None
    with time_machine.travel(ran_out + timedelta(days=1), tick=False):
        ledger.sweep_holds()
        later = clock.now() + timedelta(days=3)
        account = ledger.ensure_account(make.TENANT, "member", people.zhang)
        pot = ledger.ensure_account(make.TENANT, "pot", people.scheme)
        spent = ledger.post(make.TENANT, account, pot, 500, key="spent", purpose="donation", actor=make.SYSTEM)
        with refused("hold_ran_out"):
            offers.move_visit(people.broker, visit_id, later)
        assert visit(visit_id).starts_at == at(540)
        ledger.reverse(make.TENANT, spent.id, key="back", reason="wrong", actor=make.SYSTEM)
        offers.move_visit(people.broker, visit_id, later)
        assert make.balance(people.zhang).held == 120


def test_the_command_keeps_the_hours_of_visits_moved_before_holds_followed(app: Flask, people: Cast) -> None:
    command = app.test_cli_runner().invoke
    days = [make.TUESDAY + timedelta(days=n) for n in range(3)]
    moved, spent, still = (make.visits_of(make.published(people, first_day=day))[0] for day in days)
    until, far = visit(moved).hold_until, timedelta(days=40)
    assert until is not None
    for one in (moved, spent):  # as a move left it then
        row = visit(one)
        row.earliest_start = row.latest_start = row.starts_at = row.latest_start + far
        db.session.commit()
    spent_hold, pot = visit(spent).hold_id, ledger.ensure_account(make.TENANT, "pot", people.scheme)
    account = ledger.ensure_account(make.TENANT, "member", people.zhang)
    assert spent_hold is not None
    ledger.release(make.TENANT, spent_hold, key="ran out", reason="its time was over", actor=make.SYSTEM)
    gone = ledger.post(make.TENANT, account, pot, 260, key="spent", purpose="donation", actor=make.SYSTEM)
    db.session.commit()
    told = command(args=["visits", "holds"])
    assert (told.exit_code, told.stdout.count("not mended"), f"visit {still} " in told.stdout) == (1, 2, False)
    assert visit(moved).hold_until == until
    done = command(args=["visits", "holds", "--mend"])
    assert (done.exit_code, done.stdout.count("\tmended"), done.stdout.count("spent since")) == (1, 1, 1)
    assert visit(moved).hold_until == until + far
    assert make.balance(people.zhang).held == 240
    ledger.reverse(make.TENANT, gone.id, key="back", reason="wrong", actor=make.SYSTEM)
    db.session.commit()
    assert command(args=["visits", "holds", "--mend"]).exit_code == 0
    assert make.balance(people.zhang).held == 360
    assert command(args=["visits", "holds"]).stdout == ""


def test_mending_keeps_no_hours_for_a_visit_that_was_cancelled_since_it_was_listed(people: Cast) -> None:
    visit_id = make.visits_of(make.published(people))[0]
    row, far = visit(visit_id), timedelta(days=40)
    ran_out = row.hold_until
    assert ran_out is not None
    row.earliest_start = row.latest_start = row.starts_at = row.latest_start + far  # as a move left it then
    db.session.commit()
    with time_machine.travel(ran_out + timedelta(days=1), tick=False):
        ledger.sweep_holds()
        assert [one.visit_id for one in short_holds()] == [visit_id]
        requests.cancel_visit(people.elder, visit_id, "at the daughter's")
        holds.mend(make.SYSTEM, visit_id)
        assert make.balance(people.zhang).held == 0


def test_the_command_says_of_a_frozen_account_that_it_is_frozen(app: Flask, people: Cast) -> None:
    visit_id = make.visits_of(make.published(people))[0]
    row = visit(visit_id)
    row.earliest_start = row.latest_start = row.starts_at = row.latest_start + timedelta(days=40)
    db.session.commit()
    account = ledger.ensure_account(make.TENANT, "member", people.zhang)
    ledger.change_limits(make.SYSTEM, ledger.LimitChange(make.TENANT, account, 0, None, "frozen", "died"))
    done = app.test_cli_runner().invoke(args=["visits", "holds", "--mend"])
    assert (done.exit_code, "is frozen" in done.stdout, "spent" in done.stdout) == (1, True, False)


# -- checking in and out -----------------------------------------------------------------------------------------------


def test_minutes_run_from_check_in_to_check_out(people: Cast) -> None:
    visit_id = worked(people)
    assert (visit(visit_id).minutes_actual, visit(visit_id).state) == (97, VisitState.AWAITING_CONFIRMATION)


def test_the_code_on_the_paper_card_checks_in(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(540), tick=False):
        with refused("wrong_visit_code"):
            visits.check_in(people.helper, visit_id, "code", "000 000x")
        visits.check_in(people.helper, visit_id, "code", visit(visit_id).code)
    assert visit(visit_id).check_in_how == "code"


def test_the_coordinator_checks_in_on_the_phone_for_an_earlier_moment(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(700), tick=False):
        visits.check_in(people.broker, visit_id, "phone", at=at(545))
        visits.check_out(people.broker, visit_id, 10, at(660))
    assert visit(visit_id).minutes_actual == 105


def test_a_helper_may_not_choose_the_moment(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(700), tick=False), pytest.raises(NotAllowed):
        visits.check_in(people.helper, visit_id, "button", at=at(545))


def test_too_early_and_an_end_before_the_start_are_refused(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(400), tick=False), refused("too_early"):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(600), tick=False):
        visits.check_in(people.broker, visit_id, "phone", at=at(560))
        with refused("ends_before_start"):
            visits.check_out(people.broker, visit_id, at=at(550))


def test_an_end_in_the_first_minute_asks_to_wait(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(543), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(543) + timedelta(seconds=20), tick=False), refused("not_a_minute"):
        visits.check_out(people.helper, visit_id)


def test_hours_told_on_the_phone_that_overlap_worked_ones_name_the_other_visit(people: Cast) -> None:
    worked(people, 560, 600)
    second = make.scheduled(people, 660, earliest_minute=660, latest_minute=720)
    with time_machine.travel(at(660), tick=False):
        visits.check_in(people.broker, second, "phone", at=at(601))
        db.session.get_one(Visit, second).check_in_at = at(590)
        db.session.commit()
        with refused("overlap"):
            visits.check_out(people.broker, second, at=at(650))


def test_a_second_click_does_not_check_in_twice(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(540), tick=False):
        visits.check_in(people.helper, visit_id, "button", key="a")
        visits.check_in(people.helper, visit_id, "button", key="a")
        with refused("visit_not_so_far"):
            visits.check_in(people.helper, visit_id, "button", key="b")


# -- confirming and crediting ------------------------------------------------------------------------------------------


def test_a_confirmation_credits_once_and_frees_the_rest(people: Cast) -> None:
    visit_id = worked(people)
    visits.confirm(people.elder, visit_id, "portal", 5, "very careful", key="c")
    visits.confirm(people.elder, visit_id, "portal", 5, "very careful", key="c")
    with refused("visit_not_so_far"):
        visits.confirm(people.elder, visit_id, "portal")
    assert make.balance(people.xu).posted == 97
    elder = make.balance(people.zhang)
    assert (elder.posted, elder.held) == (503, 0)
    assert visit(visit_id).credit_explained["steps"][0]["after"] == 97


def test_each_side_reads_one_line(people: Cast) -> None:
    visit_id = worked(people)
    visits.confirm(people.elder, visit_id, "portal")
    transfer = visit(visit_id).transfer_id
    amounts = db.session.scalars(select(Entry.amount).where(Entry.transfer_id == transfer).order_by(Entry.amount)).all()
    assert amounts == [-97, 97]


@pytest.mark.concurrency
def test_confirming_at_once_from_two_sides_credits_once(people: Cast, at_once: Callable[..., list[Any]]) -> None:
    visit_id = worked(people)
    answers = at_once(
        lambda: visits.confirm(people.elder, visit_id, "portal"),
        lambda: visits.confirm(people.broker, visit_id, "call"),
        lambda: visits.confirm(make.SYSTEM, visit_id, "auto"),
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert make.balance(people.xu).posted == 97


def test_the_storage_cap_sends_the_rest_to_the_pot(people: Cast) -> None:
    make.give_hours(people.xu, 89_970)
    visit_id = worked(people)
    visits.confirm(people.elder, visit_id, "portal")
    assert make.balance(people.xu).posted == 90_000
    assert make.balance(people.scheme, "pot").posted == 67
    assert make.balance(people.scheme, "clearing").posted == 0
    assert make.balance(people.zhang).posted == 503
    explained = visit(visit_id).credit_explained
    assert (explained["kept"], explained["overflow"]) == (30, 67)


def test_a_longer_visit_is_bounded_by_the_hold_unless_the_coordinator_allows_more(people: Cast) -> None:
    first = worked(people, 540, 690)
    visits.confirm(people.elder, first, "portal")
    assert make.balance(people.xu).posted == 120
    second = worked(people, 700, 850, minute=700, earliest_minute=660, latest_minute=720)
    visits.allow_extra(people.broker, second)
    visits.confirm(people.elder, second, "portal")
    assert make.balance(people.xu).posted == 120 + 150
    assert (make.balance(people.zhang).posted, make.balance(people.zhang).held) == (600 - 270, 0)


def test_a_visit_below_the_shortest_credits_nothing_and_frees_the_hold(people: Cast) -> None:
    visit_id = worked(people, 540, 550)
    visits.confirm(people.elder, visit_id, "portal")
    assert (make.balance(people.xu).posted, make.balance(people.zhang).held) == (0, 0)
    assert visit(visit_id).minutes_credited == 0
    told = set(db.session.scalars(select(Notice.kind).where(Notice.person_id == people.xu)))
    assert "nothing_credited" in told
    assert "hours_credited" not in told


def test_the_recipients_pin_confirms_on_the_helpers_phone(people: Cast) -> None:
    access.set_pin(people.broker, people.zhang, "295164")
    visit_id = worked(people)
    visits.confirm(people.helper, visit_id, "pin", pin="295164")
    assert visit(visit_id).confirmed_how == "pin"


def test_five_wrong_pins_lock_it_and_credit_nothing(people: Cast) -> None:
    access.set_pin(people.broker, people.zhang, "295164")
    visit_id = worked(people)
    for _ in range(4):
        with refused("wrong_pin"):
            visits.confirm(people.helper, visit_id, "pin", pin="000000")
    with refused("pin_locked"):
        visits.confirm(people.helper, visit_id, "pin", pin="000000")
    with refused("pin_locked"):
        visits.confirm(people.helper, visit_id, "pin", pin="295164")
    assert make.balance(people.xu).posted == 0


def test_a_signature_confirms_and_a_dot_does_not(people: Cast) -> None:
    visit_id = worked(people)
    with refused("signature_missing"):
        visits.confirm(people.helper, visit_id, "signature", signature="M1 1")
    with refused("signature_missing"):
        visits.confirm(people.helper, visit_id, "signature", signature="<script>alert(1)</script>" * 3)
    visits.confirm(people.helper, visit_id, "signature", signature=SIGNATURE)
    assert visit(visit_id).signature == SIGNATURE


def test_the_helper_does_not_confirm_her_own_visit(people: Cast) -> None:
    visit_id = worked(people)
    for how in ("portal", "call"):
        with refused("confirm_own"):
            visits.confirm(people.helper, visit_id, how)


def test_silence_for_three_days_confirms(people: Cast) -> None:
    visit_id = worked(people)
    with time_machine.travel(at(641, make.TUESDAY + timedelta(days=2)), tick=False):
        assert visits.to_confirm() == []
    with time_machine.travel(at(641, make.TUESDAY + timedelta(days=3)), tick=False):
        assert visits.to_confirm() == [visit_id]
        visits.confirm(make.SYSTEM, visit_id, "auto")
    assert make.balance(people.xu).posted == 97


def test_no_shows_are_counted_and_free_the_hold(app: Flask, people: Cast, sign_in: Any) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(600), tick=False), refused("no_show_too_soon"):
        visits.mark_no_show(people.elder, visit_id, "volunteer")
    with time_machine.travel(at(661), tick=False):
        visits.mark_no_show(people.elder, visit_id, "volunteer")
        desk = sign_in(new_client(app), people.broker.account_id)
        page = desk.get(f"/volunteers/{people.xu}").text
        assert "Did not come to 1 visit in the last year." in page
        assert "asks for a talk" not in page
        scope, since = f"scheme:{people.scheme}", date(2026, 1, 1)
        db.session.add(Parameter(key="tb.no_show_limit_per_year", scope=scope, valid_from=since, value=1))
        db.session.commit()
        assert "From 1 on the rule asks for a talk." in desk.get(f"/volunteers/{people.xu}").text
    assert make.balance(people.zhang).held == 0


# -- disputes ----------------------------------------------------------------------------------------------------------


def test_a_dispute_before_the_credit_is_settled_with_other_minutes(people: Cast) -> None:
    visit_id = worked(people)
    visits.dispute(people.elder, visit_id, "she left at ten")
    visits.settle_dispute(people.broker, visit_id, 57, "both agree on ten")
    assert (make.balance(people.xu).posted, make.balance(people.zhang).held) == (57, 0)


def test_a_dispute_after_the_credit_reverses_and_posts_anew(people: Cast) -> None:
    visit_id = worked(people)
    visits.confirm(people.elder, visit_id, "portal")
    visits.dispute(people.elder, visit_id, "I confirmed too fast")
    assert make.balance(people.xu).posted == 97  # nothing moves before it is settled
    visits.settle_dispute(people.broker, visit_id, 60, "both agree")
    assert (make.balance(people.xu).posted, make.balance(people.zhang).posted) == (60, 540)


def test_a_dispute_may_void_the_visit(people: Cast) -> None:
    make.give_hours(people.xu, 89_970)
    visit_id = worked(people)
    visits.confirm(people.elder, visit_id, "portal")
    visits.dispute(people.elder, visit_id, "nobody came")
    visits.settle_dispute(people.broker, visit_id, 0, "camera shows nobody came")
    assert visit(visit_id).state is VisitState.VOIDED
    assert (make.balance(people.xu).posted, make.balance(people.scheme, "pot").posted) == (89_970, 0)
    assert make.balance(people.zhang).posted == 600


def test_after_seven_days_a_credit_stands(people: Cast) -> None:
    visit_id = worked(people)
    with time_machine.travel(at(700), tick=False):
        visits.confirm(people.elder, visit_id, "portal")
    with time_machine.travel(at(701, make.TUESDAY + timedelta(days=7)), tick=False), refused("dispute_too_late"):
        visits.dispute(people.elder, visit_id, "hm")


def test_the_helper_does_not_settle_her_own_dispute(people: Cast) -> None:
    visit_id = worked(people)
    visits.dispute(people.elder, visit_id, "she left at ten")
    both = Actor(people.broker.account_id, people.xu, "broker", people.broker.grants)
    with refused("confirm_own"):
        visits.settle_dispute(both, visit_id, 97, "I was there")


# -- what follows ------------------------------------------------------------------------------------------------------


def test_the_last_confirmation_closes_the_request(people: Cast) -> None:
    visit_id = worked(people)
    assert state_of(visit_id) is RequestState.PUBLISHED
    visits.confirm(people.elder, visit_id, "portal")
    assert state_of(visit_id) is RequestState.CLOSED


def test_a_no_show_or_a_void_visit_closes_it_too(people: Cast) -> None:
    absent = make.scheduled(people)
    with time_machine.travel(at(580), tick=False):
        visits.mark_no_show(people.broker, absent, "recipient")
    assert state_of(absent) is RequestState.CLOSED
    disputed = worked(people)
    visits.dispute(people.elder, disputed, "nobody came")
    visits.settle_dispute(people.broker, disputed, 0, "the camera shows nobody")
    assert state_of(disputed) is RequestState.CLOSED


def test_a_series_stays_open_until_its_last_day_is_over(people: Cast) -> None:
    visit_id = worked(people, weekdays="1", last_day=make.TUESDAY + timedelta(days=7))
    visits.confirm(people.elder, visit_id, "portal")
    assert state_of(visit_id) is RequestState.PUBLISHED
    following = make.visits_of(visit(visit_id).request_id or 0)[1]
    requests.cancel_visit(people.broker, following, "on holiday")
    assert state_of(visit_id) is RequestState.CLOSED
    endless = worked(people, 700, 760, weekdays="1", earliest_minute=690, latest_minute=720, minute=700)
    visits.confirm(people.elder, endless, "portal")
    assert state_of(endless) is RequestState.PUBLISHED


def test_a_credit_reversed_in_the_books_no_longer_counts_for_caps_and_stars(people: Cast) -> None:
    visit_id = worked(people)
    visits.confirm(people.elder, visit_id, "portal")
    scheme = schemes.scheme(people.scheme)
    assert grants.stars_of(people.xu, scheme, make.TUESDAY).minutes == 97
    before = visit(visit_id)
    assert before.transfer_id is not None
    ledger.reverse_by_hand(Actor.system("auditor"), make.TENANT, str(before.transfer_id), "It was not her")
    after = visit(visit_id)
    assert (after.state, after.minutes_credited, after.transfer_id) == (VisitState.VOIDED, 0, None)
    assert grants.stars_of(people.xu, scheme, make.TUESDAY).minutes == 0
    assert (make.balance(people.xu).posted, make.balance(people.zhang).posted) == (0, 600)
    later = worked(people, 700, 730, earliest_minute=690, latest_minute=720, minute=700)
    assert payment._credited_before(visit(later)) == (0, 0)


def test_reversing_the_overflow_alone_leaves_the_kept_hours(people: Cast) -> None:
    make.give_hours(people.xu, 89_970)
    visit_id = worked(people)
    visits.confirm(people.elder, visit_id, "portal")
    overflow = visit(visit_id).postings["overflow"]
    ledger.reverse_by_hand(Actor.system("auditor"), make.TENANT, overflow, "The cap was wrong")
    assert (visit(visit_id).state, visit(visit_id).minutes_credited) == (VisitState.CREDITED, 30)
