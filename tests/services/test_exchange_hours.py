"""Hours written down afterwards, their second review, the clock's work, calendars."""

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
from timebank.core import parameters
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, Refused
from timebank.exchange import clockwork_visits
from timebank.exchange.models import HourEntry, Visit, VisitState
from timebank.exchange.queries import calendar, entries, own, review
from timebank.exchange.queries import visits as visit_queries
from timebank.exchange.rules.hours import LoggedByName, LoggedVisit
from timebank.exchange.service import calendar as feeds
from timebank.exchange.service import hours, visits
from timebank.exchange.words_visits import explain, feed_words
from timebank.notices.models import Notice

SATURDAY = date(2026, 11, 21)


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=rf"^\('{code}'")


def entry(people: Cast, **facts: Any) -> LoggedVisit:
    given = {"service_code": "cleaning", "day": SATURDAY, "from_minute": 540, "to_minute": 640, **facts}
    return LoggedVisit(given.pop("volunteer_id", people.xu), given.pop("recipient_id", people.zhang), **given)


def second_broker() -> Actor:
    return places.staff(places.Role.BROKER, places.YAOHUA, "second-broker")


def test_hours_by_hand_wait_for_another_reviewer(people: Cast) -> None:
    visit_id = hours.log_visit(people.broker, entry(people))
    assert db.session.get_one(Visit, visit_id).state is VisitState.SECOND_REVIEW
    assert make.balance(people.xu).posted == 0
    with refused("review_own"):
        hours.review_entry(people.broker, visit_id, True)
    hours.review_entry(second_broker(), visit_id, True)
    assert (make.balance(people.xu).posted, make.balance(people.zhang).posted) == (100, 500)


def test_the_reviewer_may_let_the_pot_pay(people: Cast) -> None:
    make.give_hours(people.scheme, 200, "pot")
    visit_id = hours.log_visit(people.broker, entry(people))
    hours.review_entry(second_broker(), visit_id, True, funding="pot")
    assert (make.balance(people.scheme, "pot").posted, make.balance(people.zhang).posted) == (100, 600)


def test_returned_hours_are_void_and_the_reason_is_told(people: Cast) -> None:
    visit_id = hours.log_visit(people.broker, entry(people))
    with refused("reason_needed"):
        hours.review_entry(second_broker(), visit_id, False)
    hours.review_entry(second_broker(), visit_id, False, "the day is wrong")
    assert db.session.get_one(Visit, visit_id).state is VisitState.VOIDED
    told = db.session.scalars(select(Notice).where(Notice.kind == "hours_returned")).one()
    assert told.facts["reason"] == "the day is wrong"


def test_without_the_rule_the_recipient_confirms(people: Cast) -> None:
    db.session.add(
        parameters.Parameter(
            key="tb.two_reviewers_for_manual_entry",
            scope=f"scheme:{people.scheme}",
            valid_from=date(2026, 1, 1),
            value=False,
        )
    )
    db.session.commit()
    visit_id = hours.log_visit(people.broker, entry(people))
    visits.confirm(people.elder, visit_id, "portal")
    assert make.balance(people.xu).posted == 100


def test_a_volunteer_logs_only_for_people_she_helped(people: Cast) -> None:
    with refused("not_known_recipient"):
        hours.log_visit(people.helper, entry(people))
    make.scheduled(people)
    assert hours.log_visit(people.helper, entry(people))
    assert [known.person_id for known in entries.helped_by(people.xu)] == [people.zhang]


def test_nobody_logs_for_another_volunteer(people: Cast) -> None:
    other = make.helper("李芳", people.scheme)
    with pytest.raises(NotAllowed):
        hours.log_visit(places.member(other), entry(people))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"to_minute": 540}, "ends_before_start"),
        ({"from_minute": 600, "to_minute": 540}, "ends_before_start"),
        ({"from_minute": 0, "to_minute": 900}, "too_long"),
        ({"day": date(2026, 11, 23)}, "in_future"),
        ({"day": date(2026, 11, 22), "from_minute": 700, "to_minute": 760}, "in_future"),
        ({"day": date(2026, 9, 1)}, "too_long_ago"),
        ({"break_minutes": -5}, "break_negative"),
        ({"break_minutes": 100}, "break_too_long"),
        ({"funding": "gold"}, "unknown_funding"),
    ],
)
def test_absurd_hours_are_refused(people: Cast, facts: dict[str, Any], code: str) -> None:
    with refused(code):
        hours.log_visit(people.broker, entry(people, **facts))
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 0


def test_helping_oneself_or_ones_household_is_refused(people: Cast) -> None:
    with refused("helper_is_recipient"):
        hours.log_visit(people.broker, entry(people, recipient_id=people.xu))
    make.live_together(people.zhang, people.xu)
    with refused("same_household"):
        hours.log_visit(people.broker, entry(people))


def test_overlapping_hours_name_the_other_visit(people: Cast) -> None:
    hours.log_visit(people.broker, entry(people))
    with pytest.raises(Refused) as refusal:
        hours.log_visit(people.broker, entry(people, from_minute=600, to_minute=700))
    assert (refusal.value.code, refusal.value.field) == ("overlap", "from_minute")
    assert refusal.value.facts["until"] == "10:40"
    hours.log_visit(people.broker, entry(people, from_minute=640, to_minute=700))


def test_of_a_paper_sheet_good_lines_go_in_and_bad_ones_come_back(people: Cast) -> None:
    lines = [
        (0, entry(people)),
        (1, entry(people, from_minute=600, to_minute=610)),
        (3, entry(people, day=date(2026, 11, 20))),
    ]
    for _ in range(2):  # a double click
        answer = hours.log_sheet(people.broker, lines, key="sheet")
        assert sorted(answer.done) == [0, 3]
        assert {place: error.code for place, error in answer.wrong.items()} == {1: "overlap"}
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 2


def test_a_name_only_is_resolved_by_the_coordinator(people: Cast) -> None:
    typed = LoggedByName(people.xu, "张大爷", "cleaning", SATURDAY, 540, 600)
    entry_id = hours.log_by_name(people.helper, typed)
    assert [line.recipient_name for line in review.names_to_resolve(people.broker)] == ["张大爷"]
    visit_id = hours.resolve_entry(people.broker, entry_id, people.zhang)
    hours.review_entry(people.broker, visit_id, True)  # the volunteer recorded it, so this is the second pair of eyes
    assert make.balance(people.xu).posted == 60
    assert db.session.get_one(HourEntry, entry_id).state == "resolved"


def test_the_daily_cap_bounds_what_is_credited(people: Cast) -> None:
    make.give_hours(people.zhang, 5000)
    other = second_broker()
    for begin in (0, 240, 480):
        visit_id = hours.log_visit(people.broker, entry(people, from_minute=begin, to_minute=begin + 200))
        hours.review_entry(other, visit_id, True)
    assert make.balance(people.xu).posted == 480
    steps = db.session.get_one(Visit, visit_id).credit_explained["steps"]
    assert steps[-1] == {"rule": "day", "before": 200, "after": 80, "limit": 80, "how": ""}


def test_the_reckoning_reads_as_sentences(app: Flask, in_english: None) -> None:
    step = {"rule": "rounding", "before": 97, "after": 90, "limit": None, "how": "quarter_nearest"}
    assert explain({"steps": [step]}) == ["97 min, rounded to the nearest quarter hour: 90 min"]
    capped = {"steps": [step], "break": 15, "overflow": 67, "kept": 30, "cap": 90_000, "overflow_to": "pot"}
    assert explain(capped)[-1] == "At most 1500 h can be saved: 30 min kept, 67 min to the community pot"


# -- by the clock ------------------------------------------------------------------------------------------------------


def test_the_clock_confirms_reminds_and_expires(people: Cast) -> None:
    make.give_hours(people.zhang, 500)
    first = make.scheduled(people)
    make.published(people)
    with time_machine.travel(at(-600), tick=False):
        assert clockwork_visits.remind() == "1 visits reminded of"
        clockwork_visits.remind()
    reminders = db.session.scalars(select(Notice.person_id).where(Notice.kind == "visit_reminder")).all()
    assert sorted(reminders) == sorted([people.xu, people.zhang])
    with time_machine.travel(at(540), tick=False):
        visits.check_in(people.helper, first, "button")
    with time_machine.travel(at(640), tick=False):
        visits.check_out(people.helper, first)
        assert clockwork_visits.expire_requests().startswith("1 visits")
    with time_machine.travel(at(0, make.TUESDAY + timedelta(days=5)), tick=False):
        assert clockwork_visits.auto_confirm() == "1 of 1 visits confirmed"
        assert clockwork_visits.auto_confirm() == "0 of 0 visits confirmed"
        clockwork_visits.expire_requests()
    assert make.balance(people.xu).posted == 100


def test_offers_and_weekly_requests_are_looked_after(people: Cast) -> None:
    make.give_hours(people.zhang, 2000)
    request_id = make.published(people, weekdays="1")
    assert clockwork_visits.roll_requests() == "0 visits made"
    with time_machine.travel(at(0, make.TUESDAY + timedelta(days=7)), tick=False):
        assert clockwork_visits.roll_requests() == "1 visits made"
    assert len(make.visits_of(request_id)) == 5
    assert clockwork_visits.expire_offers() == "0 offers ran out"


# -- reading -----------------------------------------------------------------------------------------------------------


def test_a_helper_sees_surname_and_door_note_and_never_more(people: Cast, in_english: None) -> None:
    from timebank.people.models import Person

    person = db.session.get_one(Person, people.zhang)
    person.door_note, person.is_client = "ring twice", True
    db.session.commit()
    visit_id = make.scheduled(people)
    seen = own.own_visit(people.helper, visit_id)
    assert (seen.other, seen.door_note, seen.code) == ("Uncle Zhang", "ring twice", "")
    assert "client" not in repr(seen)
    assert person.name not in repr(seen)


def test_lists_stay_inside_the_territory(people: Cast) -> None:
    make.scheduled(people)
    chosen = visit_queries.VisitFilter()
    assert len(visit_queries.visits(people.broker, chosen).items) == 1
    assert visit_queries.visits(places.broker(places.WULAOCUN), chosen).items == []


def test_the_calendar_feed_shows_visits_and_nothing_sensitive(people: Cast, in_english: None) -> None:
    make.scheduled(people)
    feeds.new_feed(people.helper)
    token = calendar.feed_token(people.xu)
    assert token is not None
    assert calendar.person_of_feed(token) == people.xu
    text = calendar.feed(people.xu, feed_words()).decode()
    assert "SUMMARY:Cleaning for Uncle Zhang" in text
    assert "张建国" not in text
    feeds.new_feed(people.helper)
    assert calendar.person_of_feed(token) is None
