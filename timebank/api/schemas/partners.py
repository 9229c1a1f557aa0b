"""Partner organisations that give care.  Amounts are minutes."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime, Field

from timebank.api.schemas.base import Answer, Body, Id, body_of
from timebank.api.schemas.lists import VisitLine
from timebank.exchange.rules import partners as rules

PartnerFacts = body_of(
    rules.PartnerFacts,
    name_zh=Field(min_length=1, max_length=80),
    name_en=Field(min_length=1, max_length=80),
    registered_no=Field(pattern="^[0-9A-Za-z]{5,32}$"),
    contact=Field(min_length=1, max_length=80),
    phone=Field(min_length=1, max_length=32),
    territory_code=Field(max_length=15),
    services=Field(min_length=1, max_length=100),
)
SettleMonth = body_of(
    rules.Invoice,
    name="SettleMonth",
    month=Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$"),
    invoice_no=Field(min_length=1, max_length=64),
    reason=Field(max_length=200),
)


class LastDay(Body):
    """The partner's last day."""

    until_day: date


class GivenTo(Body):
    """The partner who gives the visit."""

    partner_id: Id


class TakenBack(Body):
    """Why the visit is taken back, and who at the partner knows."""

    reason: str = Field(min_length=1, max_length=200)
    told: str = Field(min_length=1, max_length=80)


class CancelledTold(Body):
    """Of which cancelled visits the partner knows now, and who there."""

    visit_ids: tuple[Id, ...] = Field(min_length=1, max_length=200)
    told: str = Field(min_length=1, max_length=80)


class PartnerSheet(Body):
    """What the partner's signed sheet says."""

    began: AwareDatetime
    minutes: int = Field(ge=1, le=1440)
    signed_by: str = Field(min_length=1, max_length=80)

    def command(self) -> rules.GivenCare:
        """For the service."""
        return rules.GivenCare(self.began, self.minutes, self.signed_by)


class PartnerQuery(Body):
    """`month`: "2026-11" of the statement; this month when left out."""

    month: str = Field(default="", pattern=r"^(20\d{2}-(0[1-9]|1[0-2]))?$")


class Partner(Answer):
    """A partner; `services` are codes of kinds of help."""

    id: int
    name: str
    registered_no: str
    contact: str
    phone: str
    territory_code: str
    services: list[str]
    from_day: date
    until_day: date | None
    ended: bool


class Partners(Answer):
    """Partners of one's area."""

    items: list[Partner]


class PartnerLine(Answer):
    """A line of the partner's account."""

    seq: int
    amount: int
    balance: int
    purpose: str
    memo: str
    event_at: datetime
    created_at: datetime


class Settlement(Answer):
    """A settlement: waiting for a second person, done or declined."""

    id: int
    month: str
    minutes: int
    invoice_no: str
    reason: str
    state: str
    asked_name: str
    decided_name: str
    answer: str


class PartnerTold(Answer):
    """A visit moved (`begins`: its new start), cancelled or taken back, and who at the partner knows."""

    at: datetime
    visit_id: int
    was: datetime
    begins: datetime | None
    told: str
    reason: str
    cancelled: bool


class PartnerCall(Answer):
    """A partner to be called, and the cancelled visits it does not know of."""

    partner: Partner
    visits: list[VisitLine]


class PartnerCalls(Answer):
    """Partners to be called, the one with the earliest visit first."""

    items: list[PartnerCall]


class PartnerWithStatement(Answer):
    """A partner, its account in a month, the visits with it (numbers), what it was told of them, its settlements."""

    info: Partner
    balance_minutes: int
    month: str
    statement: list[PartnerLine]
    visit_ids: list[int]
    told: list[PartnerTold]
    settlements: list[Settlement]
