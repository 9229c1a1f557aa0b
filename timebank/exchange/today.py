"""What waits in the exchange today."""

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange import today_alarms, today_giving, today_visits, today_volunteers


def tasks(actor: Actor) -> list[Task]:
    """Work of today for the role that asks."""
    return [*today_alarms.tasks(actor), *today_volunteers.tasks(actor), *today_visits.tasks(actor), *today_giving.tasks(actor)]
