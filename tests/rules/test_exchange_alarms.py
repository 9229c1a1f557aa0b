"""Who is asked to look after a visit that nobody has begun, who next, and when there is nothing to watch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from timebank.exchange.rules.alarms import AlarmLevel, Holder, Moot, Rung, is_missed, ladder, moot, next_rung
from timebank.exchange.rules.visits import VisitState
from timebank.territory.rules import Duty

GRID, COMMUNITY, STREET, DISTRICT, CITY = "320113001007003", "320113001007", "320113001", "320113", "3201"
NINE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
EVERYBODY = [
    Holder(CITY, 90, "coordinator"),
    Holder(DISTRICT, 60, "duty_desk"),
    Holder(STREET, 31, "street_head"),
    Holder(STREET, 30, "coordinator"),
    Holder(COMMUNITY, 20, "grid_worker"),
    Holder(GRID, 10, "coordinator"),
]


def test_the_grid_is_asked_before_the_community_then_the_street_then_the_district_and_never_the_city() -> None:
    assert ladder(EVERYBODY) == [
        Rung(AlarmLevel.COMMUNITY, GRID, 10),
        Rung(AlarmLevel.STREET, STREET, 30),
        Rung(AlarmLevel.DISTRICT, DISTRICT, 60),
    ]


def test_who_takes_part_in_the_visit_is_not_asked_to_look_after_it() -> None:
    assert [rung.person_id for rung in ladder(EVERYBODY, {10, 30})] == [20, 31, 60]


def test_a_person_who_answers_for_two_levels_is_asked_once() -> None:
    rungs = ladder([Holder(COMMUNITY, 20, "grid_worker"), Holder(STREET, 20, "coordinator"), *EVERYBODY[:2]])
    assert next_rung(rungs, AlarmLevel.COMMUNITY, {20}) == Rung(AlarmLevel.DISTRICT, DISTRICT, 60)
    assert next_rung(rungs, AlarmLevel.DISTRICT, {20, 60}) is None


def test_a_place_that_names_nobody_is_passed_over_and_one_named_later_is_found() -> None:
    assert next_rung(ladder([]), None, ()) is None
    named_since = ladder(EVERYBODY[2:4])
    assert next_rung(named_since, AlarmLevel.NOBODY, ()) == Rung(AlarmLevel.STREET, STREET, 30)


def test_every_duty_of_the_territory_can_be_asked() -> None:
    assert all(ladder([Holder(STREET, 1, duty.value)]) for duty in Duty)


@pytest.mark.parametrize(
    ("late", "after", "missed"),
    [(19, 20, False), (20, 20, True), (719, 20, True), (720, 20, False), (100, 0, False)],
)
def test_a_visit_is_missed_after_the_minutes_of_the_rule_and_for_half_a_day(
    late: int, after: int, missed: bool
) -> None:
    assert is_missed(NINE, NINE + timedelta(minutes=late), after) is missed


@pytest.mark.parametrize(
    ("state", "moved", "why"),
    [
        (VisitState.SCHEDULED, 0, None),
        (VisitState.IN_PROGRESS, 0, None),
        (VisitState.AWAITING_CONFIRMATION, 0, None),
        (VisitState.SCHEDULED, 60, Moot.MOVED),
        (VisitState.OPEN, 0, Moot.FREED),
        (VisitState.OPEN, -30, Moot.FREED),
        (VisitState.CANCELLED, 0, Moot.CANCELLED),
        (VisitState.NO_SHOW, 0, Moot.NO_SHOW),
    ],
)
def test_an_alarm_ends_by_itself_only_when_the_planned_visit_is_none_any_more(
    state: VisitState, moved: int, why: Moot | None
) -> None:
    assert moot(state, NINE + timedelta(minutes=moved), NINE) is why
