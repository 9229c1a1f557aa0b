"""What waits with requests, visits and hours."""

from timebank.core.authority import Actor
from timebank.core.web import Task


def tasks(actor: Actor) -> list[Task]:
    """Work of today around visits."""
    return []
