"""Partner organisations: what they are, which visits they may be given, what is settled with them."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from timebank.core.errors import Refused


class SettlementState(enum.StrEnum):
    """Where a settlement stands."""

    WAITING = "waiting"  # for a second person
    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """A partner as somebody writes it down; `until_day` is the last day, None: not known yet."""

    name_zh: str
    name_en: str
    registered_no: str
    contact: str
    phone: str
    territory_code: str
    services: tuple[str, ...]
    from_day: date
    until_day: date | None = None


@dataclass(frozen=True, slots=True)
class GivenCare:
    """What the partner's sheet says: when it began (UTC), minutes worked, who signed for the recipient."""

    began: datetime
    minutes: int
    signed_by: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """What is to be settled: the closed month ("2026-11"), the number of the partner's invoice, a reason."""

    month: str
    invoice_no: str
    reason: str = ""


def check(facts: PartnerFacts) -> None:
    """Raises `Refused`: partner_services_missing, partner_until_before_from."""
    if not facts.services:
        raise Refused("partner_services_missing", field="services")
    if facts.until_day is not None and facts.until_day < facts.from_day:
        raise Refused("partner_until_before_from", field="until_day")


def works(territory_code: str, days: tuple[date, date | None], services: Collection[str], visit: Wanted) -> bool:
    """May a partner of that place, those days (first, last) and kinds of help be given the visit?"""
    first, last = days
    in_time = first <= visit.day and (last is None or visit.day <= last)
    return in_time and visit.territory_code.startswith(territory_code) and visit.service_code in services


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visit needs: where, which help, on which civil day."""

    territory_code: str
    service_code: str
    day: date


def due(earned: int, settled: int, available: int) -> int:
    """Minutes to be settled: earned until the end of the month, less what was settled before, never below zero.

    What was taken back after the month (a dispute) is no longer there: never more than is available now.
    """
    return max(0, min(earned - settled, available))


def needs_second(minutes: int, limit: int | None) -> bool:
    """Must a second person agree?  Above tb.second_clerk_minutes, as at the desk; None: never."""
    return limit is not None and minutes > limit
