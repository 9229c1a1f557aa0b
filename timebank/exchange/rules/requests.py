"""What may be asked for, who pays, and how an offer is answered (domain.md C3.2, F3)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from timebank.core.errors import Refused
from timebank.exchange.rules.recurrence import Pattern, weekdays_of


class RequestState(enum.StrEnum):
    """The order as a whole; each visit of it has its own state (domain.md C3.2)."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    PUBLISHED = "published"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CLOSED = "closed"


class Funding(enum.StrEnum):
    """Whose hours pay (domain.md F3)."""

    OWN = "own"
    GRANT = "grant"
    POT = "pot"
    ISSUED = "issued"  # free community event


class OfferState(enum.StrEnum):
    """The life of an offer."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


MOST_AT_ONCE = 3
MEMBERS_FUNDING = frozenset({Funding.OWN, Funding.GRANT})  # what a recipient may choose alone


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as typed; minutes of the day or of one visit.  `weekdays`: "" once, "1" Tuesdays, "135" three days.

    `earliest_minute`, `latest_minute`: the visit may *start* at any time between.  An empty address: the recipient's.
    `helpers_needed`: one to three who come together; each makes a visit of the same length, and each is paid.
    """

    recipient_id: int
    service_code: str
    first_day: date
    earliest_minute: int
    latest_minute: int
    minutes: int
    weekdays: str = ""
    last_day: date | None = None
    funding: str = Funding.OWN.value
    helper_sex: str | None = None
    language: str | None = None
    urgent: bool = False
    note: str = ""
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    helpers_needed: int = 1

    @property
    def days(self) -> str:
        """The weekdays as they are kept: each once, in order."""
        return "".join(sorted(set(self.weekdays)))


def check(wanted: NewRequest, *, today: date, longest: int, shortest: int) -> None:
    """Refuses what cannot be: days gone by, an end before the start, a length out of bounds (minutes).

    Raises `Refused` beside the field: day_past, day_too_far, last_before_first, no_such_weekday, window_backwards,
    window_outside_day, too_short_visit, too_long_visit, too_many_helpers, unknown_funding.
    """
    if wanted.first_day < today:
        raise Refused("day_past", field="first_day", day=wanted.first_day)
    if wanted.first_day > today + timedelta(days=366):
        raise Refused("day_too_far", field="first_day")
    _check_series(wanted)
    _check_window(wanted)
    if wanted.minutes < shortest:
        raise Refused("too_short_visit", field="minutes", shortest_minutes=shortest)
    if wanted.minutes > longest:
        raise Refused("too_long_visit", field="minutes", longest_minutes=longest)
    if not 1 <= wanted.helpers_needed <= MOST_AT_ONCE:
        raise Refused("too_many_helpers", field="helpers_needed", most=MOST_AT_ONCE)
    if wanted.funding not in {kind.value for kind in Funding}:
        raise Refused("unknown_funding", field="funding")


def _check_series(wanted: NewRequest) -> None:
    if wanted.last_day is not None and wanted.last_day < wanted.first_day:
        raise Refused("last_before_first", field="last_day")
    if set(wanted.weekdays) - set("0123456"):
        raise Refused("no_such_weekday", field="weekdays")


def _check_window(wanted: NewRequest) -> None:
    if wanted.latest_minute < wanted.earliest_minute:
        raise Refused("window_backwards", field="latest_minute")
    if wanted.earliest_minute < 0 or wanted.latest_minute + wanted.minutes > 1440:
        raise Refused("window_outside_day", field="latest_minute")


def pattern(request: NewRequest) -> Pattern:
    """The days and windows a typed request asks for."""
    return Pattern(
        request.first_day,
        request.last_day,
        weekdays_of(request.weekdays),
        request.earliest_minute,
        request.latest_minute,
    )


def check_not_answered(state: OfferState) -> None:
    """Raises `Refused("offer_over")` for an offer that was answered, withdrawn or ran out."""
    if state is not OfferState.OFFERED:
        raise Refused("offer_over", state=state.value)
