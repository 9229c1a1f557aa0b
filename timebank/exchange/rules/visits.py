"""The life of a visit (domain.md C3.2, C3.3): which event leads from which state to which, and who may cause it.

C3.2's "published" is `open`, "matched"/"scheduled" are `offered` and `scheduled`, "confirmed" and "credited" are one
step (`credited`), because a confirmation posts in the same transaction.  "flagged" and "second review" are one state.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from timebank.core.errors import Refused


class VisitState(enum.StrEnum):
    """domain.md C3.2 and C3.3 in one line of life."""

    OPEN = "open"  # hold placed, no helper yet
    OFFERED = "offered"
    WITH_PARTNER = "with_partner"  # a partner organisation will give the care; no helper is looked for
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    SECOND_REVIEW = "second_review"  # entered by hand: another person looks
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    DISPUTED = "disputed"
    CREDITED = "credited"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    EXPIRED = "expired"
    VOIDED = "voided"


class Event(enum.StrEnum):
    """What can happen to a visit."""

    OFFER = "offer"
    LAPSE = "lapse"  # the last open offer was declined, withdrawn or ran out
    ACCEPT = "accept"
    GIVE = "give"  # to a partner organisation
    GIVE_BACK = "give_back"  # the partner cannot come: a helper is looked for again
    BY_PARTNER = "by_partner"  # the partner came, and the recipient signed
    FREE = "free"  # the helper cannot come, or is replaced
    MOVE = "move"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    REPORT = "report"  # the paper tells afterwards that it took place
    DOUBT = "doubt"  # the paper tells so without the recipient's code: somebody else looks
    REVIEW = "review"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    SETTLE = "settle"
    VOID = "void"
    ANNUL = "annul"  # the ledger's entry was reversed
    REINSTATE = "reinstate"  # the annulment was wrong
    CANCEL = "cancel"
    NO_SHOW = "no_show"
    EXPIRE = "expire"


S = VisitState
_BEFORE = (S.OPEN, S.OFFERED, S.SCHEDULED)

TRANSITIONS: dict[Event, dict[VisitState, VisitState]] = {
    Event.OFFER: {S.OPEN: S.OFFERED, S.OFFERED: S.OFFERED},
    Event.LAPSE: {S.OFFERED: S.OPEN},
    Event.ACCEPT: {S.OFFERED: S.SCHEDULED, S.OPEN: S.SCHEDULED},
    Event.GIVE: {S.OPEN: S.WITH_PARTNER, S.OFFERED: S.WITH_PARTNER},
    Event.GIVE_BACK: {S.WITH_PARTNER: S.OPEN},
    Event.BY_PARTNER: {S.WITH_PARTNER: S.CREDITED},
    Event.FREE: {S.SCHEDULED: S.OPEN},
    Event.MOVE: {state: state for state in (*_BEFORE, S.WITH_PARTNER)},
    Event.CHECK_IN: {S.SCHEDULED: S.IN_PROGRESS},
    Event.CHECK_OUT: {S.IN_PROGRESS: S.AWAITING_CONFIRMATION},
    Event.REPORT: {S.SCHEDULED: S.AWAITING_CONFIRMATION, S.IN_PROGRESS: S.AWAITING_CONFIRMATION},
    Event.DOUBT: dict.fromkeys((S.SCHEDULED, S.IN_PROGRESS, S.AWAITING_CONFIRMATION), S.SECOND_REVIEW),
    Event.REVIEW: {S.SECOND_REVIEW: S.CREDITED},
    Event.CONFIRM: {S.AWAITING_CONFIRMATION: S.CREDITED},
    Event.DISPUTE: {S.AWAITING_CONFIRMATION: S.DISPUTED, S.CREDITED: S.DISPUTED},
    Event.SETTLE: {S.DISPUTED: S.CREDITED},
    Event.VOID: {S.DISPUTED: S.VOIDED, S.SECOND_REVIEW: S.VOIDED},
    Event.ANNUL: {S.CREDITED: S.VOIDED},
    Event.REINSTATE: {S.VOIDED: S.CREDITED},
    Event.CANCEL: dict.fromkeys((*_BEFORE, S.WITH_PARTNER), S.CANCELLED),
    Event.NO_SHOW: {S.SCHEDULED: S.NO_SHOW},
    Event.EXPIRE: {S.OPEN: S.EXPIRED, S.OFFERED: S.EXPIRED},
}

WAITING = frozenset((*_BEFORE, S.WITH_PARTNER))  # not begun; may be cancelled
PLANNED = frozenset({S.SCHEDULED, S.IN_PROGRESS})  # occupies the helper as planned
DONE = frozenset({S.SECOND_REVIEW, S.AWAITING_CONFIRMATION, S.DISPUTED, S.CREDITED})  # occupied the helper in fact
BY_TELEPHONE = ("phone", "landline")  # a coordinator writes down what she is told; landline: with the day's code
LOOKING = frozenset({S.OPEN, S.OFFERED})
SETTLED = PLANNED | DONE | {S.WITH_PARTNER}  # somebody comes, or came: the start is fixed
# Only an annulment that was overturned (C3.6) leads on, back from VOIDED.
FINAL = frozenset({S.CANCELLED, S.NO_SHOW, S.EXPIRED, S.VOIDED})


def after(state: VisitState, event: Event) -> VisitState:
    """The state an event leads to; raises `Refused("visit_not_so_far")` where it cannot happen."""
    try:
        return TRANSITIONS[event][state]
    except KeyError:
        raise Refused("visit_not_so_far", state=state.value, event=event.value) from None


def channel_of(how: str) -> str:
    """By which way something was learnt, for the history of a visit; "" for the pages of the two themselves."""
    return "telephone" if how in BY_TELEPHONE else ""


def possible(state: VisitState) -> frozenset[Event]:
    """The events that can happen in a state (the buttons of a page)."""
    return frozenset(event for event, table in TRANSITIONS.items() if state in table)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time and the visit it belongs to."""

    visit_id: int
    starts_at: datetime
    ends_at: datetime


def overlapping(starts_at: datetime, ends_at: datetime, others: list[Span]) -> Span | None:
    """The first other stretch that shares time with this one; touching ends do not count."""
    return next((other for other in others if other.starts_at < ends_at and starts_at < other.ends_at), None)


def check_start(moment: datetime, planned: datetime, latest: datetime, *, early: timedelta, now: datetime) -> None:
    """A check-in is neither in the future, nor long before the plan, nor on another day.

    Raises `Refused`: in_future, too_early (from), too_late.
    """
    if moment > now + timedelta(minutes=1):
        raise Refused("in_future", field="at")
    if moment < planned - early:
        raise Refused("too_early", field="at", begins=planned - early)
    if moment > latest + timedelta(hours=12):
        raise Refused("too_late", field="at", planned=planned)


def check_end(started: datetime, moment: datetime, longest: int, now: datetime) -> None:
    """A check-out is after the check-in, not in the future and not absurdly long (minutes).

    Raises `Refused`: in_future, ends_before_start, too_long.
    """
    if moment > now + timedelta(minutes=1):
        raise Refused("in_future", field="at")
    if moment <= started:
        raise Refused("ends_before_start", field="at")
    if moment - started > timedelta(minutes=max(2 * longest, longest + 120)):
        raise Refused("too_long", field="at", longest_minutes=longest)
