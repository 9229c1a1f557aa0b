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


def _words(state: VolunteerState, n: int) -> str:
    if state is VolunteerState.SUBMITTED:
        words = ngettext(
            "%(num)s volunteer waits for the first review", "%(num)s volunteers wait for the first review", n
        )
    elif state is VolunteerState.PLATFORM_REVIEW:
        words = ngettext(
            "%(num)s volunteer waits for the second review", "%(num)s volunteers wait for the second review", n
        )
    else:
        words = ngettext("%(num)s volunteer waits for training", "%(num)s volunteers wait for training", n)
    return str(words)
