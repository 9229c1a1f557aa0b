"""Volunteers in words: states, steps, languages, how far."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.exchange.rules.grants import Basis, GrantState
from timebank.exchange.rules.volunteers import Step, VolunteerState

STATES: dict[VolunteerState, Any] = {
    VolunteerState.DRAFT: _l("draft"),
    VolunteerState.SUBMITTED: _l("waits for the service point"),
    VolunteerState.PLATFORM_REVIEW: _l("waits for the platform"),
    VolunteerState.TRAINING: _l("in training"),
    VolunteerState.ACTIVE: _l("active"),
    VolunteerState.SUSPENDED: _l("suspended"),
    VolunteerState.REJECTED: _l("not accepted"),
    VolunteerState.EXITED: _l("left"),
    VolunteerState.BARRED: _l("barred"),
}
STYLES: dict[VolunteerState, str] = {
    VolunteerState.DRAFT: "plain",
    VolunteerState.SUBMITTED: "wait",
    VolunteerState.PLATFORM_REVIEW: "wait",
    VolunteerState.TRAINING: "info",
    VolunteerState.ACTIVE: "good",
    VolunteerState.SUSPENDED: "bad",
    VolunteerState.REJECTED: "bad",
    VolunteerState.EXITED: "plain",
    VolunteerState.BARRED: "bad",
}
NEXT: dict[VolunteerState, Any] = {
    VolunteerState.DRAFT: _l("Your application is not complete. Please fill it in and send it."),
    VolunteerState.SUBMITTED: _l("The service point looks at your application. You need not do anything now."),
    VolunteerState.PLATFORM_REVIEW: _l("The service point agreed. The platform looks at it next."),
    VolunteerState.TRAINING: _l("You are accepted. Your coordinator invites you to the training; then you can begin."),
    VolunteerState.ACTIVE: _l("You can be asked for help in your free hours. Keep them up to date."),
    VolunteerState.SUSPENDED: _l("You are paused by the service point. Please talk to your coordinator."),
    VolunteerState.REJECTED: _l("Your application was not accepted. You may apply again."),
    VolunteerState.EXITED: _l("You have stopped. Your hours stay yours. You may come back at any time."),
    VolunteerState.BARRED: _l("You may not volunteer at present."),
}
STEPS: dict[Step, Any] = {
    Step.REJECT: _l("Do not accept"),
    Step.SUSPEND: _l("Suspend"),
    Step.LIFT: _l("End the suspension"),
    Step.LEAVE: _l("Leave"),
    Step.BAR: _l("Bar"),
}
STEP_HINTS: dict[Step, Any] = {
    Step.REJECT: _l("The person is told the reason and may apply again."),
    Step.SUSPEND: _l("No visit is offered until you end the suspension. The person is told the reason."),
    Step.LIFT: _l("The volunteer can be asked for help again."),
    Step.LEAVE: _l("The person asked to stop. The hours stay theirs: to redeem or to donate."),
    Step.BAR: _l("Only after fraud was confirmed. The person is told the reason and may object."),
}
LANGUAGES: dict[str, Any] = {
    "zh": _l("Mandarin"),
    "zh-nanjing": _l("Nanjing dialect"),
    "en": _l("English"),
    "yue": _l("Cantonese"),
    "sgn": _l("Sign language"),
}
BASES: dict[Basis, Any] = {
    Basis.ALONE_80: _l("80 or older, lives alone"),
    Basis.POOR_DISABLED_ALONE: _l("60 or older, dibao, needs care, lives alone"),
    Basis.LISTED: _l("on the list"),
}
GRANT_STATES: dict[GrantState, Any] = {
    GrantState.GRANTED: _l("not used yet"),
    GrantState.PARTLY_USED: _l("partly used"),
    GrantState.USED: _l("used"),
    GrantState.EXPIRED: _l("unused part went back"),
}
GRANT_STYLES: dict[GrantState, str] = {
    GrantState.GRANTED: "wait",
    GrantState.PARTLY_USED: "info",
    GrantState.USED: "good",
    GrantState.EXPIRED: "plain",
}
REASONS: dict[str, Any] = {
    "merged": _l("two records were one person"),
    "unmerged": _l("the records were separated again"),
    "imported": _l("came from a spreadsheet"),
    "role left": _l("left the role in the registry"),
    "died": _l("died"),
}
WALK_FACTOR, WALK_PER_MINUTE = 1.3, 70.0  # streets are longer than the straight line; metres a minute


def distance_text(metres: int) -> str:
    """ "500 m (about 9 minutes on foot)"."""
    minutes = max(1, round(metres * WALK_FACTOR / WALK_PER_MINUTE))
    if metres < 1000:
        return str(_("%(metres)s m (about %(minutes)s minutes on foot)", metres=metres, minutes=minutes))
    return str(_("%(km)s km (about %(minutes)s minutes on foot)", km=f"{metres / 1000:g}", minutes=minutes))


def languages_text(codes: tuple[str, ...]) -> str:
    """The names of languages; an unknown code is its own name."""
    return str(_(", ").join(str(LANGUAGES.get(code, code)) for code in codes))


def reason_text(reason: str) -> str:
    """What a person wrote stands as it is; what the system wrote is in the reader's language."""
    return str(REASONS.get(reason, reason))


WORDS: dict[str, Any] = {
    "states": STATES,
    "styles": STYLES,
    "next": NEXT,
    "steps": STEPS,
    "bases": BASES,
    "grant_states": GRANT_STATES,
    "grant_styles": GRANT_STYLES,
    "distance": distance_text,
    "languages": languages_text,
    "reason": reason_text,
}
