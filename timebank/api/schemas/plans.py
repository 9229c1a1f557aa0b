"""Plans of days: what is asked, what was found, what a change would break."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime, Field

from timebank.api.schemas.base import Answer, Body, Id, body_of
from timebank.matching.rules import plans as rules
from timebank.matching.service import accepting

NewPlan = body_of(
    rules.NewPlan,
    days=Field(ge=1, le=rules.LONGEST_DAYS),
    seconds=Field(ge=1, le=rules.SECONDS[-1]),
    seed=Field(ge=0, le=2**31 - 1),
    territory_code=Field(max_length=15),
)
AcceptPlan = body_of(
    accepting.Accept, name="AcceptPlan", territory_code=Field(max_length=15), seen=Field(max_length=1000)
)


class Replan(Body):
    """Plan again: who cannot come, and whether visits already promised may be moved."""

    without: list[Id] = Field(default=[], max_length=500)
    may_move: bool = False
    seconds: int = Field(default=5, ge=1, le=rules.SECONDS[-1])

    def command(self) -> rules.Replan:
        """For the service."""
        return rules.Replan(tuple(self.without), self.may_move, self.seconds)


class Seen(Body):
    """`seen`: the `mark` of the visit when it was looked at, or "nobody"; refused where it stands otherwise by now."""

    seen: str = Field(default="", max_length=32)


class Assigned(Seen):
    """Who goes, and when; without a start the best one.  `seen`: the visit's `mark`, or "nobody" where left over."""

    volunteer_id: Id
    starts_at: AwareDatetime | None = None


class Pinned(Seen):
    """Whether planning again must keep the visit.  `seen`: the visit's `mark`."""

    pinned: bool


class SwappedWith(Body):
    """The visit whose helper comes instead."""

    other_id: Id


class Swapped(SwappedWith, Seen):
    """The visit whose helper comes instead.  `seen`, `other_seen`: the marks of both visits."""

    other_seen: str = Field(default="", max_length=32)


class PairQuery(Body):
    """A helper, and a start that must be kept."""

    volunteer_id: Id
    starts_at: AwareDatetime | None = None


class BoardQuery(Body):
    """Which day of the plan, place and kind of help; 40 helpers a page after `offset`."""

    day: date | None = None
    territory: str = Field(default="", max_length=15)
    service: str = Field(default="", max_length=32)
    urgent: bool = False
    offset: int = Field(default=0, ge=0, le=1_000_000)


class Recruits(Answer):
    """So many more helpers of a kind in a place would serve so many of those left over."""

    service: str
    place: str
    waiting: int
    served: int
    helpers: int


class PlanLine(Answer):
    """A plan: how far it is and how good.  `gap`: how far at most a better plan lies above, in thousandths."""

    id: int
    territory_code: str
    first_day: date
    last_day: date
    state: rules.PlanState
    seconds: int
    based_on_id: int | None
    without: list[int]
    may_move: bool
    stop_asked: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    waiting: int
    helpers: int
    served: int
    moved: int
    travel_seconds: int
    objective: int
    upper_bound: int | None
    gap: int | None
    error: str
    recruiting: list[Recruits]


class PlansPage(Answer):
    """Plans, newest first."""

    items: list[PlanLine]
    next: str | None = None


class PlannedStop(Answer):
    """A visit of a helper: proposed by the plan (and what became of its offer), or promised before.

    `mark`: who goes when; a change that sends it as `seen` is refused when somebody else was quicker.
    `together`: who else goes there with this helper.
    """

    kind: str
    visit_id: int
    service_code: str
    recipient: str
    territory_code: str
    starts_at: datetime
    ends_at: datetime
    urgent: bool
    state: str
    pinned: bool
    by_hand: bool
    moves: bool
    mark: str
    together: list[str]


class Lane(Answer):
    """A helper's day; free stretches in minutes from midnight."""

    person_id: int
    name: str
    free: list[tuple[int, int]]
    stops: list[PlannedStop]


class LeftOver(Answer):
    """A visit nobody has, and why."""

    visit_id: int
    recipient: str
    service_code: str
    territory_code: str
    earliest_start: datetime
    latest_start: datetime
    minutes: int
    urgent: bool
    reason: rules.Unserved


class GivenByPartner(Answer):
    """A visit that a partner organisation gives: no helper is looked for."""

    visit_id: int
    recipient: str
    service_code: str
    territory_code: str
    starts_at: datetime
    minutes: int
    urgent: bool
    partner_id: int
    partner: str


class DayCount(Answer):
    """A day of a plan: how many of its visits have a helper, and how many there are."""

    day: date
    served: int
    visits: int


class PlanBoard(Answer):
    """One day of a plan as it stands now.  `open`: nobody was asked yet; `asking`: offers on their way.

    `days`: of a plan of several days; `settled`: left over when the plan was made, but settled since; `idle`: others
    who are free that day, the first by name (`idle_goes_on`: of more); `open_here`: of those `open` in the place asked
    for.
    """

    days: list[DayCount]
    day: date
    lanes: list[Lane]
    lanes_in_all: int
    idle: list[Lane]
    idle_goes_on: bool
    left: list[LeftOver]
    left_in_all: int
    settled: list[LeftOver]
    settled_in_all: int
    given: list[GivenByPartner]
    served: int
    unserved: int
    moved: int
    open: int
    open_here: int
    asking: int


class PairAnswer(Answer):
    """May this helper do this visit?  `rules` are the hard rules it would break; `words` say so, or why it fits."""

    visit_id: int
    person_id: int
    name: str
    possible: bool
    starts_at: datetime | None
    rules: list[str]
    words: list[str]


class PlanChoices(Answer):
    """Everybody near a visit of a plan: who could go beside the rest of it, the best first, and who could not."""

    possible: list[PairAnswer]
    impossible: list[PairAnswer]


class SwapAnswer(Answer):
    """Both sides of a swap."""

    items: list[PairAnswer]
