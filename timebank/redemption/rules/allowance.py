"""How much a member may redeem today, by kind, and why (domain.md F4, F5, C4 "Time bank")."""

from __future__ import annotations

import calendar
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


class Kind(enum.StrEnum):
    """What hours are redeemed for (T6: services, goods of the charity shop, cash)."""

    SERVICE = "service"
    GOODS = "goods"
    CASH = "cash"


@dataclass(frozen=True, slots=True)
class RedeemRules:
    """The scheme's parameters on a day; minutes, years, day of the month.  ``shares`` in per cent, or none."""

    threshold_minutes: int = 0
    shares: Mapping[str, int] | None = None
    min_age: int = 0
    exchange_day: int | None = None
    second_clerk_minutes: int | None = None
    cash_enabled: bool = False
    hold_hours: int = 24  # how long a basket waits for the second clerk
    return_days: int = 7
    companion_second_minutes: int | None = None  # from so much on where somebody came for the member
    same_again_minutes: int | None = None  # so long the same basket again is taken for a mistake


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands: minutes available now, held, earned in a lifetime, and used so far by kind."""

    available_minutes: int
    earned_minutes: int
    held_minutes: int = 0
    used_minutes: Mapping[str, int] = field(default_factory=dict)
    age: int | None = None
    deceased_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule by name and the facts that fill its sentence (texts.py)."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many minutes of a kind today, because of this rule."""

    kind: Kind
    minutes: int
    reason: Reason


def allowance(kind: Kind, rules: RedeemRules, standing: Standing, today: date) -> Allowance:
    """The minutes a member may redeem for a kind today; the reason names the tightest rule (F4)."""
    barrier = _barrier(kind, rules, standing, today)
    if barrier is not None:
        return Allowance(kind, 0, barrier)
    share = _share(kind, rules, standing)
    if share is not None and share.minutes < standing.available_minutes:
        return share
    facts = {"available_minutes": standing.available_minutes}
    code = "all_available" if standing.available_minutes else "nothing_available"
    return Allowance(kind, max(0, standing.available_minutes), Reason(code, facts))


def allowances(rules: RedeemRules, standing: Standing, today: date) -> tuple[Allowance, ...]:
    """The allowance for care and for goods, and for cash where a scheme has switched it on (L3 forbids it else)."""
    kinds = [Kind.SERVICE, Kind.GOODS] + ([Kind.CASH] if rules.cash_enabled else [])
    return tuple(allowance(kind, rules, standing, today) for kind in kinds)


def broken(kind: Kind, rules: RedeemRules, standing: Standing, needed_minutes: int, today: date) -> Reason | None:
    """The rule that ``needed_minutes`` would break, or nothing."""
    allowed = allowance(kind, rules, standing, today)
    if needed_minutes <= allowed.minutes:
        return None
    if allowed.reason.code in {"all_available", "nothing_available"}:
        facts = {"available_minutes": standing.available_minutes, "needed_minutes": needed_minutes}
        return Reason("insufficient_time", facts)
    if allowed.minutes == 0:
        return allowed.reason
    return Reason("over_share", {**allowed.reason.facts, "needed_minutes": needed_minutes})


def needs_second_clerk(rules: RedeemRules, total_minutes: int, *, companion: bool = False) -> bool:
    """More than the limit is confirmed by another clerk (domain.md C3.4); for a companion the limit may be lower."""
    limits = [rules.second_clerk_minutes, rules.companion_second_minutes if companion else None]
    return any(limit is not None and total_minutes > limit for limit in limits)


def split_over(accounts: Sequence[tuple[int, int]], minutes: int) -> list[tuple[int, int]]:
    """Draws minutes from (account, available) in the order given; a merged person has more than one account.

    What cannot be covered is put on the first account, so that the ledger refuses it and names both figures.
    """
    parts: dict[int, int] = {}
    left = minutes
    for account, available in accounts:
        taken = min(left, max(0, available))
        if taken:
            parts[account] = taken
            left -= taken
    if left and accounts:
        first = accounts[0][0]
        parts[first] = parts.get(first, 0) + left
    return list(parts.items())


def next_exchange_day(today: date, day_of_month: int) -> date:
    """The next day on which goods are handed out; the 31st means the last day of a shorter month."""
    this_month = _on(today.year, today.month, day_of_month)
    if this_month >= today:
        return this_month
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    return _on(year, month, day_of_month)


def _on(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _barrier(kind: Kind, rules: RedeemRules, standing: Standing, today: date) -> Reason | None:
    if standing.deceased_on is not None:
        return Reason("deceased", {"died_on": standing.deceased_on})
    if kind is Kind.CASH and not rules.cash_enabled:
        return Reason("cash_disabled")
    return _not_yet(rules, standing) or _wrong_day(kind, rules, today)


def _not_yet(rules: RedeemRules, standing: Standing) -> Reason | None:
    """Too few hours earned, or too young."""
    if standing.earned_minutes < rules.threshold_minutes:
        missing = rules.threshold_minutes - standing.earned_minutes
        return Reason(
            "below_threshold",
            {
                "earned_minutes": standing.earned_minutes,
                "threshold_minutes": rules.threshold_minutes,
                "missing_minutes": missing,
            },
        )
    if rules.min_age and standing.age is None:
        return Reason("age_unknown", {"min_age": rules.min_age})
    if rules.min_age and standing.age is not None and standing.age < rules.min_age:
        return Reason("too_young", {"min_age": rules.min_age, "age": standing.age})
    return None


def closed_until(rules: RedeemRules, today: date) -> date | None:
    """The next day on which goods are handed out, when today is none (tb.goods_exchange_day)."""
    next_day = today if rules.exchange_day is None else next_exchange_day(today, rules.exchange_day)
    return None if next_day == today else next_day


def _wrong_day(kind: Kind, rules: RedeemRules, today: date) -> Reason | None:
    next_day = closed_until(rules, today) if kind is Kind.GOODS else None
    return None if next_day is None else Reason("not_exchange_day", {"next_day": next_day})


def _share(kind: Kind, rules: RedeemRules, standing: Standing) -> Allowance | None:
    if not rules.shares:
        return None
    percent = int(rules.shares.get(kind, 0))
    limit = standing.earned_minutes * percent // 100
    used = int(standing.used_minutes.get(kind, 0))
    left = max(0, limit - used)
    facts = {
        "percent": percent,
        "earned_minutes": standing.earned_minutes,
        "limit_minutes": limit,
        "used_minutes": used,
        "left_minutes": left,
    }
    return Allowance(kind, left, Reason("share" if left else "share_used", facts))
