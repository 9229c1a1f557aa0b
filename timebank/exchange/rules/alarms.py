"""Planned visits that nobody has begun: who is asked to look, who next, and how an alarm ends.

Everything is decided from facts; the clock and the database belong to the service.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from timebank.exchange.rules.visits import VisitState

# A visit can be checked in up to twelve hours late (`rules.visits.check_start`); a visit missed before that is history.
WATCHED = timedelta(hours=12)


class AlarmLevel(enum.StrEnum):
    """How far up an alarm has gone."""

    COMMUNITY = "community"  # the visit's grid or community
    STREET = "street"
    DISTRICT = "district"
    NOBODY = "nobody"  # no place around the visit names anybody


class Happened(enum.StrEnum):
    """What was found out, in the words of whoever closes an alarm."""

    FORGOT = "forgot"  # the helper was there and did not check in
    CAME_LATE = "came_late"
    HELPER_ABSENT = "helper_absent"
    RECIPIENT_ABSENT = "recipient_absent"
    NOT_WANTED = "not_wanted"
    EMERGENCY = "emergency"
    OTHER = "other"


class Moot(enum.StrEnum):
    """Why an alarm ends by itself: the planned visit is none any more."""

    CANCELLED = "cancelled"
    MOVED = "moved"
    FREED = "freed"  # the helper gave it back or was replaced
    NO_SHOW = "no_show"  # somebody wrote down who was not there


class AlarmStepKind(enum.StrEnum):
    """What happened to an alarm."""

    RAISED = "raised"
    PASSED_ON = "passed_on"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who answers for a place; `duty` as the territory calls it."""

    territory_code: str
    person_id: int
    duty: str


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is asked at a level, and for which place that person answers."""

    level: AlarmLevel
    territory_code: str
    person_id: int


@dataclass(frozen=True, slots=True)
class CloseAlarm:
    """What happened: one of the reasons, and a few words (5 to 250 characters)."""

    alarm_id: int
    happened: Happened
    words: str


LEVELS: tuple[tuple[AlarmLevel, tuple[int, ...]], ...] = (
    (AlarmLevel.COMMUNITY, (15, 12)),
    (AlarmLevel.STREET, (9,)),
    (AlarmLevel.DISTRICT, (6,)),
)
DUTIES = ("grid_worker", "coordinator", "duty_desk", "civil_affairs_specialist", "street_head")  # nearest to the door


def ladder(holders: Iterable[Holder], not_persons: Collection[int] = ()) -> list[Rung]:
    """One person for each level that names anybody, the nearest first: grid before community, street, district.

    Who takes part in the visit (`not_persons`) is not asked to look after it.
    """
    known = [one for one in holders if one.person_id not in not_persons]
    rungs = []
    for level, lengths in LEVELS:
        here = [one for one in known if len(one.territory_code) in lengths and one.duty in DUTIES]
        best = min(here, key=lambda one: (-len(one.territory_code), DUTIES.index(one.duty)), default=None)
        if best is not None:
            rungs.append(Rung(level, best.territory_code, best.person_id))
    return rungs


def next_rung(rungs: Iterable[Rung], level: AlarmLevel | None, asked: Collection[int]) -> Rung | None:
    """The first rung above `level` (None: from the bottom) with somebody who was not asked yet; None at the top.

    An alarm that found nobody ("nobody") looks from the bottom again: somebody may have been named since.
    """
    order = [one for one, _ in LEVELS]
    above = order[order.index(level) + 1 :] if level in order else order
    return next((rung for rung in rungs if rung.level in above and rung.person_id not in asked), None)


def is_missed(starts_at: datetime, now: datetime, after_minutes: int) -> bool:
    """Has a planned visit gone `after_minutes` beyond its start, and less than half a day?  0 minutes: no alarms."""
    if after_minutes <= 0:
        return False
    return starts_at + timedelta(minutes=after_minutes) <= now < starts_at + WATCHED


def moot(state: VisitState, starts_at: datetime, missed: datetime) -> Moot | None:
    """Why the alarm about the start `missed` has nothing to watch any more; None while it has.

    A visit that has begun after all still wants a word: somebody waited for it.
    """
    ended = {
        VisitState.CANCELLED: Moot.CANCELLED,
        VisitState.VOIDED: Moot.CANCELLED,
        VisitState.EXPIRED: Moot.CANCELLED,
        VisitState.NO_SHOW: Moot.NO_SHOW,
    }
    if state in ended:
        return ended[state]
    if starts_at != missed:
        return Moot.FREED if state in (VisitState.OPEN, VisitState.OFFERED) else Moot.MOVED
    return Moot.FREED if state in (VisitState.OPEN, VisitState.OFFERED) else None
