"""When a notice that could not be sent is tried again, and who is written to on paper."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Language = Literal["", "zh", "en"]
ATTEMPTS = 6
CLAIM = timedelta(minutes=10)  # a sender that died gives its notices back after this long
_WAITS = (1, 5, 15, 60, 240)


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts that failed; None after the sixth: it has failed for good."""
    return timedelta(minutes=_WAITS[attempts - 1]) if attempts < ATTEMPTS else None


class LetterWay(enum.StrEnum):
    """How somebody wants to be told."""

    LETTER = "letter"  # everything on paper, whatever else there is
    EMAIL = "email"  # as usual, should the address be taken away
    MESSAGE = "message"  # only on their own page
    NEVER = "never"  # no paper


class LetterState(enum.StrEnum):
    """Where a letter is."""

    WAITING = "waiting"  # in the print queue
    PRINTED = "printed"
    POSTED = "posted"
    DROPPED = "dropped"  # somebody said why it is not sent


def on_paper(wish: LetterWay | None, *, reachable: bool) -> bool:
    """Does a notice go out as a letter?  By wish, or because there is neither phone nor e-mail (`reachable`)."""
    return wish is LetterWay.LETTER or (wish in (None, LetterWay.EMAIL) and not reachable)


def channel(wish: LetterWay | None, *, reachable: bool, by_mail: bool, in_time: bool) -> str:
    """The way out: "letter", "email" or "console" (the person's own page).

    `by_mail`: there is an address and a mail server; `in_time`: a letter would not come too late.
    """
    if in_time and on_paper(wish, reachable=reachable):
        return "letter"
    return "email" if by_mail and wish is not LetterWay.MESSAGE else "console"


@dataclass(frozen=True, slots=True)
class Window:
    """Where the address stands on the sheet, so that it shows in the window of the envelope.  Millimetres."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class WishForLetters:
    """How a person wants to be told; `way` None: letters only without phone and e-mail.

    `reads`: the language, "" as it is; `copies`: do chosen agents get copies, None as it is.
    """

    person_id: int
    way: LetterWay | None
    large: bool = False
    reads: Language = ""
    copies: bool | None = None
