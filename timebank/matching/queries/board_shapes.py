"""What the board shows: lanes of helpers with their stops, and visits left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from timebank.matching.queries.plans import PlanLine
from timebank.matching.rules.plans import Unserved

LANES = 40  # helpers on a page
NOBODY = "nobody"
NOT_MADE = {"gone", "partner", "declined", "expired", "withdrawn"}  # what became of a visit its helper does not make


def mark(volunteer_id: int, starts_at: datetime) -> str:
    """Who goes when, as a page writes it into its forms: a change answers only to what was looked at."""
    return f"{volunteer_id}@{starts_at:%Y%m%d%H%M}"


def told(visit_id: int, marked: str) -> str:
    """A visit and its mark in one word."""
    return f"{visit_id}:{marked}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a plan is shown: one day of it, a place, a kind of help, only urgent ones; `offset`: lanes to skip."""

    day: date | None = None
    territory: str = ""
    service: str = ""
    urgent: bool = False
    offset: int = 0
    all_left: bool = False

    @property
    def filtered(self) -> bool:
        """Is anything of the day left out?"""
        return bool(self.territory or self.service or self.urgent)


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit in a helper's lane.  `kind`: planned, promised outside the plan, or elsewhere (only its hours).

    `state` of a planned one: planned, accepted (its helper will be asked), offered, scheduled, declined, expired,
    withdrawn, refused (a rule forbade the offer: `refusal`), kept (promised, and stays so), promised (just so, but not
    through this plan), partner (an organisation gives it now), gone (cancelled, or arranged otherwise since).
    """

    kind: str
    visit_id: int
    service_code: str
    service: str
    recipient: str
    territory_code: str
    starts_at: datetime
    ends_at: datetime
    lat: float | None
    lon: float | None
    urgent: bool = False
    state: str = ""
    pinned: bool = False
    by_hand: bool = False
    moves: bool = False
    refusal: dict[str, Any] | None = None
    until: datetime | None = None
    volunteer_id: int = 0
    helper: str = ""
    together: tuple[str, ...] = ()  # who else goes there with this helper
    beside: bool = False  # not among those asked for by the filter: the rest of the helper's day

    @property
    def mark(self) -> str:
        """What this says of who goes when, for the forms of its page."""
        return mark(self.volunteer_id, self.starts_at)

    @property
    def changeable(self) -> bool:
        """May the plan still be changed here?"""
        return self.state in {"planned", "kept"}


@dataclass(frozen=True, slots=True)
class Lane:
    """A helper's day: free stretches in minutes from midnight, stops by time."""

    person_id: int
    name: str
    lat: float | None
    lon: float | None
    free: tuple[tuple[int, int], ...]
    stops: tuple[Stop, ...]

    @property
    def minutes(self) -> int:
        """Length of all visits of the day that the helper makes, or may still make."""
        mine = (stop for stop in self.stops if stop.state not in NOT_MADE)
        return sum(int((stop.ends_at - stop.starts_at).total_seconds()) // 60 for stop in mine)

    @property
    def open(self) -> bool:
        """Is there something that could be accepted?"""
        return bool(self.acceptable)

    @property
    def acceptable(self) -> tuple[str, ...]:
        """What could be accepted, as the page shows it: only that is, even if more has come by then."""
        return tuple(told(stop.visit_id, stop.mark) for stop in self.stops if stop.state in {"planned", "refused"})


@dataclass(frozen=True, slots=True)
class Left:
    """A visit nobody has, and why.  `promised`: the helper it still stands with, who cannot come.

    `together`: one of several visits at once, which begin together.
    """

    visit_id: int
    recipient: str
    service_code: str
    service: str
    territory_code: str
    place: str
    earliest_start: datetime
    latest_start: datetime
    minutes: int
    urgent: bool
    reason: Unserved
    lat: float | None
    lon: float | None
    promised: bool
    together: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A visit that a partner organisation gives: no helper is looked for."""

    visit_id: int
    recipient: str
    service_code: str
    service: str
    territory_code: str
    starts_at: datetime
    minutes: int
    urgent: bool
    partner_id: int
    partner: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day of a plan: how many of its visits have a helper, and how many there are."""

    day: date
    served: int
    visits: int


@dataclass(frozen=True, slots=True)
class Board:
    """One day of a plan."""

    plan: PlanLine
    days: Sequence[DayCount]  # none where the plan is of one day
    day: date
    lanes: Sequence[Lane]
    lanes_in_all: int
    idle: Sequence[Lane]  # others who are free that day, the first by name
    idle_goes_on: bool  # are there more?
    left: Sequence[Left]
    left_in_all: int
    settled: Sequence[Left]  # left over when the plan was made; cancelled, or arranged otherwise since
    settled_in_all: int
    given: Sequence[Given]
    served: int  # after changes by hand, of the whole plan
    unserved: int
    moved: int
    open: int  # planned, and nobody was asked yet
    open_here: int  # of those in the chosen place
    asking: int  # accepted, the offer is on its way
    streets: dict[str, str]  # in a street its communities
    services: dict[str, str]
