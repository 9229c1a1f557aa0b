"""A member's long goal."""

from __future__ import annotations

from timebank.api.routing import read
from timebank.api.schemas.goals import MyGoal
from timebank.core.errors import NotFound
from timebank.core.web import SIGNED_IN, actor
from timebank.redemption.queries.goals import own_goal
from timebank.redemption.rules.goal import Goal


@read("/my/goal", MyGoal, permission=SIGNED_IN)
def get_my_goal() -> Goal:
    """How far one is on the way to a place in a care home, and when at the pace of the last year."""
    found = own_goal(actor())
    if found is None:
        raise NotFound("no_goal")
    return found
