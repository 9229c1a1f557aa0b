"""Visits that nobody has begun: told once to somebody by name, passed on, and closed with a word of what happened."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import Cast, at
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.core.parameters import Parameter
from timebank.exchange.clockwork_alarms import watch_visits
from timebank.exchange.models import AlarmStep, VisitAlarm
from timebank.exchange.queries import alarms as queries
from timebank.exchange.queries import visits as visit_queries
from timebank.exchange.rules.alarms import AlarmLevel, CloseAlarm, Happened, Moot
from timebank.exchange.service import alarms, offers, requests, visits
from timebank.jobs import service as jobs
from timebank.notices.models import Notice
from timebank.people.models import Person
from timebank.territory.models import Duty, Responsibility

SEEN = "went there, both are well"


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast(6000)


def answers_for(place: str, name: str, duty: Duty = Duty.COORDINATOR, since: date = date(2026, 1, 1)) -> int:
    person_id = town.person(name, is_recipient=False)
    db.session.add(Responsibility(territory_code=place, duty=duty, person_id=person_id, starts_on=since))
    db.session.commit()
    return person_id


def watch(minute: int) -> VisitAlarm | None:
    """The clock comes by at that minute of Tuesday; what it left behind."""
    with time_machine.travel(at(minute), tick=False):
        watch_visits()
    db.session.rollback()
    return db.session.scalars(select(VisitAlarm).order_by(VisitAlarm.id.desc())).first()


def told(person_id: int) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person_id).order_by(Notice.id)))


def test_a_missed_visit_is_told_to_the_person_of_the_place_then_of_the_street_then_of_the_district(
    people: Cast,
) -> None:
    near = answers_for(town.YAOXIN, "网格员", Duty.GRID_WORKER)
    street, district = answers_for(town.YAOHUA, "街道"), answers_for(town.QIXIA, "区里", Duty.DUTY_DESK)
    visit_id = make.scheduled(people)
    assert watch(559) is None
    alarm = watch(560)
    assert alarm is not None
    assert (alarm.visit_id, alarm.level, alarm.responder_id) == (visit_id, AlarmLevel.COMMUNITY, near)
    for _ in range(3):
        watch(589)
    assert told(near) == ["visit_missed"], "it is told once"
    assert watch(590).responder_id == street  # type: ignore[union-attr]
    assert watch(620).responder_id == district  # type: ignore[union-attr]
    top = watch(900)
    assert (top.responder_id, top.closed_at) == (district, None)  # type: ignore[union-attr]
    assert told(street) == told(district) == ["visit_missed_still"]
    assert db.session.scalar(select(func.count()).select_from(VisitAlarm)) == 1
    notice = db.session.scalars(select(Notice).where(Notice.person_id == near)).one()
    assert "张建国" not in str(notice.facts)
    assert notice.path == f"/alarms/{alarm.id}"


def test_the_clock_raises_alarms_as_a_job_and_a_restart_neither_loses_nor_repeats_them(people: Cast) -> None:
    near = answers_for(town.YAOXIN, "网格员")
    make.scheduled(people)
    with time_machine.travel(at(700), tick=False):
        assert jobs.run(jobs.job_named("watch_visits")) is True
        db.session.remove()
        watch_visits()
    with time_machine.travel(at(703), tick=False):
        assert jobs.run(jobs.job_named("watch_visits")) is True
    assert told(near) == ["visit_missed"]


def test_each_time_bank_says_after_how_many_minutes_and_none_means_no_alarms(people: Cast) -> None:
    make.scheduled(people)
    scope = f"scheme:{people.scheme}"
    rule = Parameter(key="tb.missed_after_minutes", scope=scope, valid_from=date(2026, 11, 1), value=0, source="test")
    db.session.add(rule)
    db.session.commit()
    assert watch(600) is None
    rule.value = 45
    db.session.commit()
    assert watch(584) is None
    assert watch(585) is not None


def test_where_nobody_is_named_everybody_with_the_right_is_told_and_a_name_given_later_counts(people: Cast) -> None:
    make.scheduled(people)
    clerk = town.person("值班")
    account = town.account_of(people.broker)
    from timebank.access.models import Account

    db.session.get_one(Account, account).person_id = clerk
    db.session.commit()
    alarm = watch(560)
    assert alarm is not None
    assert (alarm.level, alarm.responder_id) == (AlarmLevel.NOBODY, None)
    assert told(clerk) == ["visit_missed"]
    later = answers_for(town.YAOXIN, "新网格员")
    assert watch(590).responder_id == later  # type: ignore[union-attr]


def close(actor: Actor, alarm_id: int, words: str = SEEN, **more: Any) -> int:
    return alarms.close_alarm(actor, CloseAlarm(alarm_id, Happened.FORGOT, words), **more)


def test_an_alarm_closes_only_with_a_word_which_stands_in_the_history_of_the_visit(people: Cast) -> None:
    near = answers_for(town.YAOXIN, "网格员")
    visit_id = make.scheduled(people)
    alarm = watch(560)
    assert alarm is not None
    number = alarm.id
    with time_machine.travel(at(570), tick=False):
        with pytest.raises(Refused, match="alarm_words_missing"):
            close(people.broker, number, " ok ")
        with pytest.raises(NotFound):
            close(town.outsider(), number)
        with pytest.raises(NotAllowed):
            close(town.auditor(), number)
        responder = town.member(near)
        assert queries.alarm(responder, number).may_answer
        assert close(responder, number, key="once") == close(responder, number, key="once") == number
        with pytest.raises(Refused, match="alarm_closed"):
            close(people.broker, number)
        reasons = [line.reason for line in visit_queries.history(visit_id)]
        assert any("nobody checked in" in reason for reason in reasons)
        assert reasons[-1].endswith(SEEN)
        assert "forgot to check in" in reasons[-1]
        assert visit_queries.visit(people.broker, visit_id).line.state == "scheduled", "the visit itself is untouched"
    watch(700)
    assert told(near) == ["visit_missed"]
    assert [step.kind for step in db.session.scalars(select(AlarmStep).order_by(AlarmStep.id))] == ["raised", "closed"]


def test_who_was_asked_first_may_still_answer_after_it_was_passed_on(people: Cast) -> None:
    near = answers_for(town.YAOXIN, "网格员")
    answers_for(town.YAOHUA, "街道")
    make.scheduled(people)
    watch(560)
    alarm = watch(590)
    assert alarm is not None
    with time_machine.travel(at(595), tick=False):
        assert [line.id for line in queries.alarms(town.member(near)).items] == [alarm.id]
        close(town.member(near), alarm.id)


def test_a_late_check_in_stops_the_ladder_but_a_word_is_still_wanted(people: Cast) -> None:
    answers_for(town.YAOXIN, "网格员")
    street = answers_for(town.YAOHUA, "街道")
    visit_id = make.scheduled(people)
    watch(560)
    with time_machine.travel(at(575), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    alarm = watch(650)
    assert alarm is not None
    assert (alarm.closed_at, alarm.escalate_at, told(street)) == (None, None, [])
    with time_machine.travel(at(651), tick=False):
        (line,) = queries.alarms(people.broker).items
        assert line.begun_at == at(575)


def test_a_visit_cancelled_moved_or_given_back_ends_its_alarm_with_that_reason(people: Cast) -> None:
    answers_for(town.YAOXIN, "网格员")
    made = [
        make.scheduled(people, minute=minute, earliest_minute=minute, latest_minute=minute, minutes=30)
        for minute in (540, 580, 620)
    ]
    watch(645)
    with time_machine.travel(at(646), tick=False):
        requests.cancel_visit(people.broker, made[0], "she is in the countryside")
        offers.move_visit(people.broker, made[1], at(900), "in the afternoon")
        offers.free_helper(people.helper, made[2], "ill")
    watch(647)
    ended = {row.visit_id: row.closed_how for row in db.session.scalars(select(VisitAlarm))}
    assert ended == {made[0]: Moot.CANCELLED, made[1]: Moot.MOVED, made[2]: Moot.FREED}
    alarm = watch(925)
    assert alarm is not None
    assert (alarm.visit_id, alarm.missed_at, alarm.closed_at) == (made[1], at(900), None), "missed again: a new alarm"


def test_a_check_in_of_the_same_moment_wins(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(560), tick=False):
        assert alarms.missed_visits() == [visit_id]
        visits.check_in(people.helper, visit_id, "button")
        assert alarms.raise_alarm(Actor.system("clock"), visit_id) is None
    assert watch(561) is None


def test_phone_numbers_are_shown_to_who_answers_and_the_look_is_written_down(people: Cast) -> None:
    from timebank.core.audit import SensitiveRead

    db.session.get_one(Person, people.zhang).phone = "13912345678"
    db.session.commit()
    make.scheduled(people)
    alarm = watch(560)
    assert alarm is not None
    with time_machine.travel(at(561), tick=False):
        assert queries.alarm(people.broker, alarm.id).recipient_phone != "13912345678"
        assert alarms.show_phones(people.broker, alarm.id).recipient == "13912345678"
        looked = db.session.scalars(select(SensitiveRead.person_id)).all()
        assert set(looked) == {people.zhang, people.xu}
        for nobody in (town.outsider(), town.auditor(), town.member(people.zhang)):
            with pytest.raises(NotFound):
                alarms.show_phones(nobody, alarm.id)


def test_lists_and_counts_stop_at_the_border_of_the_territory(people: Cast, statements: Any) -> None:
    make.scheduled(people)
    watch(560)
    with time_machine.travel(at(560) + timedelta(minutes=1), tick=False):
        with statements(8):
            (line,) = queries.alarms(people.broker).items
        assert (line.recipient, line.helper) == ("张建国", "徐梅")
        assert queries.counts(people.broker).open == queries.counts(town.operator()).open == 1
        for nobody in (town.outsider(), town.clerk(), town.member(people.zhang)):
            assert queries.counts(nobody).open == 0
            assert not queries.alarms(nobody).items
