"""What jobs ask for today."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.jobs import queries


def tasks(actor: Actor) -> list[Task]:
    """Jobs whose last run failed.  One statement."""
    names = queries.failing() if actor.has("jobs.manage") else []
    return [Task(_("The job %(name)s failed", name=name), url_for("jobs.job", name=name), 1, True) for name in names]
