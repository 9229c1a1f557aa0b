"""What every domain asks somebody to do today."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app

from timebank.core.authority import Actor
from timebank.core.web import Task


def tasks(who: Actor) -> list[Task]:
    """What every domain asks the actor to do today, urgent first."""
    found = [_plain(task) for ask in current_app.extensions["timebank_today"] for task in ask(who)]
    return sorted(found, key=lambda task: not task.urgent)


def _plain(task: Task) -> Task:
    """The page shows the number by itself; a text that begins with it says it once."""
    text = str(task.text)
    return replace(task, text=text.removeprefix(str(task.count)).strip())
