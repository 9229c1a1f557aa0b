"""What a helper says on the telephone."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Said(enum.StrEnum):
    """The helper has come, or goes."""

    ARRIVED = "arrived"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class Told:
    """Whose line it is, the day's code of the visit, and when: `minute` of today, None for now."""

    recipient_id: int
    code: str
    said: Said = Said.ARRIVED
    minute: int | None = None
    break_minutes: int = 0
