"""Whom the clerk means: a scanned card, a member number, or part of a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from timebank.access.queries import person_by_card
from timebank.core.authority import Actor
from timebank.people import queries as people
from timebank.people.queries import PersonHit
from timebank.redemption.queries import standing
from timebank.redemption.queries.desks import DeskInfo


@dataclass(frozen=True, slots=True)
class Found:
    """The one member that is meant, if there is only one, and all whom the text may mean."""

    person_id: int | None
    hits: Sequence[PersonHit]


def find(actor: Actor, desk: DeskInfo, text: str) -> Found:
    """A member by card, name, phone or number (`people.find`); a whole member number finds everybody of the city."""
    text = text.strip()
    hits = people.search(actor, text, permission="people.find") if text else []
    person_id = _card_holder(desk, text) or (hits[0].id if len(hits) == 1 else None)
    if person_id is None and text and not hits:
        person_id = standing.member_by_number(desk, text)
    return Found(person_id, hits)


def member_meant(desk: DeskInfo, text: str) -> int | None:
    """The member of the desk's city with exactly this card or member number, for what was entered without a line."""
    return _card_holder(desk, text.strip()) or standing.member_by_number(desk, text)


def _card_holder(desk: DeskInfo, text: str) -> int | None:
    """The holder of a scanned card (its QR may hold an address that ends with the code), inside the desk's city."""
    code = text.rstrip("/").rsplit("/", 1)[-1]
    person_id = person_by_card(code) if len(code) >= 8 else None
    person = people.brief(person_id) if person_id else None
    return person.id if person and person.territory_code.startswith(str(desk.tenant)) else None
