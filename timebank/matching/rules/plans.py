"""Plans of a day or a week: their life, how much a waiting visit counts, and why one is left over."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from timebank.core.errors import Refused

LONGEST_DAYS = 7
SECONDS = (5, 20, 60, 300)  # how long a coordinator may let it search
FURTHEST = timedelta(days=60)


class PlanState(enum.StrEnum):
    """The life of a plan."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # somebody pressed stop: the best plan found until then was kept
    FAILED = "failed"


BUSY = frozenset({PlanState.WAITING, PlanState.RUNNING})
READY = frozenset({PlanState.DONE, PlanState.STOPPED})


class Unserved(enum.StrEnum):
    """Why a visit of a plan has no helper: the first seven are formats.md §3, the rest is the coordinator's doing."""

    NO_SKILL = "no_helper_with_skill"
    NONE_NEAR = "none_near"
    NONE_FREE = "none_free"
    NONE_SUITABLE = "none_suitable"
    BLOCKED = "blocked"
    ALL_TAKEN = "all_taken"
    WOULD_COST_MORE = "would_cost_more"
    TAKEN_OUT = "taken_out"  # by hand
    ALL_SAID_NO = "all_said_no"  # everybody who could come was asked


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What to plan: a place and the first of `days` days; `seconds` to search at most."""

    territory_code: str
    first_day: date
    days: int = 1
    seconds: int = 20
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Replan:
    """Plan again around what has happened: these helpers cannot come; promised visits stay unless they may be moved."""

    without: tuple[int, ...] = ()
    may_move: bool = False
    seconds: int = 5


def check(wanted: NewPlan, today: date) -> None:
    """Refuses a day that is over or too far ahead, and a search without end.

    Raises `Refused`: day_past, plan_too_far, plan_too_long, plan_seconds.
    """
    if wanted.first_day < today:
        raise Refused("day_past", field="first_day", day=wanted.first_day)
    if wanted.first_day > today + FURTHEST:
        raise Refused("plan_too_far", field="first_day", until=today + FURTHEST)
    if not 1 <= wanted.days <= LONGEST_DAYS:
        raise Refused("plan_too_long", field="days")
    check_seconds(wanted.seconds)


def check_seconds(seconds: int) -> None:
    """Raises `Refused("plan_seconds")` beyond the longest time."""
    if not 1 <= seconds <= SECONDS[-1]:
        raise Refused("plan_seconds", field="seconds", most=SECONDS[-1])


@dataclass(frozen=True, slots=True)
class Weights:
    """By how much a waiting visit counts more than 1 (the scheme's dated parameters tb.weight_*)."""

    urgent: int = 3
    partial_care: int = 1
    full_care: int = 2
    lives_alone: int = 1

    def of(self, *, urgent: bool, self_care: str, lives_alone: bool) -> int:
        """How much the visit counts: 1, and more for whom waiting is harder."""
        need = {"partial": self.partial_care, "full_loss": self.full_care}.get(self_care, 0)
        return 1 + need + (self.lives_alone if lives_alone else 0) + (self.urgent if urgent else 0)


def gap_permille(objective: int, bound: int | None) -> int | None:
    """How far at most a better plan could lie above, in thousandths, rounded up; None where nothing is proven."""
    if bound is None or bound <= 0:
        return None if bound is None else 0
    return -(-(bound - min(objective, bound)) * 1000 // bound)
