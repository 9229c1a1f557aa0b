"""A credit that an auditor reversed in the books: the visit no longer counts for caps and stars (domain.md C8.8)."""

from __future__ import annotations

import uuid

from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.visits import Visit, VisitTransfer
from timebank.exchange.rules.visits import Event, VisitState
from timebank.exchange.service import payment, steps
from timebank.ledger import queries as books

CREDITS = ("kept", "overflow")  # the steps of a credit that the caps count; "paid" only passes through


def credit_reversed(actor: Actor, tenant: int, transfer_id: uuid.UUID, reversal_id: uuid.UUID, reason: str) -> None:
    """Takes the reversed minutes off the visit that the transfer credited; nothing left of it makes the visit void.

    Stars need nothing: they are counted from the ledger.  A disputed visit keeps waiting to be settled.  Statements
    go on explaining the credit, and explain its reversal by the same reckoning.
    """
    known = db.session.get(VisitTransfer, transfer_id)
    if known is None:
        return
    visit = steps.visit_for_change(known.visit_id)
    payment.note_transfer(visit, reversal_id, known.explained, reversal=True)
    name = next((name for name, made in visit.postings.items() if made == str(transfer_id)), None)
    if name is not None:
        _forget(actor, visit, name, books.transfer(tenant, transfer_id).amount, reason)


def _forget(actor: Actor, visit: Visit, name: str, minutes: int, reason: str) -> None:
    visit.postings = {other: made for other, made in visit.postings.items() if other != name}
    if name in CREDITS:
        visit.minutes_credited = max(0, (visit.minutes_credited or 0) - minutes)
    if visit.state is VisitState.CREDITED and not any(other in CREDITS for other in visit.postings):
        visit.transfer_id = None
        steps.move(actor, visit, Event.ANNUL, reason)
