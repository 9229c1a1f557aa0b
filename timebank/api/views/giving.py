"""Gifts to relatives, hours from the community pot, and what lies above the cap."""

from __future__ import annotations

from typing import Any

from timebank.api.cursors import number
from timebank.api.routing import read, write
from timebank.api.schemas.base import Command, Reason
from timebank.api.schemas.giving import (
    FromPotBody,
    GiftBody,
    GiftLine,
    GiftsPage,
    GiftsQuery,
    OverflowBody,
    OwnGifts,
    PotGifts,
    ProofBody,
)
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import gifts as queries
from timebank.exchange.queries import pot as pots
from timebank.exchange.service import gifts as service
from timebank.exchange.service.gifts import NewGift, SeenProof
from timebank.exchange.service.overflow import choose_overflow
from timebank.exchange.service.pot import FromPot
from timebank.exchange.service.pot import give_from_pot as give


@read("/gifts", GiftsPage, permission="gifts.read", query=GiftsQuery)
def list_gifts(query: GiftsQuery) -> Page[queries.GiftLine]:
    """Gifts to relatives in one's territories."""
    return queries.gifts(actor(), query.state, number(query.after), query.limit)


@read("/gifts/<int:gift_id>", GiftLine, permission="gifts.read")
def get_gift(gift_id: int) -> queries.GiftLine:
    """One gift with the paper that was seen."""
    return queries.gift(actor(), gift_id)


@read("/people/<int:person_id>/gifts", OwnGifts, permission=SIGNED_IN)
def list_own_gifts(person_id: int) -> dict[str, Any]:
    """What oneself (or somebody one acts for) gave to relatives and received from them."""
    if not actor().is_self(person_id):
        raise NotFound("person")
    return {"items": queries.own_gifts(person_id)}


@write("/gifts", body=GiftBody, permission=SIGNED_IN, status=201)
def ask_gift(body: Command[NewGift], key: str) -> dict[str, Any]:
    """Keeps hours for a relative until the proof of the relation is seen."""
    return {"id": service.ask_gift(actor(), body.command(), key=key)}


@write("/gifts/<int:gift_id>/check", body=ProofBody, permission="gifts.check")
def check_gift(gift_id: int, body: Command[SeenProof], key: str) -> dict[str, Any]:
    """The proof was seen: the hours move at once."""
    return {"id": service.check_gift(actor(), body.command(gift_id=gift_id), key=key)}


@write("/gifts/<int:gift_id>/refusal", body=Reason, permission="gifts.check")
def refuse_gift(gift_id: int, body: Reason, key: str) -> dict[str, Any]:
    """The relation was not proven: the hours are free again."""
    return {"id": service.refuse_gift(actor(), gift_id, body.reason, key=key)}


@write("/gifts/<int:gift_id>/withdrawal", permission=SIGNED_IN)
def withdraw_gift(gift_id: int, key: str) -> dict[str, Any]:
    """The giver thinks otherwise, as long as nothing was passed on."""
    return {"id": service.withdraw_gift(actor(), gift_id, key=key)}


@write("/pot-gifts", body=FromPotBody, permission="pot.give", status=201)
def give_from_pot(body: Command[FromPot], key: str) -> dict[str, Any]:
    """Gives hours from the community pot to somebody who receives help."""
    return {"id": give(actor(), body.command(), key=key)}


@read("/pots/<int:scheme_id>/gifts", PotGifts, permission="grants.read")
def list_pot_gifts(scheme_id: int) -> dict[str, Any]:
    """Who received hours from a pot, and why; the newest 50."""
    return {"items": pots.given(actor(), scheme_id)}


@write("/volunteers/<int:person_id>/overflow", body=OverflowBody, permission=SIGNED_IN)
def set_overflow(person_id: int, body: OverflowBody, key: str) -> dict[str, Any]:
    """Chooses where minutes above the most that an account may hold go."""
    return {"id": choose_overflow(actor(), person_id, body.choice, key=key)}
