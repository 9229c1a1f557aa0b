"""Paying what a time bank owes another for a month: the steps, who may take them, when a payment is late."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from timebank.core.errors import Refused


class Way(enum.StrEnum):
    """How time banks pay each other (tb.netting_way)."""

    HOURS = "hours"  # from the fund of one to the fund of the other
    OUTSIDE = "outside"  # outside the time bank, under the number of a paper


class PaymentState(enum.StrEnum):
    """Waiting is paid or declined; paid is confirmed or objected to; an objection ends confirmed or undone."""

    WAITING = "waiting"  # for a second person of the side that owes
    DECLINED = "declined"
    PAID = "paid"  # waits for the word of the other side
    CONFIRMED = "confirmed"
    OBJECTED = "objected"
    UNDONE = "undone"


class StepKind(enum.StrEnum):
    """What somebody did with a payment."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    CONFIRMED = "confirmed"
    OBJECTED_BY_DEBTOR = "objected_by_debtor"
    OBJECTED_BY_CREDITOR = "objected_by_creditor"
    UNDONE = "undone"


LIVE = (PaymentState.WAITING, PaymentState.PAID, PaymentState.CONFIRMED, PaymentState.OBJECTED)
POSTED = (PaymentState.PAID, PaymentState.CONFIRMED, PaymentState.OBJECTED)
OBJECTIONS = (StepKind.OBJECTED_BY_DEBTOR, StepKind.OBJECTED_BY_CREDITOR)
PAYERS = (StepKind.ASKED, StepKind.AGREED)


@dataclass(frozen=True, slots=True)
class Step:
    """Who did what and when, and why where a reason belongs to it."""

    kind: StepKind
    account_id: int | None
    name: str
    at: datetime
    reason: str = ""


def may_agree(steps: Iterable[Step], account_id: int | None) -> bool:
    """Nobody agrees to a payment that they asked for."""
    return account_id is not None and all(one.account_id != account_id for one in steps if one.kind in PAYERS)


def may_confirm(steps: Iterable[Step], account_id: int | None) -> bool:
    """Nobody confirms for one side what they paid for the other."""
    return may_agree(steps, account_id)


def objection(steps: Iterable[Step]) -> Step | None:
    """The objection that stands last."""
    return next((one for one in reversed(list(steps)) if one.kind in OBJECTIONS), None)


def due_on(netted: date, days: int) -> date:
    """The last civil day to pay what was netted on a day."""
    return netted + timedelta(days=days)


def check_reference(way: Way, reference: str) -> str:
    """The number of the paper, cleaned; raises `Refused("netting_reference_missing")` where it is the only proof."""
    kept = reference.strip()[:64]
    if way is Way.OUTSIDE and not kept:
        raise Refused("netting_reference_missing", field="reference")
    return kept
