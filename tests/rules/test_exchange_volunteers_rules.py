"""Who may volunteer, and what may happen to a volunteer (domain.md C3.1)."""

from __future__ import annotations

from datetime import date

import pytest

from timebank.exchange.rules.volunteers import (
    AgeRule,
    Step,
    VolunteerState,
    after,
    age_refusal,
    bar_refusal,
    missing_training,
    permission_for,
    possible,
    review_refusal,
    usable_skills,
)

BEIJING = AgeRule(adult_age=18, minors_allowed=True, minor_age=14)

TABLE = {
    "draft": {"submit": "submitted", "leave": "exited"},
    "submitted": {"site_review": "platform_review", "reject": "rejected", "leave": "exited"},
    "platform_review": {"approve": "training", "reject": "rejected", "leave": "exited"},
    "training": {"start": "active", "leave": "exited"},
    "active": {"suspend": "suspended", "leave": "exited", "bar": "barred"},
    "suspended": {"lift": "active", "leave": "exited", "bar": "barred"},
    "rejected": {"submit": "submitted"},
    "exited": {"submit": "submitted"},
    "barred": {"submit": "submitted"},
}


@pytest.mark.parametrize("state", VolunteerState)
@pytest.mark.parametrize("step", Step)
def test_every_state_allows_exactly_the_steps_of_the_table(state: VolunteerState, step: Step) -> None:
    assert after(state, step) == TABLE[state.value].get(step.value)
    assert (step in possible(state)) == (step.value in TABLE[state.value])


def test_the_second_level_rejects_with_the_right_of_the_second_level() -> None:
    assert permission_for(VolunteerState.SUBMITTED, Step.REJECT) == "volunteers.review"
    assert permission_for(VolunteerState.PLATFORM_REVIEW, Step.REJECT) == "volunteers.approve"


@pytest.mark.parametrize(
    ("age", "guardian", "refusal"),
    [
        (18, False, None),
        (17, True, None),
        (17, False, "volunteer_guardian_needed"),
        (14, True, None),
        (13, True, "too_young"),
        (None, False, "birth_date_missing"),
    ],
)
def test_adults_may_volunteer_and_minors_with_their_guardian(
    age: int | None, guardian: bool, refusal: str | None
) -> None:
    assert age_refusal(age, guardian, BEIJING) == refusal


def test_a_scheme_may_take_adults_only() -> None:
    assert age_refusal(17, True, AgeRule(18, False, 14)) == "too_young"


def test_two_levels_need_two_people() -> None:
    assert review_refusal(7, None, own=False) is None
    assert review_refusal(7, 8, own=False) is None
    assert review_refusal(7, 7, own=False) == "same_reviewer"
    assert review_refusal(7, None, own=True) == "own_application"


def test_a_skill_that_needs_training_counts_once_it_was_passed() -> None:
    skills = {"cleaning": None, "bathing": None, "emergency": date(2026, 5, 1)}
    assert usable_skills(skills, ["bathing", "emergency"]) == {"cleaning", "emergency"}
    assert missing_training(skills, ["bathing", "emergency"]) == {"bathing"}


def test_a_bar_ends_the_day_after_its_last_day() -> None:
    last = date(2026, 11, 22)
    assert bar_refusal(VolunteerState.BARRED, last, last) == "still_barred"
    assert bar_refusal(VolunteerState.BARRED, last, date(2026, 11, 23)) is None
    assert bar_refusal(VolunteerState.BARRED, None, last) == "still_barred"
    assert bar_refusal(VolunteerState.EXITED, None, last) is None
