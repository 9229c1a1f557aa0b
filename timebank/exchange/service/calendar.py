"""The secret address of a person's calendar."""

from __future__ import annotations

import secrets

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.core.types import blind_index
from timebank.exchange.models.visits import CalendarFeed


@command
def new_feed(actor: Actor, *, key: str | None = None) -> int:
    """Makes the actor's feed address, or replaces it: the old address stops working at once.  Answers with the person.

    Raises `Refused("no_person")` for an account without a person.
    """
    if actor.person_id is None:
        raise Refused("no_person")
    token = secrets.token_urlsafe(24)
    row = db.session.get(CalendarFeed, actor.person_id)
    if row is None:
        row = CalendarFeed(person_id=actor.person_id, token="", token_hash="")
        db.session.add(row)
    row.token, row.token_hash, row.created_at = token, blind_index("calendar_feed", token), clock.now()
    audit.record(actor, "new.calendar_feed", "person", actor.person_id)
    return actor.person_id
