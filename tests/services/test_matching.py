"""Suggestions for a visit from the database: order, reasons in words, who is out and why (story step 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from tests.factories import matching as helpers
from tests.factories import town
from timebank.core import clock
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.models import (
    AvailabilityException,
    AvailabilitySlot,
    Offer,
    OfferState,
    Visit,
    VisitState,
    VolunteerState,
)
from timebank.exchange.queries import schemes
from timebank.matching import words
from timebank.matching.queries import Suggestions, outside, suggestions
from timebank.matching.rules.model import Broken


@pytest.fixture(autouse=True)
def _monday(app: object) -> Iterator[None]:
    with time_machine.travel(helpers.NOON_BEFORE, tick=False):
        town.town()
        yield


@pytest.fixture
def uncle_zhang() -> int:
    return town.person("张大爷")


def ids(found: Suggestions) -> list[int]:
    return [one.person_id for one in found.ranked]


def reasons_of(found: Suggestions) -> list[str]:
    services = {service.code: service.name for service in schemes.service_types()}
    one = found.ranked[0]
    return words.reasons(one.reasons, one.day, services)


def why_out(found: Suggestions, person_id: int) -> list[str]:
    services = {service.code: service.name for service in schemes.service_types()}
    line = next(one for one in outside(town.broker(), found.visit.id).page.items if one.person_id == person_id)
    return [words.broken(item, services) for item in line.broken]


def test_xu_mei_is_suggested_with_her_reasons_in_words(uncle_zhang: int, in_english: None) -> None:
    xu_mei = helpers.volunteer("徐梅", hours=(8, 10))
    other = town.person("李大爷")
    for hour in (13, 15):
        done = {"helper": xu_mei, "state": VisitState.CREDITED, "window": (hour, hour)}
        helpers.visit(other, day=helpers.TUESDAY - timedelta(days=1), **done)
    found = suggestions(town.broker(), helpers.visit(uncle_zhang))
    assert ids(found) == [xu_mei]
    assert reasons_of(found) == ["next building, 80 m", "free Tue 08:00–10:00", "trained", "2 visits this week"]
    assert found.ranked[0].starts_at.hour == 0  # 08:00 in Nanjing


def test_the_same_reasons_in_chinese(uncle_zhang: int, in_chinese: None) -> None:
    helpers.volunteer("徐梅")
    found = suggestions(town.broker(), helpers.visit(uncle_zhang))
    text = " · ".join(reasons_of(found))
    assert "80" in text
    assert "08:00–10:00" in text
    assert "building" not in text


def test_who_is_out_learns_why_and_what_would_help(uncle_zhang: int, in_english: None) -> None:
    later = helpers.volunteer("晚来", hours=(10, 12))
    cook = helpers.volunteer("厨师", skills={"cooking": True})
    far = helpers.volunteer("远方", east_m=1500)
    new = helpers.volunteer("新人", state=VolunteerState.TRAINING)
    found = suggestions(town.broker(), helpers.visit(uncle_zhang))
    assert ids(found) == []
    assert why_out(found, later) == ["free only 10:00–12:00 – would be free at 10:00"]
    assert why_out(found, cook) == ["does not offer “Cleaning” – could be asked to offer it"]
    assert why_out(found, far) == ["1.95 km away, walks up to 1 km – could be asked to walk 1.95 km"]
    assert why_out(found, new) == ["not active yet, or paused"]
    assert outside(town.broker(), found.visit.id).by_rule == {
        "not_free": 1,
        "no_skill": 1,
        "too_far": 1,
        "not_active": 1,
    }


def test_long_ways_are_told_in_kilometres_and_nobody_is_asked_to_cross_the_city(app: Flask) -> None:
    far = Broken("too_far", {"metres": 27_618, "limit": 1000})
    with app.test_request_context(), force_locale("en"):
        assert [words.way_text(metres) for metres in (640, 999, 1000, 9_996)] == ["640 m", "999 m", "1 km", "10 km"]
        assert words.broken(far, {}) == "28 km away, walks up to 1 km"
    with app.test_request_context(), force_locale("zh"):
        assert words.way_text(640) == "640 米"
        assert words.broken(far, {}) == "距离 28 公里，最多愿走 1 公里"


def test_bathing_needs_training_insurance_and_the_same_sex(uncle_zhang: int, in_english: None) -> None:
    woman = helpers.volunteer("王芳", skills={"bathing": False})
    found = suggestions(town.broker(), helpers.visit(uncle_zhang, service="bathing"))
    training, insurance = why_out(found, woman)
    assert training.startswith("has no training for “")
    assert training.endswith("” – could be trained for it")
    assert insurance == "has no insurance – needs insurance on 2026-11-24"


def test_promises_of_the_day_are_in_the_way(uncle_zhang: int, in_english: None) -> None:
    busy = helpers.volunteer("忙人", hours=(8, 12))
    elsewhere = town.person("李大爷", lat=helpers.DOOR[0], lon=helpers.DOOR[1])
    helpers.visit(elsewhere, helper=busy, state=VisitState.SCHEDULED, minutes=120)
    found = suggestions(town.broker(), helpers.visit(uncle_zhang))
    assert why_out(found, busy) == ["promised elsewhere 08:00–10:00 – would be free at 10:15"]


def test_household_and_weekly_hours_keep_out(uncle_zhang: int, in_english: None) -> None:
    from timebank.core.authority import Actor
    from timebank.people.service import set_household
    from timebank.people.service.commands import Joining

    wife = helpers.volunteer("老伴")
    tired = helpers.volunteer("累了", max_minutes_per_week=30)
    set_household(Actor.system("tests"), uncle_zhang, Joining(wife, "spouse"))
    found = suggestions(town.broker(), helpers.visit(uncle_zhang))
    assert why_out(found, wife) == ["lives in the same household"]
    assert why_out(found, tired) == ["0 min planned this week, gives up to 30 min"]


def test_a_helper_of_the_next_street_is_near_too(uncle_zhang: int) -> None:
    neighbour = helpers.volunteer("邻街", territory=town.WULAOCUN_COMMUNITY)
    distant = helpers.volunteer("远街", territory=town.WULAOCUN_COMMUNITY, east_m=9000)
    found = suggestions(town.broker(), helpers.visit(uncle_zhang))
    assert ids(found) == [neighbour]
    assert distant not in {one.person_id for one in outside(town.broker(), found.visit.id).page.items}


def test_a_weekly_request_says_how_much_of_the_series_fits(uncle_zhang: int) -> None:
    xu_mei = helpers.volunteer("徐梅")
    away = helpers.TUESDAY + timedelta(weeks=1)
    db.session.add(AvailabilityException(volunteer_id=xu_mei, first_day=away, last_day=away))
    db.session.commit()
    found = suggestions(town.broker(), helpers.visit(uncle_zhang, weeks=4))
    assert (found.visit.series, found.ranked[0].series_fits) == (4, 3)


def test_of_a_series_it_is_said_which_dates_not_and_why_and_who_can_do_more_comes_first(
    uncle_zhang: int, in_english: None
) -> None:
    nearest, steady = helpers.volunteer("近", east_m=0), helpers.volunteer("远", east_m=500, hours=(8, 12))
    for weeks in (1, 3):
        away = helpers.TUESDAY + timedelta(weeks=weeks)
        db.session.add(AvailabilityException(volunteer_id=nearest, first_day=away, last_day=away))
    db.session.commit()
    elsewhere = town.person("李大爷", lat=helpers.DOOR[0], lon=helpers.DOOR[1])
    # from eight to nine she is somewhere else that second Tuesday: all four go at half past nine only
    promised = {"helper": steady, "state": VisitState.SCHEDULED, "window": (8, 8)}
    helpers.visit(elsewhere, day=helpers.TUESDAY + timedelta(weeks=1), **promised)
    visit_id = helpers.visit(uncle_zhang, weeks=4, window=(8, 10))
    found = suggestions(town.broker(), visit_id)
    assert ids(found) == [steady, nearest]
    whole, half = (one.series for one in found.ranked)
    assert whole is not None
    assert half is not None
    assert (whole.fits, whole.missing) == (4, ())
    assert clock.civil(whole.starts_at).strftime("%H:%M") == "09:15"
    assert clock.civil(found.ranked[0].starts_at).strftime("%H:%M") == "08:00"  # best for the first visit alone
    assert half.fits == 2
    assert [words.missed(day, {}) for day in half.missing] == [
        "2026-12-01: is away that day – could come another day",
        "2026-12-15: is away that day – could come another day",
    ]
    assert ids(suggestions(town.broker(), visit_id, by_series=False)) == [nearest, steady]


def test_each_visit_of_a_series_counts_towards_the_week(uncle_zhang: int) -> None:
    """She gives an hour a week: of two visits in one week she can do the first."""
    helper = helpers.volunteer("少", max_minutes_per_week=60)
    db.session.add(AvailabilitySlot(volunteer_id=helper, weekday=2, from_minute=480, to_minute=600))
    visit_id = helpers.visit(uncle_zhang, weeks=3)
    [one] = suggestions(town.broker(), visit_id).ranked
    assert one.series_fits == 3
    third = db.session.get_one(Visit, visit_id + 2)  # moved to the Wednesday after the second
    third.earliest_start -= timedelta(days=6)
    third.latest_start -= timedelta(days=6)
    third.starts_at = third.earliest_start
    db.session.commit()
    [one] = suggestions(town.broker(), visit_id).ranked
    assert one.series is not None
    assert [(day.visit_id, day.broken.rule) for day in one.series.missing if day.broken] == [(third.id, "weekly_cap")]


def test_who_gave_the_visit_back_or_said_no_stands_behind_the_others(uncle_zhang: int) -> None:
    nearest, second, third = (helpers.volunteer(name, east_m=200 * place) for place, name in enumerate("甲乙丙"))
    visit_id = helpers.visit(uncle_zhang)
    assert ids(suggestions(town.broker(), visit_id)) == [nearest, second, third]
    for person, state in ((nearest, OfferState.ACCEPTED), (second, OfferState.DECLINED)):
        db.session.add(
            Offer(
                visit_id=visit_id,
                volunteer_id=person,
                state=state,
                starts_at=helpers.NOON_BEFORE,
                expires_at=helpers.NOON_BEFORE,
            )
        )
    db.session.commit()
    assert ids(suggestions(town.broker(), visit_id)) == [third, nearest, second]


def test_only_the_coordinator_of_the_area_sees_suggestions(uncle_zhang: int) -> None:
    visit_id = helpers.visit(uncle_zhang)
    for actor in (town.outsider(), town.clerk(), town.nobody(), town.social_worker()):
        with pytest.raises(NotFound):
            suggestions(actor, visit_id)
    with pytest.raises(NotFound):
        suggestions(town.broker(), 9_999)


def test_many_helpers_cost_few_statements_and_ten_are_shown(
    uncle_zhang: int, statements: Callable[..., AbstractContextManager[Any]]
) -> None:
    for number in range(25):
        helpers.volunteer(f"志愿者{number}", east_m=10 * number)
    visit_id = helpers.visit(uncle_zhang, weeks=4)
    actor = town.broker()
    with statements(14):
        found = suggestions(actor, visit_id)
    assert (len(found.ranked), found.suitable) == (10, 25)
    totals = [one.total for one in found.ranked]
    assert totals == sorted(totals, reverse=True)
    with statements(14):
        outside(actor, visit_id)
