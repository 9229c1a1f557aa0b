"""Hours the government gives to key elders each month (domain.md B1, C3.5, C4 tb.key_elder_rule, F3)."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


class Basis(enum.StrEnum):
    """Why somebody is a key elder."""

    ALONE_80 = "alone_80"
    POOR_DISABLED_ALONE = "poor_disabled_alone"
    LISTED = "listed"  # put on the list by hand, with a reason


@dataclass(frozen=True, slots=True)
class ElderFacts:
    """What the rule looks at; None where it is not known.  `categories`: current statuses such as "dibao"."""

    age: int | None
    lives_alone: bool | None
    self_care: str | None  # able, partial, full_loss
    categories: Collection[str] = ()
    listed: bool = False


def key_elder(facts: ElderFacts, rule: Mapping[str, Any]) -> Basis | None:
    """Why this person is a key elder, or None.

    `rule` is the value of tb.key_elder_rule: alone_from_age (80), poor_from_age (60), poor_category ("dibao").
    Somebody put on the list by hand counts whatever the facts say.
    """
    if facts.listed:
        return Basis.LISTED
    if facts.age is None or not facts.lives_alone:
        return None
    if facts.age >= rule["alone_from_age"]:
        return Basis.ALONE_80
    poor = rule["poor_category"] in facts.categories
    disabled = facts.self_care in ("partial", "full_loss")
    if facts.age >= rule["poor_from_age"] and poor and disabled:
        return Basis.POOR_DISABLED_ALONE
    return None


class GrantState(enum.StrEnum):
    """C3.5: granted → partly_used → used / expired."""

    GRANTED = "granted"
    PARTLY_USED = "partly_used"
    USED = "used"
    EXPIRED = "expired"


def grant_state(granted: int, left: int, expired: int | None) -> GrantState:
    """The state of a month's grant; minutes.  `left`: posted on the account; `expired`: gone back, None before."""
    if expired is not None:
        return GrantState.EXPIRED if expired else GrantState.USED
    if left >= granted:
        return GrantState.GRANTED
    return GrantState.PARTLY_USED if left > 0 else GrantState.USED


def to_give_back(available: int, cumulative: bool) -> int:
    """Minutes that return to the fund at the month's end: what is neither used nor on hold, unless it is kept."""
    return 0 if cumulative else max(0, available)


def month_of(day: date) -> str:
    """ "2026-11"."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(month: str) -> date:
    """The first day of "2026-11".  Raises `ValueError`."""
    year, number = month.split("-")
    return date(int(year), int(number), 1)


def month_before(month: str) -> str:
    """The month before "2026-01" is "2025-12"."""
    return month_of(first_day(month) - timedelta(days=1))
