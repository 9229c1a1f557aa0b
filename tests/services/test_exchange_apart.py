"""Two people who are not sent to each other again: who may say so, what it does, and that the other side learns nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.factories import exchange_visits as make
from tests.factories import town as places
from tests.factories.exchange_visits import Cast, at
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models import AvailabilitySlot, BlockedPair, Offer, OfferState, ServiceRequest, Visit, VisitState
from timebank.exchange.queries import apart as queries
from timebank.exchange.rules.apart import AskedBy, KeepApart
from timebank.exchange.service import apart, offers, visits
from timebank.matching.queries import outside, suggestions
from timebank.notices.models import Notice
from timebank.people.service import merge_people, undo_merge


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast(2000)


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=rf"^\('{code}'")


def visit(visit_id: int) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, visit_id)


def met(people: Cast) -> int:
    """A visit that took place on Tuesday."""
    visit_id = make.scheduled(people)
    with time_machine.travel(at(541), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(640), tick=False):
        visits.check_out(people.helper, visit_id)
    return visit_id


def keep_apart(people: Cast, actor: Actor | None = None) -> int:
    return apart.keep_apart(actor or people.broker, KeepApart(people.xu, people.zhang, "a quarrel about the key"))


def told(person_id: int) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person_id).order_by(Notice.id)))


def test_a_kept_apart_helper_is_out_with_the_reason_and_cannot_be_asked(people: Cast, in_english: None) -> None:
    db.session.add(AvailabilitySlot(volunteer_id=people.xu, weekday=1, from_minute=480, to_minute=780))
    db.session.commit()
    visit_id = make.visits_of(make.published(people))[0]
    assert [one.person_id for one in suggestions(people.broker, visit_id).ranked] == [people.xu]
    keep_apart(people)
    answer = suggestions(people.broker, visit_id)
    assert not answer.ranked
    [line] = outside(people.broker, visit_id).page.items
    assert [broken.rule for broken in line.broken] == ["blocked"]
    with refused("kept_apart"):
        offers.offer_visit(people.broker, visit_id, people.xu, at(540))


def test_what_is_planned_and_asked_is_set_free_with_the_usual_words(people: Cast) -> None:
    planned = make.scheduled(people)
    asked = make.visits_of(make.published(people, first_day=make.TUESDAY + timedelta(days=7)))[0]
    offer_id = offers.offer_visit(people.broker, asked, people.xu, at(540, make.TUESDAY + timedelta(days=7)))
    keep_apart(people)
    assert (visit(planned).state, visit(planned).volunteer_id) == (VisitState.OPEN, None)
    assert visit(planned).hold_id is not None, "the hours stay on hold"
    assert visit(asked).state is VisitState.OPEN
    assert db.session.get_one(Offer, offer_id).state is OfferState.WITHDRAWN
    assert told(people.xu)[-2:] == ["offer_withdrawn", "visit_freed"]
    assert told(people.zhang)[-1] == "helper_changes"
    written = db.session.scalars(select(Notice.facts)).all()
    assert "quarrel" not in str(written)


def test_a_series_ends_and_its_later_visits_look_for_somebody_else(people: Cast) -> None:
    request_id = make.published(people, weekdays="1")
    first = make.visits_of(request_id)[0]
    offers.answer_offer(people.helper, offers.offer_visit(people.broker, first, people.xu, at(540), True), True)
    keep_apart(people)
    assert {visit(each).state for each in make.visits_of(request_id)} == {VisitState.OPEN}
    assert db.session.get_one(ServiceRequest, request_id).regular_helper_id is None


def test_a_visit_that_has_begun_is_finished_and_credited(people: Cast) -> None:
    visit_id = met(people)
    keep_apart(people)
    with time_machine.travel(at(700), tick=False):
        visits.confirm(people.elder, visit_id, "portal")
    assert visit(visit_id).state is VisitState.CREDITED


def test_it_holds_both_ways(people: Cast) -> None:
    keep_apart(people)
    assert queries.apart_from(people.zhang) == {people.xu}
    assert queries.apart_from(people.xu) == {people.zhang}


def test_after_a_visit_either_side_may_ask_and_neither_learns_of_the_other(people: Cast) -> None:
    visit_id = met(people)
    first = apart.not_again(people.elder, visit_id, "recipient", "the radio was too loud")
    assert queries.own_wish(visit_id, AskedBy.HELPER) is None, "the helper's page shows nothing of it"
    second = apart.not_again(people.helper, visit_id, "helper")
    assert first != second
    assert apart.not_again(people.elder, visit_id, "recipient") == first, "asked twice it stays one wish"
    apart.end_apart(people.helper, second)
    assert queries.apart_from(people.zhang) == {people.xu}, "the other wish still holds"
    with pytest.raises(NotFound):
        apart.end_apart(people.helper, first)
    apart.end_apart(people.elder, first)
    assert not queries.apart_from(people.zhang)


def test_before_a_visit_nobody_asks_that(people: Cast) -> None:
    with refused("apart_too_early"):
        apart.not_again(people.elder, make.scheduled(people), "recipient")


def test_an_agent_may_ask_for_her_father_and_a_stranger_may_not(people: Cast) -> None:
    visit_id = met(people)
    with pytest.raises(NotAllowed):
        apart.not_again(people.helper, visit_id, "recipient")
    daughter = places.person("张丽", birth_date=date(1972, 1, 1), sex="F", is_recipient=False)
    actor = Actor(person_id=daughter, name="daughter", wards=frozenset({people.zhang}))
    assert apart.not_again(actor, visit_id, "recipient")


def test_a_helper_reads_in_no_refusal_that_she_was_asked_not_to_come(people: Cast) -> None:
    visit_id = make.visits_of(make.published(people))[0]
    offer_id = offers.offer_visit(people.broker, visit_id, people.xu, at(540))
    db.session.add(BlockedPair(helper_id=people.xu, recipient_id=people.zhang, asked_by=AskedBy.RECIPIENT))
    db.session.commit()
    with refused("offer_over"):
        offers.answer_offer(people.helper, offer_id, True)
    with refused("kept_apart"):
        offers.answer_offer(people.broker, offer_id, True)


def test_a_coordinator_of_either_street_may_and_one_of_another_may_not(people: Cast) -> None:
    with pytest.raises(NotAllowed):
        keep_apart(people, places.outsider())
    with pytest.raises(NotFound):
        queries.of_person(places.outsider(), people.zhang)
    pair_id = keep_apart(people)
    with pytest.raises(NotFound):
        apart.end_apart(places.outsider(), pair_id, "no")


def test_a_coordinator_who_is_one_of_the_two_neither_sees_nor_decides_it(people: Cast) -> None:
    own = Actor(people.broker.account_id, people.xu, "broker", people.broker.grants)
    with refused("apart_own"):
        keep_apart(people, own)
    pair_id = apart.not_again(people.elder, met(people), "recipient")
    assert queries.of_person(own, people.zhang) == []
    with pytest.raises(NotFound):
        apart.end_apart(own, pair_id, "let us see")
    assert [line.reason for line in queries.of_person(people.broker, people.xu)] == [""]


def test_a_reason_is_needed_to_begin_and_to_end(people: Cast) -> None:
    with refused("apart_reason_missing"):
        apart.keep_apart(people.broker, KeepApart(people.xu, people.zhang, "  "))
    pair_id = keep_apart(people)
    with refused("already_apart"):
        keep_apart(people)
    with refused("apart_reason_missing"):
        apart.end_apart(people.broker, pair_id)
    apart.end_apart(people.broker, pair_id, "they have talked it over")
    with refused("apart_over"):
        apart.end_apart(people.broker, pair_id, "again")
    visit_id = make.visits_of(make.published(people))[0]
    assert offers.offer_visit(people.broker, visit_id, people.xu, at(540))


def test_a_second_click_keeps_apart_once(people: Cast) -> None:
    wanted = KeepApart(people.xu, people.zhang, "a quarrel")
    first = apart.keep_apart(people.broker, wanted, key="k")
    assert apart.keep_apart(people.broker, wanted, key="k") == first
    assert db.session.scalar(select(func.count()).select_from(BlockedPair)) == 1


def test_merged_records_stay_apart_and_what_is_planned_is_set_free(people: Cast) -> None:
    double = places.person("张建国", birth_date=date(1944, 3, 5), sex="M")
    planned = make.scheduled(people)
    apart.keep_apart(people.broker, KeepApart(people.xu, double, "a quarrel"))
    assert visit(planned).state is VisitState.SCHEDULED
    merge = merge_people(people.broker, people.zhang, double)
    assert queries.apart_from(people.zhang) == {people.xu}
    assert queries.apart_from(people.xu) == {people.zhang}
    assert visit(planned).state is VisitState.OPEN
    undo_merge(people.broker, merge)
    assert not queries.apart_from(people.zhang)
    assert queries.apart_from(double) == {people.xu}


def test_people_of_one_household_are_still_never_planned_for_each_other(people: Cast) -> None:
    make.live_together(people.zhang, people.xu)
    visit_id = make.visits_of(make.published(people))[0]
    with refused("same_household"):
        offers.offer_visit(people.broker, visit_id, people.xu, at(540))


def test_moving_a_visit_to_the_time_it_has_is_refused(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with refused("same_time"):
        offers.move_visit(people.broker, visit_id, at(540))
    offers.move_visit(people.broker, visit_id, at(570))
    assert visit(visit_id).starts_at == at(570)


def test_an_open_visit_may_be_fixed_at_the_start_of_its_window(people: Cast) -> None:
    visit_id = make.visits_of(make.published(people))[0]
    offers.move_visit(people.broker, visit_id, at(540))
    assert visit(visit_id).latest_start == at(540)
    with refused("same_time"):
        offers.move_visit(people.broker, visit_id, at(540))
