"""What notices ask for today."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.notices import queries
from timebank.notices.queries import letters


def tasks(actor: Actor) -> list[Task]:
    """New messages for oneself; messages that could not be sent and letters, for staff.  At most three statements."""
    found = []
    new = queries.unread(actor.person_id) if actor.person_id else 0
    if new:
        text = ngettext("New message", "New messages", new)
        found.append(Task(text, url_for("notices.inbox"), new))
    failed = queries.waiting_and_failed(actor).get("failed", 0) if actor.has("notices.retry") else 0
    if failed:
        text = ngettext("Message that could not be sent", "Messages that could not be sent", failed)
        found.append(Task(text, url_for("notices.outbox", state="failed"), failed))
    to_print, to_post = letters.waiting(actor) if actor.has(letters.PERMISSION) else (0, 0)
    if to_print:
        found.append(
            Task(ngettext("Letter to print", "Letters to print", to_print), url_for("notices.letter_queue"), to_print)
        )
    if to_post:
        found.append(
            Task(
                ngettext("Pile of letters to post", "Piles of letters to post", to_post),
                url_for("notices.letter_piles"),
                to_post,
            )
        )
    return found
