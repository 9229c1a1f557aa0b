"""What waits with alarms."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange.queries import alarms


def tasks(actor: Actor) -> list[Task]:
    """Visits nobody has begun, for whoever may look after them; for others those they were asked about by name."""
    if actor.has(alarms.READ):
        counts = alarms.counts(actor)
        text = ngettext(
            "Visit that nobody has begun: please look", "Visits that nobody has begun: please look", counts.open
        )
        return [Task(text, url_for("exchange.alarm_list"), counts.open, urgent=True)] if counts.open else []
    if actor.person_id is None or not alarms.counts(actor).mine:
        return []
    return [
        Task(_("A visit has not begun: please look"), url_for("exchange.alarm_page", alarm_id=line.id), 1, True)
        for line in alarms.alarms(actor).items
        if line.responder_id == actor.person_id
    ]
