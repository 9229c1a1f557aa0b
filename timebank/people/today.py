"""What the registry asks to be done today."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.people.queries import duplicates


def tasks(actor: Actor) -> list[Task]:
    """Pairs of people that may be one."""
    waiting = duplicates.count_pairs(actor) if actor.has(duplicates.REVIEW) else 0
    if not waiting:
        return []
    words = ngettext("Pair of records that may be one person", "Pairs of records that may be one person", waiting)
    return [Task(words, url_for("people.review"), waiting)]
