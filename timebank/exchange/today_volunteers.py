"""What waits with volunteers."""

from timebank.core.authority import Actor
from timebank.core.web import Task


def tasks(actor: Actor) -> list[Task]:
    """Reviews and training that wait for the actor."""
    return []
