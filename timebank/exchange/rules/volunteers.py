"""The life of a volunteer (domain.md C3.1) and who may become one (C4 tb.volunteer_min_age)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


class VolunteerState(enum.StrEnum):
    """domain.md C3.1."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PLATFORM_REVIEW = "platform_review"
    TRAINING = "training"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    EXITED = "exited"
    BARRED = "barred"


class VolunteerKind(enum.StrEnum):
    INDIVIDUAL = "individual"
    GROUP = "group"  # hours can only be donated (tb.group_hours_donate_only)


S = VolunteerState


class Step(enum.StrEnum):
    """What may happen to a volunteer."""

    SUBMIT = "submit"
    SITE_REVIEW = "site_review"
    APPROVE = "approve"
    START = "start"  # training passed
    REJECT = "reject"
    SUSPEND = "suspend"
    LIFT = "lift"
    LEAVE = "leave"
    BAR = "bar"


LIVING = (S.DRAFT, S.SUBMITTED, S.PLATFORM_REVIEW, S.TRAINING, S.ACTIVE, S.SUSPENDED)

MOVES: Mapping[tuple[S, Step], S] = {
    (S.DRAFT, Step.SUBMIT): S.SUBMITTED,
    (S.REJECTED, Step.SUBMIT): S.SUBMITTED,
    (S.EXITED, Step.SUBMIT): S.SUBMITTED,
    (S.BARRED, Step.SUBMIT): S.SUBMITTED,  # after the bar has ended
    (S.SUBMITTED, Step.SITE_REVIEW): S.PLATFORM_REVIEW,
    (S.PLATFORM_REVIEW, Step.APPROVE): S.TRAINING,
    (S.TRAINING, Step.START): S.ACTIVE,
    (S.SUBMITTED, Step.REJECT): S.REJECTED,
    (S.PLATFORM_REVIEW, Step.REJECT): S.REJECTED,
    (S.ACTIVE, Step.SUSPEND): S.SUSPENDED,
    (S.SUSPENDED, Step.LIFT): S.ACTIVE,
    (S.ACTIVE, Step.BAR): S.BARRED,
    (S.SUSPENDED, Step.BAR): S.BARRED,
    **{(state, Step.LEAVE): S.EXITED for state in LIVING},
}

PERMISSIONS: Mapping[Step, str] = {
    Step.SUBMIT: "people.write",
    Step.SITE_REVIEW: "volunteers.review",
    Step.APPROVE: "volunteers.approve",
    Step.START: "volunteers.train",
    Step.REJECT: "volunteers.review",
    Step.SUSPEND: "volunteers.review",
    Step.LIFT: "volunteers.review",
    Step.LEAVE: "volunteers.review",
    Step.BAR: "volunteers.approve",
}
NEEDS_REASON = frozenset({Step.REJECT, Step.SUSPEND, Step.LIFT, Step.BAR})
OWN_STEPS = frozenset({Step.SUBMIT, Step.LEAVE})  # the person may do these alone


def after(state: S, step: Step) -> S | None:
    """The state that follows, or None where the step is not possible."""
    return MOVES.get((state, step))


def possible(state: S) -> list[Step]:
    """The steps that may follow, in the order of their definition."""
    return [step for step in Step if (state, step) in MOVES]


def permission_for(state: S, step: Step) -> str:
    """The permission a step asks for: who rejects at the second level approves there."""
    if step is Step.REJECT and state is S.PLATFORM_REVIEW:
        return "volunteers.approve"
    return PERMISSIONS[step]


@dataclass(frozen=True, slots=True)
class AgeRule:
    """Ages in full years (tb.volunteer_min_age, tb.minor_allowed_with_guardian, tb.minor_min_age)."""

    adult_age: int
    minors_allowed: bool
    minor_age: int


def age_refusal(age: int | None, guardian_agreed: bool, rule: AgeRule) -> str | None:
    """Why somebody of this age may not volunteer: the code of the rule broken, or None.

    Codes: birth_date_missing, too_young, volunteer_guardian_needed.
    """
    if age is None:
        return "birth_date_missing"
    if age >= rule.adult_age:
        return None
    if not rule.minors_allowed or age < rule.minor_age:
        return "too_young"
    return None if guardian_agreed else "volunteer_guardian_needed"


def review_refusal(reviewer: int | None, first_reviewer: int | None, own: bool) -> str | None:
    """Two-level review needs two accounts (Gulou 2018), and nobody reviews themself.

    Codes: own_application, same_reviewer.
    """
    if own:
        return "own_application"
    if first_reviewer is not None and reviewer == first_reviewer:
        return "same_reviewer"
    return None


def usable_skills(skills: Mapping[str, date | None], needing_training: Iterable[str]) -> frozenset[str]:
    """The services a volunteer may give now: those without training, and those whose training was passed."""
    needing = frozenset(needing_training)
    return frozenset(code for code, trained in skills.items() if trained is not None or code not in needing)


def missing_training(skills: Mapping[str, date | None], needing_training: Iterable[str]) -> frozenset[str]:
    """The services offered for which training is still to pass."""
    return frozenset(skills) - usable_skills(skills, needing_training)


def bar_refusal(state: S, barred_until: date | None, today: date) -> str | None:
    """A barred person may come back from the day after.  Code: still_barred."""
    barred = state is S.BARRED and (barred_until is None or today <= barred_until)
    return "still_barred" if barred else None
