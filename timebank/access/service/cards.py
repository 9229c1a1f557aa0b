"""Cards with a QR code, for people without a phone."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from timebank.access.models import PersonCard
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.people import queries as people

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, which people mix up
LENGTH = 12  # 60 bits: no card is guessed


@command
def issue_card(actor: Actor, person_id: int, *, key: str | None = None) -> str:
    """Makes a new card for a person and withdraws the old one; returns the code that the QR shows."""
    person = people.brief(person_id)
    if person is None:
        raise NotFound("person_unknown")
    actor.require("cards.print", person.territory_code)
    _withdraw_all(person.id)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    db.session.add(PersonCard(person_id=person.id, code=code, issued_by=actor.account_id))
    audit.record(actor, "issue.card", "person", person.id, person.territory_code)
    return code


@command
def withdraw_card(actor: Actor, person_id: int, *, key: str | None = None) -> None:
    """The card is lost: it opens nothing from now on.  The person themself may do it too."""
    person = people.brief(person_id)
    if person is None:
        raise NotFound("person_unknown")
    actor.require_for(person.id, "cards.print", person.territory_code)
    _withdraw_all(person.id)
    audit.record(actor, "withdraw.card", "person", person.id, person.territory_code)


def _withdraw_all(person_id: int) -> None:
    held = select(PersonCard).where(
        PersonCard.person_id.in_(people.ids_of(person_id)), PersonCard.withdrawn_at.is_(None)
    )
    for card in db.session.scalars(held):
        card.withdrawn_at = clock.now()
