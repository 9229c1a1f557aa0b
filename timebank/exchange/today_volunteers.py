"""What waits with volunteers: reviews and trainings."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange.queries import volunteers as queries
from timebank.exchange.rules.volunteers import VolunteerState


def tasks(actor: Actor) -> list[Task]:
    """Reviews and trainings that wait for the actor; one statement."""
    if not any(actor.has(name) for name in ("volunteers.review", "volunteers.approve", "volunteers.train")):
        return []
    waiting = queries.waiting_counts(actor)
    url = url_for("exchange.volunteers_waiting")
    return [Task(_words(state, count), url, count) for state, count in sorted(waiting.items()) if count]


def _words(state: VolunteerState, count: int) -> str:
    """What waits; the number stands beside it."""
    if state is VolunteerState.SUBMITTED:
        return str(ngettext("Volunteer waits for the first review", "Volunteers wait for the first review", count))
    if state is VolunteerState.PLATFORM_REVIEW:
        return str(ngettext("Volunteer waits for the second review", "Volunteers wait for the second review", count))
    return str(ngettext("Volunteer waits for training", "Volunteers wait for training", count))
