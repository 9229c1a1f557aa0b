"""What notices ask for today."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.notices import queries


def tasks(actor: Actor) -> list[Task]:
    """New messages for oneself; messages that could not be sent, for staff.  At most two statements."""
    found = []
    new = queries.unread(actor.person_id) if actor.person_id else 0
    if new:
        text = _("New messages")
        found.append(Task(text, url_for("notices.inbox"), new))
    failed = queries.waiting_and_failed(actor).get("failed", 0) if actor.has("notices.retry") else 0
    if failed:
        text = _("Messages that could not be sent")
        found.append(Task(text, url_for("notices.outbox", state="failed"), failed))
    return found
