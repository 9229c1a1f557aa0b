"""What the time banks of a city owe each other.  Amounts are minutes."""

from __future__ import annotations

from pydantic import Field

from timebank.api.schemas.base import Answer, Body


class NettingQuery(Body):
    """`month`: "2026-11"; the month before this one when left out."""

    month: str = Field(default="", pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")


class NettingLine(Answer):
    """Two time banks; `net_minutes`: what the debtor owes for the month."""

    month: str
    debtor: str
    creditor: str
    forward_minutes: int
    back_minutes: int
    net_minutes: int
    by_purpose: dict[str, int]


class StandingLine(Answer):
    """What a time bank is owed by all others (below zero: what it owes)."""

    scheme_id: int
    scheme: str
    minutes: int


class Netting(Answer):
    """A month, and where each time bank stands."""

    month: str
    items: list[NettingLine]
    standings: list[StandingLine]
