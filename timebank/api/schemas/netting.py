"""What the time banks of a city owe each other.  Amounts are minutes."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from timebank.api.schemas.base import Answer, Body


class NettingQuery(Body):
    """`month`: "2026-11"; the month before this one when left out."""

    month: str = Field(default="", pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")


class NettingPaper(Body):
    """The number of the paper; needed where time banks pay each other outside."""

    reference: str = Field(default="", max_length=64)


class NettingStepLine(Answer):
    """Who did what with a payment, when and why."""

    kind: str
    name: str
    at: datetime
    reason: str


class NettingPaymentLine(Answer):
    """A payment; `way`: hours or outside; `state`: waiting, declined, paid, confirmed, objected, undone."""

    id: int
    way: str
    minutes: int
    reference: str
    state: str
    steps: list[NettingStepLine]


class NettingLine(Answer):
    """Two time banks; `net_minutes`: what the debtor owes for the month; `payment`: the newest."""

    id: int
    month: str
    debtor_id: int
    debtor: str
    creditor_id: int
    creditor: str
    forward_minutes: int
    back_minutes: int
    net_minutes: int
    by_purpose: dict[str, int]
    due_on: date
    open_minutes: int
    overdue: bool
    payment: NettingPaymentLine | None


class StandingLine(Answer):
    """What a time bank is owed by all others (below zero: what it owes)."""

    scheme_id: int
    scheme: str
    minutes: int


class Netting(Answer):
    """A month, where each time bank stands, and `still_open`: of other months what is to be paid, agreed or confirmed.

    Of a payment that only waits for the other side's word `open_minutes` is 0.
    """

    month: str
    items: list[NettingLine]
    still_open: list[NettingLine]
    standings: list[StandingLine]


class NettedPairPage(Answer):
    """One month between two time banks; `may`: pay, agree, decline, confirm, object, undo."""

    line: NettingLine
    way: str
    payments: list[NettingPaymentLine]
    may: list[str]
