"""Letters on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, PageQuery, body_of
from timebank.notices.rules import LetterWay, WishForLetters

LetterWishBody = body_of(WishForLetters, name="LetterWish", without=("person_id",))


class LettersQuery(PageQuery):
    """`street`: only letters to people of this place."""

    street: str = Field(default="", max_length=15)


class PrintBody(Body):
    """The letters of a place (a division code), each as its reader wishes or all in large print."""

    street: str = Field(min_length=4, max_length=15)
    large: bool = False


class LetterReason(Body):
    """Why a letter is not sent, or a pile printed once more."""

    reason: str = Field(min_length=1, max_length=200)


class StreetQueue(Answer):
    """How many letters of a street, or of a narrower place to print for, wait; `without_address` cannot be printed."""

    code: str
    name: str
    letters: int
    without_address: int


class StreetQueues(Answer):
    """What waits, street by street."""

    items: list[StreetQueue]


class QueuedLetter(Answer):
    """A letter that waits; `about`: of whose message it is a copy."""

    id: int
    person_id: int
    addressee: str
    about: str
    subject: str
    place: str
    street: str
    queued_at: datetime
    has_address: bool


class QueuedLetters(Answer):
    """Letters, the oldest first."""

    items: list[QueuedLetter]
    next: str | None = None


class LetterRunLine(Answer):
    """A pile that was printed."""

    id: int
    street: str
    letters: int
    large: bool
    printed_at: datetime
    printer: str
    posted_at: datetime | None


class LetterRuns(Answer):
    """Piles, the newest first."""

    items: list[LetterRunLine]
    next: str | None = None


class WishChange(Answer):
    """Somebody said how a person is to be told; `own`: the person, or who acts for them."""

    at: datetime
    who: str
    own: bool
    way: LetterWay | None
    large: bool
    reads: str
    copies: bool | None


class PersonLetters(Answer):
    """How somebody is told; `way` null: a letter only where there is neither phone nor e-mail.

    `copies`: do the chosen agents get copies (guardians always do)?  `changes`: the newest first; the last one counts.
    """

    person_id: int
    name: str
    way: LetterWay | None
    large: bool
    reads: str
    reachable: bool
    has_email: bool
    by_letter: bool
    comes: Literal["letter", "email", "console"]
    guardians: list[str]
    agents: list[str]
    copies: bool
    changes: list[WishChange]
