"""What waits with untrue hours: decisions and appeals."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange.queries import annulments


def tasks(actor: Actor) -> list[Task]:
    """Cases to decide and appeals to look at; one statement."""
    if not actor.has("annulments.decide"):
        return []
    decide, appeals = annulments.waiting_counts(actor)
    url = url_for("exchange.annulments")
    found = ((_to_decide(decide), decide), (str(ngettext("Appeal waits", "Appeals wait", appeals)), appeals))
    return [Task(words, url, count) for words, count in found if count]


def _to_decide(count: int) -> str:
    text: str = ngettext(
        "Case of hours in question waits for a decision", "Cases of hours in question wait for a decision", count
    )
    return text
