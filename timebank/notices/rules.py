"""When a notice that could not be sent is tried again, and who is written to on paper."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta

ATTEMPTS = 6
CLAIM = timedelta(minutes=10)  # a sender that died gives its notices back after this long
_WAITS = (1, 5, 15, 60, 240)


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts that failed; None after the sixth: it has failed for good."""
    return timedelta(minutes=_WAITS[attempts - 1]) if attempts < ATTEMPTS else None


class LetterWay(enum.StrEnum):
    """What somebody said about letters."""

    LETTER = "letter"  # everything on paper, whatever else there is
    NEVER = "never"  # no paper


class LetterState(enum.StrEnum):
    """Where a letter is."""

    WAITING = "waiting"  # in the print queue
    PRINTED = "printed"
    POSTED = "posted"
    DROPPED = "dropped"  # somebody said why it is not sent


def on_paper(wish: LetterWay | None, *, reachable: bool) -> bool:
    """Does a notice go out as a letter?  By wish, or because there is neither phone nor e-mail (`reachable`)."""
    return wish is LetterWay.LETTER or (wish is None and not reachable)


@dataclass(frozen=True, slots=True)
class Window:
    """Where the address stands on the sheet, so that it shows in the window of the envelope.  Millimetres."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class WishForLetters:
    """How a person wants to be written to; `way` None: letters only without phone and e-mail."""

    person_id: int
    way: LetterWay | None
    large: bool = False
