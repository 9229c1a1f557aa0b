"""Requests, offers, visits and hours."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from timebank.api.schemas.base import Answer, Body, Id, Reason, body_of
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.rules.requests import Funding, NewRequest

NewRequestBody = body_of(NewRequest, name="NewRequest")
LoggedVisitBody = body_of(LoggedVisit, name="LoggedVisit", without=("source",))


class Approval(Body):
    """`funding`: another payer than was asked for."""

    funding: Funding | None = None


class NewOffer(Body):
    """Who is asked for which visit, starting when; `series`: for every open visit of the request."""

    visit_id: Id
    volunteer_id: Id
    starts_at: AwareDatetime
    series: bool = False


class OfferAnswer(Body):
    """Yes or no."""

    accept: bool
    note: str = Field(default="", max_length=200)


class CheckIn(Body):
    """`code`: of the recipient's card; `at`: when, if a coordinator was told on the phone."""

    how: Literal["button", "code", "phone"] = "button"
    code: str | None = Field(default=None, max_length=40)
    at: AwareDatetime | None = None


class CheckOut(Body):
    """Minutes of break are not worked; `at`: when, if a coordinator was told on the phone."""

    break_minutes: int = Field(default=0, ge=0, le=1440)
    at: AwareDatetime | None = None
    note: str = Field(default="", max_length=1000)


class Confirmed(Body):
    """How the recipient said yes: `pin` and `signature` at the door, `portal` in their own account, `call` by phone."""

    how: Literal["pin", "signature", "portal", "call"]
    pin: str | None = Field(default=None, max_length=12)
    signature: str | None = Field(default=None, max_length=60_000)
    rating: int | None = Field(default=None, ge=1, le=5)
    note: str = Field(default="", max_length=300)


class Rating(Body):
    """Stars and words."""

    rating: int = Field(ge=1, le=5)
    note: str = Field(default="", max_length=300)


class Objection(Body):
    """What was otherwise; a coordinator calls both sides."""

    reason: str = Field(min_length=1, max_length=300)


class Settled(Body):
    """What the coordinator decides: minutes worked (0: it never was) and why."""

    minutes: int = Field(ge=0, le=1440)
    reason: str = Field(min_length=1, max_length=300)


class NoShow(Body):
    """Who was not there."""

    who: Literal["volunteer", "recipient"]
    note: str = Field(default="", max_length=300)


class Moved(Body):
    """The new start.  `told`: who at the partner organisation knows it, where one gives the visit."""

    starts_at: AwareDatetime
    reason: str = Field(default="", max_length=200)
    told: str = Field(default="", max_length=80)


class CalledOff(Reason):
    """`whole_occasion`: where several helpers come together, none of them shall come."""

    whole_occasion: bool = False


class Reviewed(Body):
    """The second reviewer's word on hours written down by hand."""

    approve: bool
    reason: str = Field(default="", max_length=300)
    funding: Funding | None = None


class DayQuery(Body):
    """Civil days, both included."""

    from_day: date | None = None
    to_day: date | None = None


class PayerLine(Answer):
    """Somebody whose hours may pay, with the minutes available (null: without limit)."""

    funding: Funding
    available: int | None


class Payers(Answer):
    """Whose hours may pay."""

    items: list[PayerLine]
