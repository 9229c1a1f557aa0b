"""Categories of low-income people (domain.md B6) as a person holds them from a day until a day."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class Category(enum.StrEnum):
    DIBAO = "dibao"
    TEKUN = "tekun"
    NEAR_DIBAO = "near_dibao"
    RIGID_EXPENDITURE = "rigid_expenditure"
    RETURN_MONITOR = "return_monitor"
    DISABLED = "disabled"  # holds a disability certificate
    OTHER = "other"


EXCLUSIVE = frozenset({Category.DIBAO, Category.TEKUN, Category.NEAR_DIBAO, Category.RIGID_EXPENDITURE})


@dataclass(frozen=True, slots=True)
class Held:
    category: Category
    starts_on: date
    ends_on: date | None  # last day

    def on(self, day: date) -> bool:
        """Does it hold on the day?  First and last day count (以内 includes, domain.md L8)."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def overlap(one: Held, other: Held) -> bool:
    """Do two periods share a day?"""
    return one.starts_on <= (other.ends_on or date.max) and other.starts_on <= (one.ends_on or date.max)


def refuse_status(new: Held, held: list[Held]) -> str | None:
    """The same category twice, or two of the income categories at once, cannot hold on one day."""
    if new.ends_on and new.ends_on < new.starts_on:
        return "status_ends_before_start"
    for old in held:
        both_income = new.category in EXCLUSIVE and old.category in EXCLUSIVE
        if overlap(new, old) and (old.category is new.category or both_income):
            return "status_overlaps"
    return None
