"""Column generation: prices, columns and the proof; then whole plans from all columns that can still matter."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from timebank.matching.planner.budget import Budget
from timebank.matching.planner.cuts import Cuts
from timebank.matching.planner.dive import dives
from timebank.matching.planner.flat import Flat, Floats, Ints
from timebank.matching.planner.listed import Listed
from timebank.matching.planner.master import Master, Solved
from timebank.matching.planner.nearby import better_nearby
from timebank.matching.planner.pool import Pool
from timebank.matching.planner.prices import Prices, bound_beside_days, profits
from timebank.matching.planner.pricing import WORST, Found, Pricing
from timebank.matching.planner.rounding import rounded
from timebank.matching.planner.walks import Day, Walker
from timebank.matching.planner.weekdive import dive_week
from timebank.matching.planner.whole import Choice, Whole

SMOOTH = 0.5  # share of the best prices so far in those that are asked about (Wentges)
FEW_OPTIONS = 20  # looked at for a helper in the first rounds, which need no proof
NEW_DAYS = 5  # of each helper and round
CLOSE = 1e-5  # share of the bound: nearer the linear program does not have to come
ROUGHLY = 2e-4  # between rounds of cuts that bring more than that
CUT_ROUNDS = 200
WORTH_A_ROUND = 2e-5  # share of the bound that a round of cuts has to bring
IN_VAIN = 3  # rounds that brought less: the same bound often has several solutions, each to be cut off
EARLY = 0.4  # of the time, in which a round in vain costs nothing that matters
SHARE = 0.6  # of the time may go to columns, the rest is for whole plans
SHARE_OF_WEEKS = 0.4  # where hours of a week are shared out whole plans are harder to find
SHARE_OF_ONE = {False: 0.5, True: 0.06}  # of the time that is left, for one integer program (weeks: after a dive)
LOOKS = (
    3.0,
    60.0,
    300.0,
    1_500.0,
    6_000.0,
    24_000.0,
    96_000.0,
    1e12,
)  # how far below its best a day may be worth to come into question
LOOKS_OF_FEW = (100.0, 600.0, *LOOKS[3:])  # where dives have found what the first looks would
LITTLE = 1_500.0  # from this look on everything that could matter is offered, where that is not much
FEW_AGENTS = 300
COLUMNS_A_SECOND = 3_000  # a solver that tidies up a program does not look at the clock
COLUMNS_AT_ONCE = 20_000  # a second, of a program that is small enough not to be tidied up
FEW = 12_000  # columns, which are not tidied up
FEWEST_COLUMNS = 1_000
MOST_COLUMNS = 60_000  # in an integer program
MUCH = 5.0  # seconds
MOST_OF_AN_AGENT = 20_000
MOST_NEARBY = 60  # days of an agent among which neighbours choose
WORTH_LESS = 3_000.0  # than the agent's best day: the most that such a day may be
FEW_FOR_NEARBY = 2_000  # agents: for more it takes too long
MOST_FOUND = 600_000  # at once, over all agents
ENOUGH = 1e-4  # share of the objective: a whole plan so near to the bound is not improved


def everything(flat: Flat) -> float:
    """A bound at once: every request that anybody could serve is served, by its usual helper, without walking."""
    single = flat.unit_need[flat.options.unit] == 1
    best = np.zeros(len(flat.unit_value))
    np.maximum.at(best, flat.options.unit[single], flat.options.value[single])
    shared = np.zeros(len(flat.unit_value))
    np.maximum.at(shared, flat.rows.unit, flat.rows.value)
    most = np.zeros(len(flat.unit_value))
    np.add.at(most, flat.options.unit[~single], np.maximum(flat.options.value[~single], 0.0))
    return float((best + shared + most).sum())


def _columns_in(seconds: float) -> int:
    """How many columns an integer program may have that has so much time."""
    few = min(FEW, int(COLUMNS_AT_ONCE * seconds))
    return min(MOST_COLUMNS, max(FEWEST_COLUMNS, few, int(COLUMNS_A_SECOND * seconds)))


class Search:
    """What is known: columns, the best plan, the best bound with the prices that prove it."""

    def __init__(
        self,
        flat: Flat,
        walker: Walker,
        pricing: Pricing | Listed,
        budget: Budget,
        seed: int,
        looks: Sequence[float] | None = None,
    ) -> None:
        self.looks = looks or (LOOKS_OF_FEW if flat.size <= FEW_AGENTS else LOOKS)
        self.seed = seed
        self.flat, self.walker, self.pricing, self.budget = flat, walker, pricing, budget
        self.pool = Pool(flat)
        self.cuts = Cuts(flat, self.pool)
        self.master = Master(flat, self.pool, self.cuts, seed)
        self.whole = Whole(flat, self.pool, self.cuts, seed)
        self.days: list[Day] | None = None
        self.value = -math.inf
        self.bound = everything(flat)
        self.prices: Prices | None = None
        self.finished = False
        self.must = flat.agents.musts > 0

    def start(self, days: Sequence[Day]) -> None:
        """A first plan, which may lack pinned visits."""
        self.pool.add_days(days)
        self.offer(list(days))

    def offer(self, days: list[Day]) -> None:
        """A plan that may be the best so far; plans without all pins are not taken."""
        musts = [0] * self.flat.size
        for day in days:
            musts[day.agent] += sum(self.walker.must[option] for option in day.options)
        value = self.value_of(days)
        if musts == self.flat.agents.musts.tolist() and value > self.value:
            self.days, self.value = days, value

    def value_of(self, days: Sequence[Day]) -> float:
        """The objective of a plan."""
        rows = {self.walker.row[option] for day in days for option in day.options}
        shared = self.flat.rows.value
        return sum(day.value for day in days) + float(sum(shared[row] for row in rows))

    def run(self) -> None:
        """Until nothing is left to prove, or the time is over."""
        solved = self.columns()
        if solved is not None:
            self.offer(rounded(self, solved))
            if len(self.flat.week_minutes):
                dive_week(self, solved)
            elif self.flat.size <= FEW_AGENTS:
                dives(self, solved)
        if self.prices is None or solved is None:
            return
        self.finished = self.wholes()

    # -- columns -----------------------------------------------------------------------------------------------------

    def columns(self) -> Solved | None:
        """Solves the linear program over all days there are, or as far as time allows; then adds what whole plans keep
        and fractions break, as long as that brings the bound down."""
        near = ROUGHLY if len(self.flat.week_minutes) else CLOSE
        solved, in_vain = self._converge(isinstance(self.pricing, Pricing), near), 0
        for _ in range(CUT_ROUNDS):
            if solved is None or self.closed or self._late or in_vain >= IN_VAIN:
                break
            before, bound = solved.value, self.bound
            new = self.master.cut(solved)
            if not new and near <= CLOSE:
                break
            solved = self._converge(quick=False, near=near) or solved
            won = (before - solved.value) / max(1.0, abs(before))
            lower = won if near > CLOSE else (bound - self.bound) / max(1.0, abs(bound))
            late = self.budget.used > EARLY * self.budget.seconds
            in_vain = in_vain + 1 if late and lower < WORTH_A_ROUND else 0
            if not new or won < near:
                near = max(CLOSE, near / 4)
        return solved

    @property
    def _late(self) -> bool:
        share = SHARE_OF_WEEKS if len(self.flat.week_minutes) else SHARE
        return self.budget.left <= (1 - share) * self.budget.seconds

    def _converge(self, quick: bool, near: float) -> Solved | None:
        solved = None
        while not self._late:
            found = self.master.solve(self.budget.wall_left)
            if found is None:
                break
            solved = found
            if not quick and self.bound - solved.value <= near * abs(solved.value):
                break
            new, straight = self._round(solved, quick)
            self.budget.tell("columns", self)
            if quick:
                quick = new > self.flat.size * 0.05
            elif not new and straight:
                break
        return solved

    def _round(self, solved: Solved, quick: bool) -> tuple[int, bool]:
        """Prices once and adds what was found; True where the prices were those of the linear program themselves."""
        prices = solved.prices if self.prices is None else self.prices.between(solved.prices, SMOOTH)
        found = self._price(prices, quick)
        new = self._add(found)
        if quick or new:
            return new, False
        found = self._price(solved.prices, quick=False)
        return self._add(found), True

    def _price(self, prices: Prices, quick: bool) -> Found:
        profit = profits(self.flat, prices, self.cuts.links)
        floor = self.floor(self._worth(profit, prices))
        limits = {"most_options": FEW_OPTIONS} if quick else {}
        found = self.pricing.best_days(profit, floor + 1e-6, self.cuts, prices, width=NEW_DAYS, **limits)
        if quick:
            self.prices = prices
            return found
        bound = bound_beside_days(self.flat, prices, self.cuts.links) + float(
            np.maximum(floor + 1e-6, found.bound).sum()
        )
        if bound < self.bound:
            self.bound, self.prices = bound, prices
        return found

    def _worth(self, profit: Floats, prices: Prices) -> Floats:
        """What the columns of the pool are worth."""
        worth = self.pool.worth(profit)
        if len(prices.triple):
            known = slice(0, self.pool.count)
            worth = worth - self.cuts.penalty(self.pool.agent[known], self.pool.options[known], prices.triple)
        if len(prices.weekly):
            steps = self.cuts.weeks.steps(self.pool.options[: self.pool.count])
            worth = worth - self.cuts.weeks.toll(prices.weekly)[self.pool.agent[: self.pool.count], steps]
        return worth

    def worth_at(self, prices: Prices) -> Floats:
        """What the columns of the pool are worth at these prices, which know all cuts."""
        return self._worth(profits(self.flat, prices, self.cuts.links), prices)

    def floor(self, worth: Floats) -> Floats:
        """The best known worth of a day of each agent: an agent without pins may also stay at home."""
        best = self.pool.best_by_agent(worth, WORST)
        return np.where(self.must, best, np.maximum(best, 0.0))

    def _add(self, found: Found) -> int:
        return self.pool.add(found.agent, found.options, found.starts, found.walk)

    # -- whole plans -------------------------------------------------------------------------------------------------

    def wholes(self) -> bool:
        """Integer programs over ever more columns; True when the last one proved its plan, or more were too many."""
        assert self.prices is not None
        prices = self.prices.complete(self.cuts)
        for wide in self.looks:
            if self.closed or self.budget.left <= 0:
                return self.closed
            missing = self.bound - self.value
            which, complete = self._look(prices, wide, missing + 1)
            most = _columns_in(self.budget.left)
            all_of_them = len(which) <= most
            if not all_of_them:
                which, complete = self._nearest(prices, which, most), False
            choice = self._choose(which)
            if choice is None:
                return False
            self.offer([self.pool.day(column) for column in choice.columns.tolist()])
            if complete:
                self.bound = min(self.bound, max(self.value, choice.bound * (1 + 1e-9)))
            self.budget.tell("whole", self)
            if not choice.finished or not all_of_them:
                better_nearby(self, prices, self.seed)
                return self.closed
        return True

    def _choose(self, which: Ints) -> Choice | None:
        """The best plan of these columns; of much time a part has to be enough, the rest is for neighbours."""
        budget, left = self.budget, self.budget.left
        some = left * SHARE_OF_ONE[len(self.flat.week_minutes) > 0]
        seconds, wall = (left, budget.wall_left) if left < MUCH else (some, budget.on_the_wall(some))
        end = budget.used + seconds
        return self.whole.choose(
            which,
            self.best_columns(),
            wall,
            ENOUGH / 2,
            lambda: budget.over() or budget.used > end,
            tidy=len(which) > FEW or len(self.flat.week_minutes) > 0,
        )

    def _look(self, prices: Prices, wide: float, missing: float) -> tuple[Ints, bool]:
        """Columns for the next integer program, and whether no plan that is better needs another one."""
        if LITTLE <= wide < missing and self.flat.size <= FEW_AGENTS:
            which, complete = self._matter(prices, missing)
            if complete and len(which) <= FEW:
                return which, True
        which, complete = self._matter(prices, min(wide, missing))
        return which, complete and wide >= missing

    @property
    def closed(self) -> bool:
        """The plan is as good as its bound."""
        return self.days is not None and self.bound - self.value <= ENOUGH * abs(self.value)

    def _matter(self, prices: Prices, wide: float) -> tuple[Ints, bool]:
        """Columns worth at most ``wide`` less than the best of their agent, and whether these are all there are."""
        profit = profits(self.flat, prices, self.cuts.links)
        floor = self.floor(self._worth(profit, prices))
        most = min(MOST_OF_AN_AGENT, MOST_FOUND // self.flat.size + 1)
        found = self.pricing.best_days(profit, floor - wide, self.cuts, prices, width=most, every_within=wide)
        complete = found.exact and bool((np.bincount(found.agent, minlength=self.flat.size) < most).all())
        self._add(found)
        if self.days:
            self.pool.add_days(self.days)
        worth = self._worth(profit, prices)
        near = worth >= floor[self.pool.agent[: self.pool.count]] - wide
        near[self.best_columns()] = True
        return np.flatnonzero(near), complete

    def widen(self, prices: Prices) -> None:
        """In weeks, adds the best days of each agent: neighbours who make room seldom keep their very best."""
        if self.flat.size > FEW_FOR_NEARBY or not len(self.flat.week_minutes):
            return
        profit = profits(self.flat, prices, self.cuts.links)
        floor = self.floor(self._worth(profit, prices))
        within = min(WORTH_LESS, self.bound - self.value)
        found = self.pricing.best_days(
            profit, floor - within, self.cuts, prices, width=MOST_NEARBY, every_within=within
        )
        self._add(found)

    def _nearest(self, prices: Prices, which: Ints, most: int) -> Ints:
        """Those of the columns that are worth least below the best of their agent, and the best plan."""
        worth = self.worth_at(prices)
        below = self.floor(worth)[self.pool.agent[which]] - worth[which]
        below[np.isin(which, self.best_columns())] = -math.inf
        return np.sort(which[np.argsort(below, kind="stable")[:most]])

    def best_columns(self) -> Ints:
        """The best plan as columns."""
        if not self.days:
            return np.zeros(0, np.int64)
        return self.pool.numbers(self.days)
