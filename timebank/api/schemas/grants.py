"""Hours for key elders, donations, and the community pot.  Amounts are minutes."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, Id, PageQuery, body_of
from timebank.exchange.rules.grants import Basis, GrantState
from timebank.exchange.service.grants import Donation

DonationBody = body_of(Donation, name="Donation", minutes=Field(ge=1, le=2**31 - 1), note=Field(max_length=200))


class GrantLine(Answer):
    """A grant of a month: given, left on the account, gone back."""

    id: int
    person_id: int
    name: str
    territory_code: str
    month: str
    minutes: int
    basis: Basis
    state: GrantState
    left: int
    returned_minutes: int | None
    ended_at: datetime | None


class GrantSums(Answer):
    """Sums over the grants of the month in the territories one may read."""

    elders: int
    minutes: int
    returned_minutes: int


class GrantsPage(Answer):
    """The grants of a month."""

    month: str
    sums: GrantSums
    items: list[GrantLine]
    next: str | None = None


class GrantsQuery(PageQuery):
    """`month`: "2026-11"; this month when left out."""

    month: str = Field(default="", pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")


class FundLine(Answer):
    """The fund of a city: what it has given out and not got back, and what waits on accounts of grants."""

    scheme_id: int
    scheme: str
    owed_minutes: int
    on_grant_accounts: int


class Funds(Answer):
    """Funds."""

    items: list[FundLine]


class KeyElderLine(Answer):
    """Somebody on the list of key elders."""

    id: int
    person_id: int
    name: str
    territory_code: str
    reason: str
    listed_on: date


class KeyElders(Answer):
    """The list of key elders."""

    items: list[KeyElderLine]


class NewKeyElder(Body):
    """Who is put on the list, and why."""

    person_id: Id
    reason: str = Field(min_length=1, max_length=200)


class GrantRun(Answer):
    """What a run did."""

    given: int
    minutes: int
    ended: int
    returned_minutes: int


class PotLine(Answer):
    """The community pot of a scheme."""

    scheme_id: int
    scheme: str
    posted: int
    available: int


class Pots(Answer):
    """Community pots."""

    items: list[PotLine]
