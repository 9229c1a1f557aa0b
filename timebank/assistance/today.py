"""What waits for case workers and approvers today."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from timebank.assistance.queries import cases
from timebank.core.authority import Actor
from timebank.core.web import Task


def tasks(actor: Actor) -> list[Task]:
    """Overdue visits, plans to approve and own cases (one statement)."""
    if not (actor.has("cases.write") or actor.has("cases.approve")):
        return []
    waiting = cases.waiting(actor)
    found = []
    if waiting.overdue and actor.has("cases.write"):
        words = ngettext("home visit is overdue", "home visits are overdue", waiting.overdue)
        found.append(Task(words, url_for("assistance.index", overdue=1), waiting.overdue, urgent=True))
    if waiting.plans and actor.has("cases.approve"):
        words = ngettext("plan waits for your approval", "plans wait for your approval", waiting.plans)
        found.append(Task(words, url_for("assistance.index", state="planned"), waiting.plans))
    if waiting.mine:
        words = ngettext("open case of yours", "open cases of yours", waiting.mine)
        found.append(Task(words, url_for("assistance.index", mine=1), waiting.mine))
    return found
