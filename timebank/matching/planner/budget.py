"""How long a search may go on, and whom it tells."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from timebank.matching.planner.api import Progress

if TYPE_CHECKING:
    from timebank.matching.planner.search import Search

PATIENCE = 3.0  # seconds on the wall for a second of computing


@dataclass
class Budget:
    """Seconds of computing that may be used, and somebody who may stop it earlier.

    Processor time counts: on a busy machine the same plan takes longer, it does not get worse.  Only after three times
    the seconds on the wall it is over all the same.
    """

    seconds: float
    should_stop: Callable[[], bool] | None = None
    progress: Callable[[Progress], None] | None = None
    cpu: float = field(default_factory=time.process_time)
    wall: float = field(default_factory=time.monotonic)
    stopped: bool = False

    @property
    def used(self) -> float:
        """Seconds used."""
        return max(time.process_time() - self.cpu, (time.monotonic() - self.wall) / PATIENCE)

    @property
    def left(self) -> float:
        """Seconds left; 0 when somebody pressed stop."""
        if not self.stopped and self.should_stop is not None and self.should_stop():
            self.stopped = True
        return 0.0 if self.stopped else max(0.0, self.seconds - self.used)

    @contextmanager
    def beside(self) -> Iterator[None]:
        """What is done within does not count: loading compiled code, or compiling it, once for a process."""
        cpu, wall = time.process_time(), time.monotonic()
        yield
        self.cpu += time.process_time() - cpu
        self.wall += time.monotonic() - wall

    @property
    def wall_left(self) -> float:
        """Seconds on the wall that what is left may take (solvers look at that clock)."""
        return self.left * PATIENCE

    def on_the_wall(self, seconds: float) -> float:
        """How long so many seconds of computing are likely to take: solvers look at the wall, not always at who
        interrupts them."""
        cpu, wall = time.process_time() - self.cpu, time.monotonic() - self.wall
        return seconds * min(PATIENCE, max(1.0, wall / max(cpu, 1e-3)))

    def over(self) -> bool:
        """Nothing is left."""
        return self.left <= 0

    def tell(self, phase: str, search: Search) -> None:
        """How far it is."""
        if self.progress is not None:
            bound = None if search.bound == float("inf") else int(search.bound)
            served = len({search.walker.unit[option] for day in search.days or () for option in day.options})
            value = int(search.value) if search.days else 0
            self.progress(Progress(phase, self.used, served, value, bound))
