"""When visits are, how they go on, who may help whom, and how people call each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from timebank.core.errors import Refused
from timebank.exchange.rules.guards import Caps, HelperFacts, VisitFacts, broken
from timebank.exchange.rules.names import called
from timebank.exchange.rules.recurrence import Pattern, days, finished, holiday_name, weekdays_of, windows
from timebank.exchange.rules.requests import NewRequest, check
from timebank.exchange.rules.visits import (
    FINAL,
    TRANSITIONS,
    Event,
    Span,
    VisitState,
    after,
    check_end,
    check_start,
    overlapping,
    possible,
)

TUESDAYS = Pattern(date(2026, 11, 24), None, frozenset({1}), 540, 600)


def test_a_weekly_request_has_a_visit_each_tuesday() -> None:
    found = list(days(TUESDAYS, None, date(2026, 12, 20)))
    assert found == [date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 15)]


def test_rolling_forward_begins_after_what_was_made() -> None:
    assert list(days(TUESDAYS, date(2026, 12, 8), date(2026, 12, 20))) == [date(2026, 12, 15)]


def test_a_single_request_has_one_visit_once() -> None:
    once = replace(TUESDAYS, weekdays=frozenset())
    assert list(days(once, None, date(2030, 1, 1))) == [date(2026, 11, 24)]
    assert list(days(once, date(2026, 11, 24), date(2030, 1, 1))) == []
    assert finished(once, date(2026, 11, 24))


def test_windows_are_moments_of_nanjing_time() -> None:
    window = windows(TUESDAYS, None, date(2026, 11, 25))[0]
    assert window.earliest == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert window.latest == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_weekdays_are_read_from_digits() -> None:
    assert weekdays_of("135") == {1, 3, 5}


def test_national_day_is_pointed_out() -> None:
    assert holiday_name(date(2026, 10, 1))
    assert not holiday_name(date(2026, 11, 24))


def test_every_state_is_reached_and_final_states_lead_nowhere_but_back_after_an_appeal() -> None:
    reached = {target for table in TRANSITIONS.values() for target in table.values()} | {VisitState.SECOND_REVIEW}
    assert reached == set(VisitState)
    left = {state: possible(state) for state in FINAL if possible(state)}
    assert left == {VisitState.VOIDED: {Event.REINSTATE}}


def test_a_credited_visit_cannot_be_confirmed_again() -> None:
    with pytest.raises(Refused) as refusal:
        after(VisitState.CREDITED, Event.CONFIRM)
    assert refusal.value.facts == {"state": "credited", "event": "confirm"}


def test_touching_visits_do_not_overlap() -> None:
    nine = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert overlapping(nine + hour, nine + 2 * hour, [Span(1, nine, nine + hour)]) is None
    assert overlapping(nine, nine + hour, [Span(2, nine + hour / 2, nine + 2 * hour)]) is not None


@pytest.mark.parametrize(("minutes", "code"), [(-61, "too_early"), (-60, None), (30, None), (14 * 60, "too_late")])
def test_checking_in_keeps_near_the_plan(minutes: int, code: str | None) -> None:
    planned = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    moment = planned + timedelta(minutes=minutes)
    try:
        check_start(moment, planned, planned + timedelta(hours=1), early=timedelta(hours=1), now=moment)
        found = None
    except Refused as refusal:
        found = refusal.code
    assert found == code


def test_nobody_checks_out_before_checking_in_or_after_an_absurd_time() -> None:
    nine = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    with pytest.raises(Refused, match="ends_before_start"):
        check_end(nine, nine, 240, nine)
    with pytest.raises(Refused, match="too_long"):
        check_end(nine, nine + timedelta(hours=9), 240, nine + timedelta(hours=9))


WISH = NewRequest(1, "cleaning", date(2026, 11, 24), 540, 600, 120)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"first_day": date(2026, 11, 21)}, "day_past"),
        ({"first_day": date(2028, 1, 1)}, "day_too_far"),
        ({"latest_minute": 500}, "window_backwards"),
        ({"latest_minute": 1380}, "window_outside_day"),
        ({"minutes": -5}, "too_short_visit"),
        ({"minutes": 600}, "too_long_visit"),
        ({"last_day": date(2026, 11, 1)}, "last_before_first"),
        ({"weekdays": "8"}, "no_such_weekday"),
        ({"funding": "gold"}, "unknown_funding"),
    ],
)
def test_what_cannot_be_asked_for(change: dict[str, object], code: str | None) -> None:
    wanted = replace(WISH, **change)  # type: ignore[arg-type]
    try:
        check(wanted, today=date(2026, 11, 22), longest=240, shortest=15)
        found = None
    except Refused as refusal:
        found = refusal.code
    assert found == code


HELPER = HelperFacts(
    person_id=7,
    state="active",
    sex="F",
    languages=frozenset({"zh"}),
    skills=frozenset({"cleaning"}),
    trained=frozenset(),
    insured_until=date(2027, 1, 1),
    max_distance_m=500,
    lat=32.1165,
    lon=118.8875,
)
VISIT = VisitFacts(
    recipient_id=8, day=date(2026, 11, 24), minutes=120, service_code="cleaning", lat=32.116, lon=118.887
)
CAPS = Caps(480, 4800)


def test_the_neighbour_may_help() -> None:
    assert broken(HELPER, VISIT, CAPS) == []


@pytest.mark.parametrize(
    ("helper", "visit", "code"),
    [
        ({"person_id": 8}, {}, "helper_is_recipient"),
        ({"state": "suspended"}, {}, "helper_not_active"),
        ({"barred_until": date(2027, 1, 1)}, {}, "helper_barred"),
        ({"household": frozenset({8})}, {}, "same_household"),
        ({}, {"helper_sex": "M"}, "helper_other_sex"),
        ({}, {"same_sex_only": True, "recipient_sex": "M"}, "helper_other_sex"),
        ({}, {"language": "zh-nanjing"}, "helper_other_language"),
        ({}, {"needs_training": True}, "helper_not_trained"),
        ({"insured_until": None}, {"needs_insurance": True}, "helper_not_insured"),
        ({}, {"self_care": "full_loss", "max_self_care_loss": "partial"}, "care_too_heavy"),
        ({"max_distance_m": 50}, {}, "helper_too_far"),
        ({"minutes_day": 400}, {}, "day_full"),
        ({"minutes_month": 4700}, {}, "month_full"),
        ({"minutes_week": 590, "max_minutes_week": 600}, {}, "week_full"),
    ],
)
def test_each_hard_rule_stands_alone(helper: dict[str, object], visit: dict[str, object], code: str) -> None:
    found = broken(replace(HELPER, **helper), replace(VISIT, **visit), CAPS)  # type: ignore[arg-type]
    assert [item.code for item in found] == [code]


@pytest.mark.parametrize(
    ("name", "sex", "age", "english", "chinese"),
    [
        ("张建国", "M", 82, "Uncle Zhang", "张大爷"),
        ("徐梅", "F", 43, "Ms Xu", "徐女士"),
        ("欧阳修", None, None, "Ouyang", "欧阳"),
        ("单桂英", "F", 70, "Auntie Shan", "单奶奶"),
    ],
)
def test_people_are_called_by_surname(name: str, sex: str | None, age: int | None, english: str, chinese: str) -> None:
    assert called(name, sex, age, english=True) == english
    assert called(name, sex, age, english=False) == chinese
