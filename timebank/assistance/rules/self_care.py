"""Six things a person does alone or not, and the level that follows (domain.md B6 and F15, source G29)."""

from __future__ import annotations

import enum
from collections.abc import Collection


class CareItem(enum.StrEnum):
    EAT = "eat"
    DRESS = "dress"
    BED = "bed"  # get in and out of bed
    TOILET = "toilet"
    WALK = "walk"  # indoors
    BATHE = "bathe"


class Level(enum.StrEnum):
    ABLE = "able"
    PARTIAL = "partial"
    FULL_LOSS = "full_loss"


PARTIAL_MAX_FAILED = 3  # selfcare.partial_max_failed, G29


def level(failed: Collection[CareItem], partial_max_failed: int = PARTIAL_MAX_FAILED) -> Level:
    """The level for the items that fail: none = able, up to three = partly lost, more = fully lost."""
    count = len(set(failed))
    if count == 0:
        return Level.ABLE
    return Level.PARTIAL if count <= partial_max_failed else Level.FULL_LOSS
