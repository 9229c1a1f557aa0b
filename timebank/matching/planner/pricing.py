"""Asks the compiled kernel for the best days of all agents at given prices, on two threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from timebank.matching.planner.cuts import Cuts
from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.pool import WIDTH, Pool
from timebank.matching.planner.prices import Prices, free

NOTHING = -1e18
WORST = -1e8  # no day is worth less
THREADS = 2
FIRST_NODES = 2_000  # best first, before labels are tried
NODES = 40_000  # or labels looked at for one agent; beyond, what is left counts into the bound as if it were feasible


@dataclass(frozen=True)
class Found:
    """The columns found, and by agent the best worth and a bound on any (NOTHING: no day above the floor)."""

    agent: Ints
    options: Ints
    starts: Ints
    walk: Ints
    worth: Floats
    best: Floats
    bound: Floats

    @property
    def exact(self) -> bool:
        """Nothing was left unlooked at."""
        return bool((self.bound <= self.best + 1e-6).all())


class Pricing:
    """Holds the arrays of a day ready for the kernel."""

    def __init__(self, flat: Flat) -> None:
        # numba takes a second to load: only who needs it
        from timebank.matching.planner import kernel

        agents, options = flat.agents, flat.options
        self.flat, self._kernel = flat, kernel
        self._helpers = kernel.Helpers(
            agents.place, agents.x, agents.y, agents.start, agents.end, agents.minutes, agents.visits, agents.musts,
            agents.first,
        )  # fmt: skip
        self._options = kernel.Options(
            options.unit, options.first, options.last, options.seconds, options.minutes, options.place, options.x,
            options.y, options.must,
        )  # fmt: skip
        self._busy = kernel.Busy(
            agents.busy_first, agents.busy_place, agents.busy_x, agents.busy_y, agents.busy_start, agents.busy_end
        )
        self.detour = float(max(0, flat.walk[3] - 2 * flat.walk[2]))  # what a way through somewhere else may save
        sizes = np.diff(agents.first)
        self.order = np.argsort(-sizes, kind="stable").astype(np.int64)

    def warm(self) -> None:
        """Loads the compiled code, or compiles it (ten seconds, once on a machine)."""
        cuts = Cuts(self.flat, Pool(self.flat))
        floor = np.full(self.flat.size, np.inf)
        self.best_days(np.zeros(len(self.flat.options.unit)), floor, cuts, free(self.flat), width=1)

    def best_days(
        self,
        profit: Floats,
        floor: Floats,
        cuts: Cuts,
        prices: Prices,
        *,
        width: int,
        most_options: int = 1 << 30,
        most_nodes: int = NODES,
        every_within: float | None = None,
    ) -> Found:
        """Days worth more than ``floor`` (by agent), ``width`` of each agent at most, the best ones.

        The best day of each agent and some more; or, with ``every_within``, every day that is worth at most so much
        less than the agent's best.  ``profit``: of options; ``prices``: of triples and of cuts on weeks.
        """
        every = every_within is not None
        # without an option that brings nothing a day is worth more: only who wants all days looks at these
        least = -self.detour - (every_within or 0.0)
        size, kernel = self.flat.size, self._kernel
        best, bound = np.full(size, NOTHING), np.full(size, NOTHING)
        count = np.zeros(size, np.int64)
        worth, walk = np.empty((size, width)), np.empty((size, width), np.int64)
        length = np.empty((size, width), np.int64)
        options = np.empty((size, width, WIDTH), np.int32)
        starts = np.zeros((size, width, WIDTH), np.int32)
        units, agents = cuts.of_unit, cuts.of_agent
        triples = kernel.Triples(units.first, units.which, agents.first, agents.which, prices.triple)
        toll = kernel.Toll(cuts.weeks.step, cuts.weeks.toll(prices.weekly))
        wish = kernel.Wish(profit, least, floor, width, most_options, FIRST_NODES, most_nodes, every, toll)
        out = kernel.Out(best, bound, count, worth, walk, length, options, starts)

        def run(order: Ints) -> None:
            kernel.price(order, self._helpers, self._options, self._busy, self.flat.walk, triples, wish, out)

        self._share(run)
        which = np.arange(width) < count[:, None]
        agent = np.nonzero(which)[0].astype(np.int64)
        sizes = length[which]
        days = options[which]
        days[np.arange(WIDTH) >= sizes[:, None]] = len(profit)
        times = starts[which]
        times[np.arange(WIDTH) >= sizes[:, None]] = 0
        return Found(agent, days, times, walk[which], worth[which], best, bound)

    def _share(self, run: Callable[[Ints], None]) -> None:
        """Small pieces for two threads; the agents with most to look at come first."""
        size = len(self.order)
        if size < 100:
            run(self.order)
            return
        step = max(1, min(64, size // 16))
        with ThreadPoolExecutor(THREADS) as threads:
            pieces = [self.order[first : first + step] for first in range(0, size, step)]
            for done in [threads.submit(run, piece) for piece in pieces]:
                done.result()
