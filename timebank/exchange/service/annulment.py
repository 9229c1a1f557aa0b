"""A credit that an auditor reversed in the books: the visit no longer counts for caps and stars (domain.md C8.8)."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.visits import Visit
from timebank.exchange.rules.visits import Event, VisitState
from timebank.exchange.service import steps
from timebank.ledger import queries as books

PURPOSES = ("visit", "overflow")
CREDITS = ("kept", "overflow")  # the steps of a credit that the caps count; "paid" only passes through


def credit_reversed(actor: Actor, tenant: int, transfer_id: uuid.UUID, reason: str) -> None:
    """Takes the reversed minutes off the visit that the transfer credited; nothing left of it makes the visit void.

    Stars need nothing: they are counted from the ledger.  A disputed visit keeps waiting to be settled.
    """
    line = books.transfer(tenant, transfer_id)
    if line.purpose not in PURPOSES:
        return
    at_once = select(Visit).where(Visit.check_in_at == line.event_at).with_for_update()
    for visit in db.session.scalars(at_once):
        for name, made in visit.postings.items():
            if made == str(transfer_id):
                _forget(actor, visit, name, line.amount, reason)
                return


def _forget(actor: Actor, visit: Visit, name: str, minutes: int, reason: str) -> None:
    visit.postings = {other: made for other, made in visit.postings.items() if other != name}
    if name in CREDITS:
        visit.minutes_credited = max(0, (visit.minutes_credited or 0) - minutes)
    if visit.state is VisitState.CREDITED and not any(other in CREDITS for other in visit.postings):
        visit.transfer_id = None
        steps.move(actor, visit, Event.ANNUL, reason)
