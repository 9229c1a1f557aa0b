"""What is to happen when: everything in the town happens in the order of time, as in the books."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime

from timebank.core.clock import pretend

Action = Callable[[], object]


class Agenda:
    """Actions by their moment; an action may put further ones on the agenda."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Action]] = []
        self._count = 0

    def at(self, moment: datetime, action: Action) -> None:
        """Puts an action on the agenda; two of the same moment happen in the order they were put there."""
        self._count += 1
        heapq.heappush(self._waiting, (moment, self._count, action))

    def run(self, until: datetime) -> None:
        """Lets everything happen that comes before `until`, each at its own moment."""
        while self._waiting and self._waiting[0][0] < until:
            moment, _, action = heapq.heappop(self._waiting)
            with pretend(moment):
                action()
