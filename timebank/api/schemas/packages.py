"""Care packages: the catalogue, buying, how far one is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, Id, body_of
from timebank.api.schemas.lists import AgreedAtDesk
from timebank.redemption.commands import BuyPackage as Command
from timebank.redemption.commands import Confirmation
from timebank.redemption.rules import packages as rules

NewPackage = body_of(
    rules.NewPackage,
    name_zh=Field(min_length=1, max_length=80),
    name_en=Field(min_length=1, max_length=80),
    service_code=Field(max_length=32),
    visits=Field(ge=1, le=1000),
    minutes=Field(ge=1, le=1440),
    territory_code=Field(max_length=15),
)


class BuyPackage(Body):
    """A package for a member, and how the member agreed.  `weekdays`: "02" for Mondays and Wednesdays.

    `again`: the same was entered for the member just now, and is meant once more.
    """

    person_id: Id
    desk_id: Id
    package_id: Id
    first_day: date
    weekdays: str = Field(pattern="^[0-6]{1,7}$")
    earliest_minute: int = Field(ge=0, le=1440)
    latest_minute: int = Field(ge=0, le=1440)
    note: str = Field(default="", max_length=200)
    how: Literal["pin", "pad", "signature", "companion"] = "pin"
    pin: str = Field(default="", max_length=12)
    signature: str = Field(default="", max_length=60_000)
    reason: str = Field(default="", max_length=200)
    companion: str = Field(default="", max_length=80)
    relation: str = Field(default="", max_length=16)
    consent: str = Field(default="", max_length=16)
    again: bool = False

    def command(self) -> Command:
        """For the service."""
        came = self.companion, self.relation, self.consent
        agreed = Confirmation(self.how, self.pin, self.reason, *came, self.signature)
        return Command(
            self.person_id,
            self.desk_id,
            self.package_id,
            self.first_day,
            self.weekdays,
            self.earliest_minute,
            self.latest_minute,
            agreed,
            self.note,
            self.again,
        )


class Package(Answer):
    """A package of the catalogue; minutes of one visit, and of all before rounding."""

    id: int
    name: str
    service_code: str
    visits: int
    minutes: int
    total_minutes: int
    territory_code: str
    active: bool


class Packages(Answer):
    """Packages of one's area."""

    items: list[Package]


class BoughtVisit(Answer):
    """A visit of a package: minutes on hold and paid."""

    id: int
    starts_at: datetime
    state: str
    held_minutes: int
    paid_minutes: int


class Purchase(Answer):
    """A package bought; `waiting`: not decided yet, the whole price is on hold."""

    id: int
    name: str
    person_id: int
    request_id: int
    total_minutes: int
    held_minutes: int
    paid_minutes: int
    free_minutes: int
    visits_bought: int
    done: int
    waiting: bool
    bought_at: datetime
    clerk_name: str
    confirmed_how: str
    agreed: AgreedAtDesk | None
    visits: list[BoughtVisit]


class Purchases(Answer):
    """What a member bought, the newest first."""

    items: list[Purchase]
