"""Hours that pass on without a visit: gifts to relatives, hours from the pot, what lies above the cap (C3.5, F2)."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass


class GiftState(enum.StrEnum):
    """C3.5: requested → relation checked → posted."""

    REQUESTED = "requested"
    POSTED = "posted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # nobody looked at the proof in time; the hours are free again


class Proof(enum.StrEnum):
    """The paper that shows the relation."""

    HOUSEHOLD_BOOK = "household_book"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    BIRTH_CERTIFICATE = "birth_certificate"
    COMMUNITY_LETTER = "community_letter"
    OTHER = "other"


class Overflow(enum.StrEnum):
    """Where minutes above the storage cap go (domain.md F2)."""

    POT = "pot"
    HONOUR = "honour"


class Welcomed(enum.StrEnum):
    """Who gets hours to begin with (tb.welcome_for)."""

    VOLUNTEERS = "volunteers"
    RECIPIENTS = "recipients"


@dataclass(frozen=True, slots=True)
class GiftRules:
    """tb.relatives_allowed, tb.relative_min_age (years) and tb.storage_cap_minutes of the giver's time bank."""

    relations: Collection[str]
    min_age: int
    cap: int


def gift_refusal(relation: str, age: int | None, rules: GiftRules) -> str | None:
    """Why a relative may not receive hours: the code of the rule broken, or None (domain.md B1 Relatives).

    `relation`: what the receiver is to the giver.  Codes: gift_relation, gift_age_unknown, gift_too_young.
    """
    if relation not in rules.relations:
        return "gift_relation"
    if age is None and rules.min_age > 0:
        return "gift_age_unknown"
    return "gift_too_young" if age is not None and age < rules.min_age else None


def room(posted: int, cap: int) -> int:
    """Minutes that an account of `posted` may still receive below the cap (C8.5)."""
    return max(0, cap - posted)


def overflow_of(choice: Overflow | None, usual: str) -> Overflow:
    """What somebody chose for minutes above the cap; tb.overflow (`usual`) where they chose nothing."""
    return choice or Overflow(usual)


def waits_behind(is_key_elder: bool, priority: str, without_hours: int) -> bool:
    """Must somebody wait for the pot because key elders without hours come first (tb.donation_priority)?"""
    return priority == "key_elders" and not is_key_elder and without_hours > 0
