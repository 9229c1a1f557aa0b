"""Who may ask that two people do not meet again, and after what."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from timebank.core.errors import Refused
from timebank.exchange.rules.visits import WAITING, VisitState


class AskedBy(enum.StrEnum):
    """Whose wish it is."""

    HELPER = "helper"
    RECIPIENT = "recipient"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class KeepApart:
    """A coordinator keeps two people apart."""

    helper_id: int
    recipient_id: int
    reason: str


def check_after_visit(state: VisitState, helper_id: int | None) -> None:
    """ "Not this person again" is said of somebody one was to meet.  Raises `Refused("apart_too_early")`."""
    if helper_id is None or state in WAITING:
        raise Refused("apart_too_early")
