"""The life of a case: opened, assessing, planned, active, closed (and once more from the start)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

CHILD_AGE = 14  # domain.md child.age_sensitive (PIPL art. 28, 31)
REOPENINGS = 1


class CaseState(enum.StrEnum):
    OPENED = "opened"
    ASSESSING = "assessing"
    PLANNED = "planned"  # the plan waits for approval
    ACTIVE = "active"  # approved; being delivered
    CLOSED = "closed"


class CaseKind(enum.StrEnum):
    LIVING = "living"
    MEDICAL = "medical"
    DISABILITY = "disability"
    ELDER_CARE = "elder_care"
    CHILD = "child"
    SUDDEN = "sudden"  # accident, loss of work, disaster


class Urgency(enum.StrEnum):
    ORDINARY = "ordinary"
    URGENT = "urgent"
    EMERGENCY = "emergency"  # aid first, paperwork later


class LegalBasis(enum.StrEnum):
    """Why the data of the person may be used (domain.md B11, PIPL art. 13)."""

    CONSENT = "consent"
    STATUTORY_DUTY = "statutory_duty"
    EMERGENCY = "emergency"


class CloseReason(enum.StrEnum):
    NEEDS_MET = "needs_met"
    DECLINED = "declined"
    MOVED_AWAY = "moved_away"
    REFERRED = "referred"
    DECEASED = "deceased"
    OPENED_IN_ERROR = "opened_in_error"


ARROWS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPENED: frozenset({CaseState.ASSESSING, CaseState.CLOSED}),
    CaseState.ASSESSING: frozenset({CaseState.PLANNED, CaseState.CLOSED}),
    CaseState.PLANNED: frozenset({CaseState.ACTIVE, CaseState.ASSESSING, CaseState.CLOSED}),
    CaseState.ACTIVE: frozenset({CaseState.ASSESSING, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.ASSESSING}),
}
WORKABLE = frozenset({CaseState.OPENED, CaseState.ASSESSING})  # needs and plan lines may be added


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rules ask about a case."""

    state: CaseState
    urgency: Urgency
    reopened: int = 0
    open_lines: int = 0  # promised and not yet delivered


def refuse_move(case: CaseFacts, to: CaseState) -> str | None:
    """The rule that a change of state would break, or None."""
    if to not in ARROWS[case.state]:
        return "case_state"
    if case.state is CaseState.CLOSED and case.reopened >= REOPENINGS:
        return "case_reopened_before"
    if to is CaseState.CLOSED and case.open_lines:
        return "case_lines_open"
    return None


def refuse_delivery(case: CaseFacts) -> str | None:
    """Delivered is what was approved; in an emergency aid comes first (domain.md C3.10)."""
    if case.state is CaseState.CLOSED:
        return "case_closed"
    if case.state is not CaseState.ACTIVE and case.urgency is not Urgency.EMERGENCY:
        return "plan_not_approved"
    return None


def refuse_basis(basis: LegalBasis, age: int | None, guardians: int) -> str | None:
    """A child under 14 cannot consent; a guardian must be known who does (domain.md C8.19)."""
    if basis is LegalBasis.CONSENT and age is not None and age < CHILD_AGE and not guardians:
        return "guardian_missing"
    return None


def days_overdue(due: date | None, today: date) -> int:
    """Days since the day something was due; 0 when it is not late.  The due day itself is in time."""
    return max(0, (today - due).days) if due else 0
