"""What waits in the exchange today."""

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange import today_alarms, today_annulments, today_giving, today_visits, today_volunteers


def tasks(actor: Actor) -> list[Task]:
    """Work of today for the role that asks."""
    rooms = (today_alarms, today_volunteers, today_visits, today_giving, today_annulments)
    return [task for room in rooms for task in room.tasks(actor)]
