"""A helper's day as the planner sees it: never free when the helper is not, as free as the rules allow otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from timebank.core.errors import Refused
from timebank.matching.rules.instance import Ask, instance, minutes_left, shift
from timebank.matching.rules.model import Helper, Limits, Need, Place, Stop, Stretch, Travel
from timebank.matching.rules.plans import NewPlan, Weights, check, gap_permille

DAY = date(2026, 11, 24)
HOME, DOOR = Place(0, 0), Place(300, 0)
WALK = Travel()
THERE = WALK.seconds(HOME, DOOR)


def at(hour: float) -> int:
    return int(hour * 3600)


def need(**facts: object) -> Need:
    given: dict[str, object] = {"window": Stretch(at(8), at(16)), "place": DOOR, **facts}
    return Need(recipient_id=9, service="cleaning", minutes=60, day=DAY, **given)  # type: ignore[arg-type]


def helper(**facts: object) -> Helper:
    given: dict[str, object] = {"home": HOME, "skills": {"cleaning": True}, "free": (Stretch(at(8), at(10)),), **facts}
    return Helper(id=1, **given)  # type: ignore[arg-type]


def test_the_way_to_the_nearest_visit_does_not_eat_the_free_stretch() -> None:
    found = shift(helper(), WALK, THERE)
    assert found is not None
    assert (found.start, found.end) == (at(8) - THERE, at(10) + THERE)


def test_between_two_free_stretches_the_helper_is_at_home_however_short_the_gap() -> None:
    for gap in (60, 3600):
        free = (Stretch(at(8), at(10)), Stretch(at(10) + gap, at(12)))
        found = shift(helper(free=free), WALK, THERE)
        assert found is not None
        (stop,) = found.busy
        assert stop.place == HOME
        # a visit before the gap is over when the free stretch is: its way home ends no later than the stop begins
        assert stop.start - THERE <= at(10)
        assert stop.end + THERE >= at(10) + gap


def test_a_promise_outside_the_free_hours_widens_the_day_and_two_without_a_way_between_are_one() -> None:
    first, second = Stop(at(12), at(13), DOOR), Stop(at(13), at(14), Place(900, 0))
    found = shift(helper(busy=(second, first)), WALK)
    assert found is not None
    assert [(stop.start, stop.end) for stop in found.busy] == [(at(12), at(14))]
    assert found.end == at(14) + WALK.seconds(Place(900, 0), HOME)
    assert shift(helper(free=()), WALK) is None


def test_who_has_no_minutes_left_or_enough_visits_is_not_planned() -> None:
    asks = [Ask(1, need(limits=Limits(daily_cap_minutes=240, monthly_cap_minutes=600)))]
    assert minutes_left(helper(week_minutes=100, max_week_minutes=120), [asks[0].need.limits]) == 20
    busy = tuple(Stop(at(8) + n, at(8) + n, DOOR) for n in range(Limits().visits_a_day))
    for who in (helper(day_minutes=240), helper(month_minutes=600), helper(busy=busy), helper(away=True, free=())):
        assert instance(asks, [who], WALK).helpers == ()


def test_training_insurance_and_care_bar_single_visits_and_household_blocks() -> None:
    asks = [
        Ask(1, need()),
        Ask(2, need(needs_training=True)),
        Ask(3, need(needs_insurance=True)),
        Ask(4, need(self_care="full_loss", max_self_care_loss="able")),
    ]
    who = helper(skills={"cleaning": False}, household=frozenset({9}), caregiver_at_home=True, max_distance_m=900)
    (found,) = instance(asks, [who], WALK).helpers
    assert found.barred == {"2": "not_trained", "3": "not_insured", "4": "self_care_too_heavy"}
    assert found.blocked == {"1", "9"}
    assert found.max_distance_m == 500


def test_urgency_and_need_weigh_and_a_gap_is_rounded_up() -> None:
    assert Weights().of(urgent=False, self_care="able", lives_alone=False) == 1
    assert Weights().of(urgent=True, self_care="full_loss", lives_alone=True) == 7
    assert [gap_permille(999, 1000), gap_permille(9_999, 10_000), gap_permille(10, 10), gap_permille(1, None)] == [
        1,
        1,
        0,
        None,
    ]
    with pytest.raises(Refused, match="plan_too_long"):
        check(NewPlan("320113001", DAY, days=0), DAY)
