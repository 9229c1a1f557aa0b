"""What waits with gifts: proofs of relations."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange.queries import gifts


def tasks(actor: Actor) -> list[Task]:
    """Proofs that the actor may look at; one statement."""
    count = gifts.waiting_count(actor) if actor.has("gifts.check") else 0
    return [Task(str(_("Gifts to relatives wait for their proof")), url_for("exchange.gifts"), count)] if count else []
