"""What waits with hours that pass on: proofs of relations, and what time banks owe each other."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange.queries import gifts, netting_payments


def tasks(actor: Actor) -> list[Task]:
    """Proofs that the actor may look at, and differences between time banks to pay, agree to or confirm."""
    count = gifts.waiting_count(actor) if actor.has("gifts.check") else 0
    waits = [Task(str(_("Gifts to relatives wait for their proof")), url_for("exchange.gifts"), count)] if count else []
    return waits + (_settling(actor) if actor.has("netting.settle") else [])


def _settling(actor: Actor) -> list[Task]:
    found = netting_payments.waiting(actor)
    url = url_for("exchange.netting")
    words = (
        (_("Months owed to other time banks are to be paid"), found.to_pay, found.late > 0),
        (_("Payments to other time banks wait for a second person"), found.to_agree, False),
        (_("Payments of other time banks wait for your word"), found.to_confirm, False),
    )
    return [Task(str(text), url, count, late) for text, count, late in words if count]
