"""Requests and visits as they are read: for staff with names, for the two sides with what each may know."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from timebank.api.schemas.base import Answer, PageQuery
from timebank.exchange.rules.requests import Funding, OfferState
from timebank.exchange.rules.visits import VisitState


class RequestLine(Answer):
    """A request; `state` of the whole order, counts of its visits, minutes of one visit, minutes of the day."""

    id: int
    state: str
    recipient_id: int
    recipient: str
    service_code: str
    service: str
    funding: Funding
    minutes: int
    helpers_needed: int
    first_day: date
    last_day: date | None
    weekdays: str
    earliest_minute: int
    latest_minute: int
    urgent: bool
    territory_code: str
    place: str
    created_at: datetime
    searching: int
    planned: int


class RequestsPage(Answer):
    """Requests, newest first."""

    items: list[RequestLine]
    next: str | None = None


class RequestsQuery(PageQuery):
    """`state`: of the request, "searching" (visits without a helper), "all", or "" (everything open)."""

    text: str = Field(default="", max_length=64)
    state: str = Field(default="", max_length=16)
    service: str = Field(default="", max_length=32)
    territory: str = Field(default="", max_length=15)
    urgent: bool = False
    day: date | None = None


class VisitLine(Answer):
    """A visit with names, for staff; `helpers` go there together, `together` names the others who said yes."""

    id: int
    request_id: int | None
    state: VisitState
    service_code: str
    service: str
    starts_at: datetime
    ends_at: datetime | None
    earliest_start: datetime
    latest_start: datetime
    minutes_planned: int
    minutes_actual: int | None
    minutes_credited: int | None
    recipient_id: int
    recipient: str
    volunteer_id: int | None
    volunteer: str
    territory_code: str
    place: str
    source: str
    funding: Funding
    helpers: int
    together: list[str]


class VisitsPage(Answer):
    """Visits by time."""

    items: list[VisitLine]
    next: str | None = None


class VisitsQuery(PageQuery):
    """`day`: from this day on, or with `only_day` this day alone."""

    state: VisitState | None = None
    service: str = Field(default="", max_length=32)
    territory: str = Field(default="", max_length=15)
    text: str = Field(default="", max_length=64)
    day: date | None = None
    only_day: bool = False


class AgreedAtDesk(Answer):
    """How the member agreed at a desk: `how` "pad" or "companion", who signed or came; `signature` as SVG path data."""

    at: datetime
    how: str
    name: str
    says: str
    signature: str


class RequestFile(Answer):
    """A request with its visits; `agreed`: what the desk keeps, for those who may read receipts."""

    line: RequestLine
    address: str
    helper_sex: str | None
    language: str | None
    note: str
    reason: str
    entered_by: str
    decided_at: datetime | None
    made_until: date | None
    agreed: AgreedAtDesk | None
    visits: list[VisitLine]


class HistoryLine(Answer):
    """A change of a visit.  `channel`: telephone, paper, or "" for the pages of the two themselves."""

    at: datetime
    who: str
    from_state: VisitState | None
    to_state: VisitState
    reason: str
    channel: str


class OfferLine(Answer):
    """Somebody who was asked."""

    id: int
    visit_id: int
    volunteer_id: int
    volunteer: str
    starts_at: datetime
    series: bool
    state: OfferState
    expires_at: datetime
    offered_at: datetime
    answer_note: str


class VisitFile(Answer):
    """A visit with everything a coordinator sees."""

    line: VisitLine
    address: str
    held_minutes: int
    check_in_at: datetime | None
    check_in_how: str
    check_out_at: datetime | None
    break_minutes: int
    credit_explained: dict[str, Any]
    confirmed_how: str
    confirmed_at: datetime | None
    rating: int | None
    rating_note: str
    dispute_reason: str
    note: str
    history: list[HistoryLine]
    offers: list[OfferLine]


class OwnVisit(Answer):
    """A visit seen from one side (`part`: helper or recipient), with what that side may know of the other."""

    id: int
    request_id: int | None
    part: str
    state: VisitState
    service: str
    starts_at: datetime
    ends_at: datetime | None
    minutes_planned: int
    minutes_actual: int | None
    minutes_credited: int | None
    other: str
    for_name: str
    address: str
    door_note: str
    safety_note: str
    check_in_at: datetime | None
    check_out_at: datetime | None
    credit_explained: dict[str, Any]
    rating: int | None
    wish: str
    confirmed_at: datetime | None
    helpers: int
    together: list[str]


class OwnOffer(Answer):
    """A question put to a helper."""

    id: int
    visit_id: int
    state: OfferState
    service: str
    other: str
    address: str
    starts_at: datetime
    minutes: int
    series: bool
    times: int
    expires_at: datetime
    wish: str
    helpers: int


class OwnDays(Answer):
    """One's visits: now or next, what is asked, what comes, what waits for a word, what was."""

    now: OwnVisit | None
    coming: list[OwnVisit]
    unconfirmed: list[OwnVisit]
    past: list[OwnVisit]
    offers: list[OwnOffer]
