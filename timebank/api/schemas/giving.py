"""Gifts to relatives, hours from the community pot, and what lies above the cap.  Amounts are minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, Body, PageQuery, body_of
from timebank.exchange.rules.giving import GiftState, Proof
from timebank.exchange.service.gifts import NewGift, SeenProof
from timebank.exchange.service.pot import FromPot

RELATION = Field(pattern="^(spouse|parent|grandparent|parent_in_law|child|grandchild|sibling)$")
MINUTES = Field(ge=1, le=2**31 - 1)

GiftBody = body_of(
    NewGift,
    name="Gift",
    receiver_no=Field(min_length=1, max_length=32),
    receiver_name=Field(min_length=1, max_length=64),
    relation=RELATION,
    minutes=MINUTES,
    note=Field(max_length=200),
)
ProofBody = body_of(SeenProof, name="SeenProof", without=("gift_id",), note=Field(min_length=2, max_length=200))
FromPotBody = body_of(FromPot, name="FromPot", minutes=MINUTES, reason=Field(min_length=2, max_length=200))


class OverflowBody(Body):
    """Where minutes above the cap go; "" = as the time bank usually does."""

    choice: Literal["", "pot", "honour"]


class GiftsQuery(PageQuery):
    """`state`: requested, posted …; every state when left out."""

    state: GiftState | None = None


class GiftLine(Answer):
    """A gift to a relative.  `relation`: what the receiver is to the giver."""

    id: int
    giver_id: int
    giver: str
    receiver_id: int
    receiver: str
    relation: str
    minutes: int
    note: str
    state: GiftState
    territory_code: str
    asked_at: datetime
    hold_until: datetime
    proof: Proof | None
    proof_note: str
    decided_at: datetime | None
    reason: str


class GiftsPage(Answer):
    """Gifts, newest first."""

    items: list[GiftLine]
    next: str | None = None


class OwnGiftLine(Answer):
    """A gift that one gave or received; the paper that was seen is not told."""

    id: int
    giver_id: int
    giver: str
    receiver_id: int
    receiver: str
    relation: str
    minutes: int
    note: str
    state: GiftState
    asked_at: datetime
    hold_until: datetime
    decided_at: datetime | None
    reason: str


class OwnGifts(Answer):
    """What one gave to relatives and received from them."""

    items: list[OwnGiftLine]


class PotGiftLine(Answer):
    """Minutes given from a pot; `passed_over`: key elders without hours who were not served first."""

    id: int
    person_id: int
    name: str
    minutes: int
    reason: str
    is_key_elder: bool
    passed_over: int
    given_at: datetime


class PotGifts(Answer):
    """What was given from a pot."""

    items: list[PotGiftLine]
